"""Profiles and roles: whether a user sees and may write everything there is.

`settings/profiles` and `settings/roles` name those of an org (Zoho CRM v8, Bigin v2 alike). The system's own
profile for administrators is called "Administrator"; one of the org's own making has `custom` true, whatever its name.
A role shows the records of those below it: the one at the top, which reports to none, shows all (`admin_user` true).
"""

from bigin_sync.errors import ModuleMissing, RequestRefused
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.side import Row, Standing, User

ADMINISTRATOR = "administrator"


def is_for_administrators(name: str) -> bool:
    """Whether a profile of this name is the system's own for administrators."""
    return name.strip().casefold() == ADMINISTRATOR


def standing(wire: Wire, user: User) -> Standing:
    """What the profile and the role of a user allow. An org that does not list one of them is taken at its user's word.

    Raises `MissingScope` if the token may not read the lists.
    """
    profile = _row(wire, "profiles", user.profile.id)
    role = _row(wire, "roles", user.role.id)
    named = str(profile.get("name") or user.profile.name)
    return Standing(
        profile=named,
        role=str(role.get("name") or user.role.name),
        administrator=is_for_administrators(named) and profile.get("custom") is not True,
        above=_above(role),
    )


def _above(role: Row) -> str | None:
    ref = role.get("reporting_to")
    if role.get("admin_user") is True or not ref:
        return None
    return str(ref.get("name") or ref.get("id")) if isinstance(ref, dict) else str(ref)


def _row(wire: Wire, what: str, id: str) -> Row:
    """The profile or role of this id; nothing where the org lists none, or not this one."""
    try:
        rows = wire.send(Call("GET", f"/settings/{what}", "metadata")).listed(what)
    except (RequestRefused, ModuleMissing):
        return {}
    return next((row for row in rows if id and str(row.get("id")) == id), {})
