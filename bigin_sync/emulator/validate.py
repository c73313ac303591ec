"""Turns what a caller sends for one field into what is stored, or says why not."""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef
from bigin_sync.emulator.replies import ItemError
from bigin_sync.emulator.times import parse_day, parse_moment

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_ID = re.compile(r"\d{1,19}")
_PHONE = re.compile(r"[0-9a-zA-Z+.()\-/,;:#*&_ ]+")
_INTEGER_DIGITS = 18


class Place:
    """Where in the request a value stands, for the details of an error."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index

    def path(self, api_name: str) -> str:
        """The JSON path of a field of this record."""
        return f"$.data[{self.index}].{api_name}"


def stored(org: "Org", field: FieldDef, value: object, *, place: Place) -> object:
    """The value to store for a field, `None` to empty it. Raises `ItemError`.

    An empty text empties a field, and so does `-None-` in a picklist.
    """
    if value in (None, "", []):
        return None
    if field.data_type in PERSON_TYPES:
        return _person(org, field, value, place=place)
    if field.lookup is not None:
        return _lookup_id(field, value, place=place)
    reader = _READERS.get(field.data_type)
    return reader(org, field, value, place) if reader is not None else value


def refuse(field: FieldDef, place: Place, **details: object) -> ItemError:
    """`INVALID_DATA` for one field of one record."""
    shown = {**details, "api_name": field.api_name, "json_path": place.path(field.api_name)}
    return ItemError("INVALID_DATA", "invalid data", details=shown)


def unknown_id(field: FieldDef, place: Place) -> ItemError:
    """The id in a lookup names nothing that is live."""
    details = {"api_name": field.api_name, "json_path": place.path(field.api_name)}
    return ItemError("INVALID_DATA", "the id given seems to be invalid", details=details)


def missing(field: FieldDef, place: Place) -> ItemError:
    """A field that must have a value has none."""
    details = {"api_name": field.api_name, "json_path": place.path(field.api_name)}
    return ItemError("MANDATORY_NOT_FOUND", "required field not found", details=details)


def id_in(value: object) -> str | None:
    """The id in `{"id": …}`, a bare text or a bare number; `None` if there is none that could be one."""
    inner = value.get("id") if isinstance(value, dict) else value
    if isinstance(inner, bool) or not isinstance(inner, (str, int)):
        return None
    text = str(inner)
    return text if _ID.fullmatch(text) else None


def _lookup_id(field: FieldDef, value: object, *, place: Place) -> str:
    found = id_in(value)
    if found is not None:
        return found
    if isinstance(value, (str, dict)):
        raise unknown_id(field, place)
    raise refuse(field, place, expected_data_type="jsonobject")


def _person(org: "Org", field: FieldDef, value: object, *, place: Place) -> str:
    found = _lookup_id(field, value, place=place)
    user = org.users.get(found)
    if user is None or user.status != "active":
        raise unknown_id(field, place)
    return found


def _text(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if not isinstance(value, str):
        raise refuse(field, place, expected_data_type="string")
    if field.length is not None and len(value) > field.length:
        raise refuse(field, place, expected_data_type="string", maximum_length=field.length)
    return value


def _email(org: "Org", field: FieldDef, value: object, place: Place) -> object:
    text = _text(org, field, value, place)
    if not _EMAIL.fullmatch(str(text)):
        raise refuse(field, place, expected_data_type="email")
    return text


def _phone(org: "Org", field: FieldDef, value: object, place: Place) -> object:
    text = _text(org, field, value, place)
    if not _PHONE.fullmatch(str(text)):
        raise refuse(field, place, expected_data_type="phone")
    return text


def _option(org: "Org", field: FieldDef, value: object, place: Place) -> object:
    text = str(_text(org, field, value, place))
    if text == "-None-":
        return None
    if org.switches.enforce_picklists and field.options and text not in {one.actual for one in field.options}:
        raise refuse(field, place, supported_values=[one.actual for one in field.options])
    return text


def _options(org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if not isinstance(value, list):
        raise refuse(field, place, expected_data_type="jsonarray")
    chosen = [_option(org, field, one, place) for one in value]
    return list(dict.fromkeys(one for one in chosen if one is not None)) or None


def _flag(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if not isinstance(value, bool):
        raise refuse(field, place, expected_data_type="boolean")
    return value


def _integer(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(field, place, expected_data_type="integer")
    if len(str(abs(value))) > (field.length or _INTEGER_DIGITS):
        raise refuse(field, place, expected_data_type="integer", maximum_length=field.length)
    return value


def _bigint(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    inner = value.get("id") if isinstance(value, dict) else value
    text = str(inner)
    if isinstance(inner, bool) or not text.lstrip("-").isdigit():
        raise refuse(field, place, expected_data_type="bigint")
    return text


def _number(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refuse(field, place, expected_data_type="double")
    if len(str(int(abs(value)))) > (field.length or _INTEGER_DIGITS):
        raise refuse(field, place, expected_data_type="double", maximum_length=field.length)
    rounded = round(value, field.decimal_place if field.decimal_place is not None else 9)
    return int(rounded) if rounded == int(rounded) else rounded


def _day(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    day = parse_day(value) if isinstance(value, str) else None
    if day is None:
        raise refuse(field, place, expected_data_type="date")
    return day


def _moment(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    moment = parse_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise refuse(field, place, expected_data_type="datetime")
    return moment


def _rule(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if not isinstance(value, dict) or field.data_type not in value:
        raise refuse(field, place, expected_data_type="jsonobject")
    return value


def _list(_org: "Org", field: FieldDef, value: object, place: Place) -> object:
    if not isinstance(value, list):
        raise refuse(field, place, expected_data_type="jsonarray")
    return json.loads(json.dumps(value))


_Reader = Callable[["Org", FieldDef, object, Place], object]
_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "text": _text,
        "textarea": _text,
        "website": _text,
        "profileimage": _text,
        "email": _email,
        "phone": _phone,
        "picklist": _option,
        "multiselectpicklist": _options,
        "boolean": _flag,
        "integer": _integer,
        "bigint": _bigint,
        "double": _number,
        "currency": _number,
        "percent": _number,
        "date": _day,
        "datetime": _moment,
        "ALARM": _rule,
        "RRULE": _rule,
        "multireminder": _list,
        "multi_module_lookup": _list,
        "multiselectlookup": _list,
        "subform": _list,
    }
)
