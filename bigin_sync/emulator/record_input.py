"""Turns one record sent into values to store: the checks every write of a record passes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bigin_sync.emulator.activity_input import check_parent, company_named, settle_activity, spelled
from bigin_sync.emulator.metadata import FieldDef, ModuleDef
from bigin_sync.emulator.participants import invite
from bigin_sync.emulator.pipeline_input import settle_stage
from bigin_sync.emulator.replies import ItemError
from bigin_sync.emulator.table import Row, Values
from bigin_sync.emulator.validate import Place, missing, refuse, stored, unknown_id

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org


def accept(
    org: "Org", module: ModuleDef, item: Mapping[str, object], *, row: Row | None, place: Place, now: int
) -> Values:
    """The values a record sent would store; `None` empties a field. row: the record it updates, if any.

    Unknown keys and fields nobody can write are ignored without a word. Raises `ItemError` on the first fault found.
    """
    sent = spelled(org, module, item, minutes=org.product == "bigin")
    values: Values = {}
    for name, value in sent.items():
        field = module.fields.get(name)
        if field is None or not _open(field, row):
            continue
        values[field.api_name] = _value(org, module, field, value=value, place=place)
    if "$se_module" in sent:
        values["$se_module"] = sent["$se_module"]
    _append(sent.get("$append_values"), values, row)
    check_parent(org, module, values, row=row, place=place)
    _check_mandatory(org, module, values, row=row, place=place)
    settle_stage(org, module, values, sent=sent, row=row, place=place)
    settle_activity(module, values, sent=sent, row=row, now=datetime.fromtimestamp(now, UTC))
    check_unique(org, module, values, row=row, place=place)
    return values


def check_unique(org: "Org", module: ModuleDef, values: Mapping[str, object], *, row: Row | None, place: Place) -> None:
    """No other live record may hold the value of a unique field, whatever its case. Raises `ItemError`."""
    table = org.tables[module.api_name]
    for field in module.unique_fields():
        value = values.get(field.api_name)
        if not isinstance(value, str):
            continue
        others = [one for one in table.find(field.api_name, value) if row is None or one != row.id]
        if others:
            raise duplicate(org, module, field, other=others[0], place=place)


def duplicate(org: "Org", module: ModuleDef, field: FieldDef, *, other: str, place: Place) -> ItemError:
    """`DUPLICATE_DATA`, which names the record that has the value already."""
    row = org.tables[module.api_name].rows[other]
    owner = org.users.get(str(row.values.get("Owner")))
    shown = {"name": owner.full_name, "id": owner.id, "zuid": owner.zuid} if owner is not None else None
    return ItemError(
        "DUPLICATE_DATA",
        "duplicate data",
        details={
            "api_name": field.api_name,
            "json_path": place.path(field.api_name),
            "id": other,
            "more_records": False,
            "duplicate_record": {
                "id": other,
                "Owner": shown,
                "module": {"api_name": module.api_name, "id": module.id},
            },
        },
    )


def _open(field: FieldDef, row: Row | None) -> bool:
    if not field.writable:
        return False
    return field.creatable if row is None else field.editable


def _value(org: "Org", module: ModuleDef, field: FieldDef, *, value: object, place: Place) -> object:
    if field.api_name == "Tag":
        return _tags(org, module, field, value=value, place=place)
    if field.api_name == "Participants" and value is not None:
        return invite(org, field, value, place=place)
    if field.lookup == "Accounts" and org.switches.company_by_name:
        name = company_named(value)
        if name is not None:
            return _company(org, name)
    kept = stored(org, field, value, place=place)
    if (
        field.lookup is not None
        and field.lookup != "se_module"
        and kept is not None
        and org.live(field.lookup, kept) is None
    ):
        raise unknown_id(field, place)
    return kept


def _tags(org: "Org", module: ModuleDef, field: FieldDef, *, value: object, place: Place) -> object:
    if value is None:
        return None
    if not isinstance(value, list):
        raise refuse(field, place, expected_data_type="jsonarray")
    ids: list[str] = []
    for one in value:
        name = one.get("name") if isinstance(one, dict) else one
        if not isinstance(name, str) or not name:
            raise refuse(field, place, expected_data_type="jsonobject")
        ids.append(org.tag_named(module.api_name, name).id)
    return list(dict.fromkeys(ids)) or None


def _company(org: "Org", name: str) -> str:
    found = org.tables["Accounts"].find("Account_Name", name)
    return found[0] if found else org.seed("Accounts", [{"Account_Name": name}])[0]


def _append(wish: object, values: Values, row: Row | None) -> None:
    if not isinstance(wish, dict) or row is None:
        return
    for name, wanted in wish.items():
        old, new = row.values.get(name), values.get(name)
        if wanted is True and isinstance(old, list) and isinstance(new, list):
            values[name] = list(dict.fromkeys([*old, *new]))


def _check_mandatory(
    org: "Org", module: ModuleDef, values: Mapping[str, object], *, row: Row | None, place: Place
) -> None:
    demanded = [field for field in module.fields.values() if field.system_mandatory]
    if org.switches.enforce_layouts:
        demanded += [field for field in module.fields.values() if field.layout_required]
    for field in demanded:
        name = field.api_name
        if row is None and values.get(name) is None and field.default is None:
            raise missing(field, place)
        if row is not None and name in values and values[name] is None:
            raise missing(field, place)
