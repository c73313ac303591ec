"""Reads one field of a row as something that can be compared, and a literal as the same."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from bigin_sync.emulator.derived import DERIVED
from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row

Cell: TypeAlias = "str | int | float | Decimal | bool | tuple[str, ...] | None"
"""Texts are folded (Zoho compares without regard to case), times are epoch seconds, dates stay
`YYYY-MM-DD`, lists are tuples of folded texts; `None` is an empty field."""
Reader: TypeAlias = Callable[[Row], Cell]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_ID = re.compile(r"\d{1,19}")


class Family(Enum):
    """How the values of a field are compared, whatever its exact type."""

    TEXT = "text"
    LONG_TEXT = "long text"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"
    REFERENCE = "reference"
    OPAQUE = "opaque"


_FAMILIES = {
    "text": Family.TEXT,
    "email": Family.TEXT,
    "phone": Family.TEXT,
    "website": Family.TEXT,
    "autonumber": Family.TEXT,
    "textarea": Family.LONG_TEXT,
    "mediumtext": Family.LONG_TEXT,
    "picklist": Family.CHOICE,
    "multiselectpicklist": Family.CHOICES,
    "integer": Family.NUMBER,
    "bigint": Family.NUMBER,
    "long": Family.NUMBER,
    "double": Family.NUMBER,
    "currency": Family.NUMBER,
    "percent": Family.NUMBER,
    "formula": Family.NUMBER,
    "date": Family.DATE,
    "datetime": Family.MOMENT,
    "event_reminder": Family.MOMENT,
    "boolean": Family.FLAG,
    "lookup": Family.REFERENCE,
    "multi_module_lookup": Family.REFERENCE,
}


class Unfit(Exception):
    """A literal that no value of the field could equal."""


def family(field: FieldDef) -> Family:
    """How values of this field are compared."""
    if field.api_name == "id" or field.data_type in PERSON_TYPES:
        return Family.REFERENCE
    if field.json_type == "jsonarray" and field.data_type != "multiselectpicklist":
        return Family.OPAQUE
    return _FAMILIES.get(field.data_type, Family.OPAQUE)


def reader(org: Org, module: str, field: FieldDef) -> Reader:
    """Reads this field of any row of its module, worked out by the server or stored."""
    name = field.api_name
    audit: dict[str, Reader] = {
        "id": lambda row: int(row.id),
        "Created_Time": lambda row: row.created,
        "Modified_Time": lambda row: row.modified,
        "Created_By": lambda row: int(row.created_by),
        "Modified_By": lambda row: int(row.modified_by),
    }
    if name in audit:
        return audit[name]
    fold = _FOLDS.get(family(field))
    derived = DERIVED.get((module, name))
    if derived is not None and fold is not None:
        return lambda row: None if (value := derived(org, row)) is None or value == "" else fold(value)
    if fold is bool:
        return lambda row: bool(row.values.get(name))
    if fold is None:
        return lambda row: None if row.values.get(name) in (None, [], {}) else True
    return lambda row: None if (value := row.values.get(name)) is None or value == "" else fold(value)


def rank(cell: Cell) -> tuple[bool, Any]:
    """What sorts cells of one field: empty ones first."""
    return (cell is not None, cell)


def literal(field: FieldDef, value: object) -> Cell:
    """The literal of a query in the form `reader` gives; raises `Unfit` where the type does not allow it.

    Times need seconds and a numeric offset, ids may come with or without quotes.
    """
    try:
        return _LITERALS[family(field)](value)
    except (ValueError, TypeError, ArithmeticError, KeyError) as error:
        raise Unfit(field.api_name) from error


def _number(value: object) -> Cell:
    if isinstance(value, bool) or value is None:
        raise Unfit
    if isinstance(value, int | float | Decimal):
        return value
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else number


def _moment(value: object) -> Cell:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        raise Unfit
    return int(datetime.fromisoformat(value).timestamp())


def _date(value: object) -> Cell:
    text = str(value)
    if len(text) != len("2026-03-04"):
        raise Unfit
    return date.fromisoformat(text).isoformat()


def _reference(value: object) -> Cell:
    text = str(value)
    if isinstance(value, bool) or _ID.fullmatch(text) is None:
        raise Unfit
    return int(text)


def _flag(value: object) -> Cell:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[str(value).lower()]


def _text(value: object) -> Cell:
    if isinstance(value, bool):
        raise Unfit
    return str(value).casefold()


def _texts(value: object) -> Cell:
    entries = value if isinstance(value, list | tuple) else [value]
    return tuple(str(entry).casefold() for entry in entries) or None


_FOLDS: dict[Family, Callable[[object], Cell]] = {
    Family.TEXT: lambda value: str(value).casefold(),
    Family.LONG_TEXT: lambda value: str(value).casefold(),
    Family.CHOICE: lambda value: str(value).casefold(),
    Family.CHOICES: _texts,
    Family.NUMBER: _number,
    Family.DATE: str,
    Family.MOMENT: _moment,
    Family.FLAG: bool,
    Family.REFERENCE: lambda value: int(str(value)),
}
_LITERALS: dict[Family, Callable[[object], Cell]] = {
    Family.TEXT: _text,
    Family.LONG_TEXT: _text,
    Family.CHOICE: _text,
    Family.CHOICES: _text,
    Family.NUMBER: _number,
    Family.DATE: _date,
    Family.MOMENT: _moment,
    Family.FLAG: _flag,
    Family.REFERENCE: _reference,
    Family.OPAQUE: _text,
}
