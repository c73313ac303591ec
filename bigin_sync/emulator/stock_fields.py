"""Short ways to write down the fields that a fresh org comes with."""

from collections.abc import Iterable
from dataclasses import replace

from bigin_sync.emulator.metadata import FieldDef, Option


def text(name: str, label: str = "", *, length: int = 255, **facts: object) -> FieldDef:
    """A line of text."""
    return make(name, label, "text", length=length, **facts)


def area(name: str, label: str = "", *, length: int = 32_000, **facts: object) -> FieldDef:
    """Text of many lines."""
    return make(name, label, "textarea", length=length, **facts)


def email(name: str, label: str = "", **facts: object) -> FieldDef:
    """An e-mail address."""
    return make(name, label, "email", **{"length": 100, **facts})


def phone(name: str, label: str = "", *, length: int = 30, **facts: object) -> FieldDef:
    """A telephone number."""
    return make(name, label, "phone", length=length, **facts)


def website(name: str, label: str = "", **facts: object) -> FieldDef:
    """A web address."""
    return make(name, label, "website", **{"length": 450, **facts})


def pick(name: str, options: Iterable[Option], label: str = "", **facts: object) -> FieldDef:
    """One value of a list."""
    return make(name, label, "picklist", **{"length": 120, "options": tuple(options), **facts})


def multi(name: str, options: Iterable[Option], label: str = "", **facts: object) -> FieldDef:
    """Several values of a list."""
    return make(name, label, "multiselectpicklist", **{"length": 2_000, "options": tuple(options), **facts})


def flag(name: str, label: str = "", **facts: object) -> FieldDef:
    """Yes or no."""
    return make(name, label, "boolean", **{"length": 5, **facts})


def number(name: str, label: str = "", *, length: int = 9, **facts: object) -> FieldDef:
    """A whole number."""
    return make(name, label, "integer", length=length, **facts)


def big(name: str, label: str = "", **facts: object) -> FieldDef:
    """A long whole number; a text on the wire."""
    return make(name, label, "bigint", **{"length": 18, **facts})


def real(name: str, label: str = "", *, decimal_place: int = 2, **facts: object) -> FieldDef:
    """A number with decimals."""
    return make(name, label, "double", **{"length": 16, "decimal_place": decimal_place, **facts})


def money(name: str, label: str = "", **facts: object) -> FieldDef:
    """An amount in the org's currency."""
    return make(name, label, "currency", **{"length": 16, "decimal_place": 2, **facts})


def day(name: str, label: str = "", **facts: object) -> FieldDef:
    """A date."""
    return make(name, label, "date", **{"length": 20, **facts})


def moment(name: str, label: str = "", **facts: object) -> FieldDef:
    """A date and time."""
    return make(name, label, "datetime", **{"length": 120, **facts})


def lookup(name: str, module: str, label: str = "", **facts: object) -> FieldDef:
    """Another record."""
    return make(name, label, "lookup", **{"length": 120, "lookup": module, **facts})


def person(name: str, label: str = "", **facts: object) -> FieldDef:
    """A user."""
    return make(name, label, "ownerlookup", **{"length": 120, **facts})


def hidden(*fields: FieldDef) -> list[FieldDef]:
    """Fields that records carry and no metadata lists; nothing can be written to them."""
    return [_with(one, listed=False, creatable=False, editable=False) for one in fields]


def shown(name: str, label: str = "", *, data_type: str = "text", **facts: object) -> FieldDef:
    """A field the server alone fills."""
    return make(name, label, data_type, **{"creatable": False, "editable": False, **facts})


def audit(noun: str) -> list[FieldDef]:
    """Owner and the four audit fields, which every module has."""
    return [
        person("Owner", f"{noun} Owner"),
        person("Created_By", creatable=False, editable=False),
        person("Modified_By", creatable=False, editable=False),
        moment("Created_Time", creatable=False, editable=False),
        moment("Modified_Time", creatable=False, editable=False),
    ]


def tag() -> FieldDef:
    """The tags of a record."""
    return make("Tag", "Tag", "text", length=2_000, read_only=False)


def last_activity() -> FieldDef:
    """When something last happened around a record."""
    return shown("Last_Activity_Time", data_type="datetime", length=120)


def old_address(prefix: str, *, code: str) -> list[FieldDef]:
    """An address of five plain text fields, as Bigin and older orgs have it."""
    return [
        text(f"{prefix}_Street", length=250),
        text(f"{prefix}_City", length=100),
        text(f"{prefix}_State", length=100),
        text(f"{prefix}_{code}", length=30),
        text(f"{prefix}_Country", length=100),
    ]


def new_address(prefix: str, *, code: str, countries: Iterable[Option], states: Iterable[Option]) -> list[FieldDef]:
    """An address as newer CRM orgs have it: picklists, coordinates and a composed text that nobody can write."""
    return [
        shown(f"{prefix}_Address", data_type="textarea", length=2_000, empty="", derived=True, read_only=True),
        text(f"{prefix}_Flat_House_No_Building_Apartment_Name"),
        text(f"{prefix}_Street"),
        text(f"{prefix}_City"),
        pick(f"{prefix}_State", states),
        text(f"{prefix}_{code}"),
        pick(f"{prefix}_Country", countries),
        real(f"{prefix}_Latitude", decimal_place=9),
        real(f"{prefix}_Longitude", decimal_place=9),
        shown(f"{prefix}_Coordinates", length=255, empty="", read_only=True),
    ]


def make(name: str, label: str, data_type: str, **facts: object) -> FieldDef:
    """Any field; without a label the api_name gives one."""
    spoken = label or name.removesuffix("__s").replace("_", " ")
    return FieldDef(api_name=name, label=spoken, data_type=data_type, **facts)  # type: ignore[arg-type]  # -- its own facts


def _with(one: FieldDef, **facts: object) -> FieldDef:
    return replace(one, **facts)  # type: ignore[arg-type]  # -- facts are FieldDef's own
