"""`POST /settings/fields` of CRM: custom fields, unique and external ones among them.

Zoho CRM v8, "Create Custom Field": at most five a call, two unique fields a module; the api_name comes from the label.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.metadata import FieldDef, ModuleDef, Option
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError, ItemError, Reply, success
from bigin_sync.emulator.settings_routes import asked_module

UNIQUE_MAX = 2
_MOST = 5
_LENGTHS: Mapping[str, int] = MappingProxyType(
    {
        "text": 255,
        "textarea": 2_000,
        "email": 100,
        "phone": 30,
        "website": 450,
        "integer": 9,
        "bigint": 18,
        "double": 18,
        "currency": 16,
        "percent": 5,
        "picklist": 120,
        "multiselectpicklist": 2_000,
        "boolean": 5,
        "date": 20,
        "datetime": 120,
        "lookup": 120,
    }
)  # fmt: skip -- one number a line says no more


def create_fields(ask: Ask) -> Reply:
    """Makes the fields sent; 201 when all were made. Only an administrator may."""
    module = asked_module(ask)
    if not ask.user.profile.admin:
        details: dict[str, object] = {"permissions": ["Crm_Implied_Customize_Zoho_CRM"]}
        raise ApiError("NO_PERMISSION", "permission denied", details=details, status=403)
    results: list[dict[str, object]] = []
    for index, wish in enumerate(ask.members("fields", most=_MOST)):
        try:
            made = make_field(ask.org, module, wish, index=index)
            results.append(success("field created", details={"id": made.id}))
        except ItemError as error:
            results.append(error.result())
    failed = sum(1 for one in results if one["status"] == "error")
    status = 201 if not failed else ask.org.switches.mixed_status if failed < len(results) else 400
    return Reply(status, {"fields": results})


def make_field(org: Org, module: ModuleDef, wish: Mapping[str, object], *, index: int = 0) -> FieldDef:
    """Adds one custom field to a module and returns it. Raises `ItemError`."""
    label, data_type = wish.get("field_label"), wish.get("data_type")
    if not isinstance(label, str) or not label.strip():
        raise _lacking("field_label", index)
    if not isinstance(data_type, str) or data_type not in _LENGTHS:
        raise _wrong("data_type", index, supported_values=sorted(_LENGTHS))
    unique, external = _is_unique(wish.get("unique")), _external(wish.get("external"), index)
    if external is not None and (data_type != "text" or module.api_name in {"Calls", "Notes"}):
        raise _wrong("external", index)
    if unique and module.activity and not org.switches.unique_on_activities:
        raise _wrong("unique", index)
    if unique and _custom_unique(module) >= UNIQUE_MAX:
        details = {"api_name": "unique", "limit": UNIQUE_MAX, "json_path": f"$.fields[{index}].unique"}
        raise ItemError("LIMIT_EXCEEDED", "unique field limit exceeded", details=details)
    if any(one.label.casefold() == label.strip().casefold() for one in module.fields.values()):
        details = {"api_name": "field_label", "json_path": f"$.fields[{index}].field_label"}
        raise ItemError("DUPLICATE_DATA", "duplicate data", details=details)
    field = FieldDef(
        api_name=_free_name(module, label),
        label=label.strip(),
        data_type=data_type,
        id=org.ids.field(),
        length=_length(wish, data_type, index=index),
        decimal_place=2 if data_type in {"double", "currency", "percent"} else None,
        options=_options(org, wish.get("pick_list_values")),
        unique=unique,
        external=external,
        custom=True,
    )
    module.fields[field.api_name] = field
    org.changed_shape()
    return field


def _length(wish: Mapping[str, object], data_type: str, *, index: int) -> int:
    most = _LENGTHS[data_type]
    length = wish.get("length", most)
    if isinstance(length, bool) or not isinstance(length, int) or not 1 <= length <= max(most, 255):
        raise _wrong("length", index, maximum_length=most)
    return length


def _is_unique(given: object) -> bool:
    return isinstance(given, dict) and bool(given)


def _external(given: object, index: int) -> str | None:
    if given is None or given == {}:
        return None
    kind = given.get("type") if isinstance(given, dict) else None
    if kind not in {"org", "user"}:
        raise _wrong("external", index, supported_values=["org", "user"])
    return str(kind)


def _custom_unique(module: ModuleDef) -> int:
    return sum(1 for one in module.fields.values() if one.custom and (one.unique or one.external is not None))


def _options(org: Org, given: object) -> tuple[Option, ...]:
    made = []
    for one in given if isinstance(given, list) else []:
        display = one.get("display_value") if isinstance(one, dict) else None
        if isinstance(display, str):
            made.append(Option(display, str(one.get("actual_value") or display), id=org.ids.field()))
    return tuple(made)


def _free_name(module: ModuleDef, label: str) -> str:
    stem = re.sub(r"\W+", "_", label.strip(), flags=re.ASCII).strip("_") or "Field"
    name, number = stem, 0
    while name in module.fields:
        number += 1
        name = f"{stem}{number}"
    return name


def _lacking(key: str, index: int) -> ItemError:
    details = {"api_name": key, "json_path": f"$.fields[{index}].{key}"}
    return ItemError("MANDATORY_NOT_FOUND", "required field not found", details=details)


def _wrong(key: str, index: int, **more: object) -> ItemError:
    details = {"api_name": key, "json_path": f"$.fields[{index}].{key}", **more}
    return ItemError("INVALID_DATA", "invalid data", details=details)
