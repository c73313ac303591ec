"""The people who appear in scenarios and in the demo, as users of the two orgs."""

from collections.abc import Mapping
from dataclasses import dataclass

from bigin_sync.emulator.org import Org
from bigin_sync.emulator.users import User
from bigin_sync.replay.words import LABELS


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast: the name, and the products they work in.

    below: has an administrator's profile, and a role that reports to another one.
    """

    first: str
    last: str
    works_in: tuple[str, ...]
    below: bool = False

    @property
    def email(self) -> str:
        """The address, the same in every product they work in."""
        return f"{self.first}.{self.last}@cast.example".casefold()


CAST = (
    Member("Ana", "Moreira", LABELS),
    Member("Ben", "Whitlock", LABELS),
    Member("Carl", "Jonsson", ("crm",)),
    Member("Dina", "Farouk", ("bigin",)),
    Member("Eva", "Sandoval", LABELS, below=True),
)


def join(org: Org) -> Mapping[str, str]:
    """Makes the cast users of an org, in place of whoever was there beside the administrator. First name -> user id."""
    admin = org.admin()
    plain = next((profile for profile in org.profiles.values() if not profile.admin), admin.profile)
    lower = next((role for role in org.roles.values() if role.reports_to), admin.role)
    for user_id in [user_id for user_id in org.users if user_id != org.admin_id]:
        del org.users[user_id]
    for member in CAST:
        if org.product not in member.works_in:
            continue
        user_id = org.ids.setting()
        org.add_user(
            User(
                id=user_id,
                first_name=member.first,
                last_name=member.last,
                email=member.email,
                profile=admin.profile if member.below else plain,
                role=lower if member.below else admin.role,
                zone=admin.zone,
                zuid=user_id[-10:],
                created=admin.created,
                modified=admin.modified,
            )
        )
    return {user.first_name: user.id for user in org.users.values() if user.id != org.admin_id}
