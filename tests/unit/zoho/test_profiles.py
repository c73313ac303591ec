"""Who is an administrator: what an org says of a user's profile and role."""

import pytest

from bigin_sync.errors import MissingScope
from bigin_sync.zoho.side import Named, User
from tests.unit.zoho.stage import Stage, answer, refusal

PROFILES: list[dict[str, object]] = [
    {"id": "p1", "name": "Administrator", "custom": False},
    {"id": "p2", "name": "Standard", "custom": False},
    {"id": "p3", "name": "Not an administrator", "custom": True},
    {"id": "p4", "name": "Administrator", "custom": True},
]
ROLES: list[dict[str, object]] = [
    {"id": "r1", "name": "CEO", "reporting_to": None, "admin_user": True},
    {"id": "r2", "name": "Manager", "reporting_to": {"id": "r1", "name": "CEO"}, "admin_user": False},
    {"id": "r3", "name": "Board", "reporting_to": {"id": "r1", "name": "CEO"}, "admin_user": True},
    {"id": "r4", "name": "Owner", "reporting_to": None},
]


def user(profile: str, role: str) -> User:
    names = {str(row["id"]): str(row["name"]) for row in (*PROFILES, *ROLES)}
    of = [Named(id, names.get(id, "Administrator")) for id in (profile, role)]
    return User("1", "Ana", "ana@example.org", active=True, administrator=True, profile=of[0], role=of[1])


@pytest.mark.parametrize(
    ("profile", "role", "suffices", "says"),
    [
        ("p1", "r1", True, "the profile is Administrator, the role CEO"),
        ("p1", "r3", True, "the profile is Administrator, the role Board"),
        ("p1", "r4", True, "the profile is Administrator, the role Owner"),
        ("p1", "r2", False, "the profile is Administrator, the role Manager, which reports to CEO"),
        ("p2", "r1", False, "the profile is Standard, the role CEO"),
        ("p3", "r1", False, "the profile is Not an administrator, the role CEO"),
        ("p4", "r1", False, "the profile is Administrator, the role CEO"),
    ],
)
def test_the_profile_is_the_system_s_own_and_the_role_is_at_the_top(
    profile: str, role: str, suffices: bool, says: str
) -> None:
    stage = Stage("crm", [answer(200, {"profiles": PROFILES}), answer(200, {"roles": ROLES})])
    found = stage.side.standing(user(profile, role))
    assert (found.suffices, str(found)) == (suffices, says)
    assert [request.url.path.rpartition("/")[2] for request in stage.requests] == ["profiles", "roles"]


@pytest.mark.parametrize("told", [answer(204), refusal(400, "INVALID_REQUEST")], ids=["none", "no such list"])
def test_where_an_org_lists_no_roles_the_profile_alone_counts(told: object) -> None:
    stage = Stage("bigin", [answer(200, {"profiles": PROFILES}), told])  # type: ignore[list-item]  # -- an answer
    assert stage.side.standing(user("p1", "r2")).suffices


def test_where_an_org_lists_no_profiles_the_name_that_the_user_has_counts() -> None:
    for profile, suffices in (("p1", True), ("p3", False)):
        stage = Stage("bigin", [answer(204), answer(204)])
        assert stage.side.standing(user(profile, "r1")).suffices is suffices


def test_a_token_that_may_not_ask_is_told_as_that() -> None:
    with pytest.raises(MissingScope):
        Stage("crm", [refusal(401, "OAUTH_SCOPE_MISMATCH")]).side.standing(user("p1", "r1"))
