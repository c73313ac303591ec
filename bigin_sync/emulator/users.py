"""The people of an org, their profiles and roles, and how the API shows them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bigin_sync.emulator.java_order import ordered


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rights. Only an administrator may change settings, and see every note of the org.

    withheld: names of rights its people lack, as `rights.right_to` makes them; those of a fresh org lack none. custom:
    whether somebody made it, rather than that the org had it from the start.
    """

    id: str
    name: str
    admin: bool = False
    withheld: frozenset[str] = frozenset()
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A place in the hierarchy."""

    id: str
    name: str
    reports_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person. `status` is `active`, `disabled` or `deleted`; times are epoch seconds."""

    id: str
    first_name: str
    last_name: str
    email: str
    profile: Profile
    role: Role
    zone: str
    zuid: str
    status: str = "active"
    confirmed: bool = True
    created: int = 0
    modified: int = 0

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def named(self, **changes: object) -> "User":
        """The same person with some facts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # -- the caller's keywords are the fields

    def ref(self) -> dict[str, object]:
        """How results of writes name a person: without the address."""
        return ordered({"name": self.full_name, "id": self.id})

    def full_ref(self) -> dict[str, object]:
        """How records name a person."""
        return ordered({"name": self.full_name, "id": self.id, "email": self.email})


def show(user: User, *, product: str, zone: str, made_by: User, version: int) -> dict[str, object]:
    """A member of `users`, with the keys that product sends (mixed styles and all)."""
    offset = _offset(user.zone, user.modified)
    body: dict[str, object] = {
        "country": None,
        "language": "en_US",
        "microsoft": False,
        "id": user.id,
        "state": None,
        "fax": None,
        "country_locale": "en_US",
        "sandboxDeveloper": False,
        "zip": None,
        "decimal_separator": "Period",
        "created_time": stamp(user.created, zone),
        "time_format": "HH:mm",
        "offset": offset,
        "profile": {"name": user.profile.name, "id": user.profile.id},
        "created_by": made_by.ref(),
        "zuid": user.zuid,
        "full_name": user.full_name,
        "phone": None,
        "dob": None,
        "status": user.status,
        "role": {"name": user.role.name, "id": user.role.id},
        "customize_info": _customize_info(),
        "city": None,
        "signature": None,
        "name_format": "Salutation,First Name,Last Name",
        "locale": "en_US",
        "personal_account": False,
        "Isonline": False,
        "default_tab_group": "0",
        "Modified_By": made_by.ref(),
        "street": None,
        "alias": None,
        "theme": _theme(),
        "first_name": user.first_name,
        "email": user.email,
        "status_reason__s": None,
        "website": None,
        "Modified_Time": stamp(user.modified, zone),
        "mobile": None,
        "last_name": user.last_name,
        "time_zone": user.zone,
        "confirm": user.confirmed,
        "date_format": "dd/MM/yyyy",
    }  # fmt: skip -- one key a line would be a page of nothing
    if product == "bigin":
        return {**body, **_bigin_keys()}
    return {**body, **_crm_keys()} if version <= 2 else _later(body)


def _bigin_keys() -> dict[str, object]:
    return {
        "Preferred_Currency__s": None,
        "$shift_effective_from": None,
        "sort_order_preference": "First Name,Last Name",
        "$current_shift": None,
        "$next_shift": None,
        "number_separator": "Comma",
        "category": "regular_user",
    }


def _crm_keys() -> dict[str, object]:
    return {
        "Reporting_To": None,
        "territories": [],
        "Current_Shift__s": None,
        "distance_preference__s": "Kilometers",
        "Shift_Effective_From__s": None,
        "Next_Shift__s": None,
    }


def _later(body: dict[str, object]) -> dict[str, object]:
    """The keys of CRM's later generations: some are gone, some go by another name."""
    for name in ("name_format", "offset", "Isonline"):
        del body[name]
    return {
        **body,
        "name_format__s": "Salutation,First Name,Last Name",
        "sort_order_preference__s": "First Name,Last Name",
        "number_separator": "Comma",
        "type__s": "Regular User",
        "Reporting_To": None,
        "Current_Shift__s": None,
        "distance_preference__s": "Kilometers",
        "country_locale": "en_US",
    }


def _customize_info() -> dict[str, object]:
    return {
        "notes_desc": None,
        "show_right_panel": None,
        "bc_view": None,
        "show_home": False,
        "show_detail_view": True,
        "show_left_panel": False,
        "unpin_recent_item": None,
    }


def _theme() -> dict[str, object]:
    tab = {"font_color": "#FFFFFF", "background": "#333366"}
    return {
        "normal_tab": tab,
        "selected_tab": dict(tab),
        "new_background": None,
        "background": "#F5F5F5",
        "screen": "fixed",
        "type": "default",
    }


def stamp(epoch: int, zone: str) -> str:
    """A time as the API writes it: whole seconds, with the offset of that zone."""
    return datetime.fromtimestamp(epoch, ZoneInfo(zone)).isoformat()


def _offset(zone: str, epoch: int) -> int:
    shift = ZoneInfo(zone).utcoffset(datetime.fromtimestamp(epoch, UTC))
    return int(shift.total_seconds() * 1000) if shift is not None else 0
