"""Recorded records as an org stores them: values by type, people and lookups as ids, times in UTC."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bigin_sync.emulator.load_fields import add_unknown
from bigin_sync.emulator.load_people import Rename
from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef, ModuleDef
from bigin_sync.emulator.org import Org, Tag
from bigin_sync.emulator.recordings import Json, Recorded
from bigin_sync.emulator.table import Row, Values
from bigin_sync.emulator.times import parse_moment

_PARENT_KEYS = ("$se_module", "$related_module")
_AUDIT = frozenset({"id", "Created_Time", "Modified_Time", "Created_By", "Modified_By"})


def load_rows(org: Org, recorded: Recorded, *, rename: Rename) -> Counter[str]:
    """Puts every recorded record in, and returns how many there are by module.

    A record that others refer to and that was not recorded itself is put in with its name alone, so that every
    reference reads as it did.
    """
    counts: Counter[str] = Counter()
    for name, rows in recorded.rows.items():
        module = org.modules.get(name) or _unknown_module(org, name, rows.values())
        add_unknown(module, rows.values())
        for shown in rows.values():
            _take_surroundings(org, module, shown, rename=rename)
        org.changed_shape()
        org.tables[name].put_many(_row(org, module, shown, rename=rename) for shown in rows.values())
        counts[name] = len(rows)
    for name, rows in recorded.rows.items():
        for shown in rows.values():
            _add_named(org, org.modules[name], shown, rename=rename)
    return counts


def _unknown_module(org: Org, name: str, rows: Iterable[Json]) -> ModuleDef:
    """A module of the recorded org that a fresh org does not have."""
    keys = {key for row in rows for key in row}
    name_field = next((key for key in ("Name", f"{name.removesuffix('s')}_Name", "Subject") if key in keys), "id")
    module = ModuleDef(
        api_name=name,
        module_name=name,
        singular=name,
        plural=name,
        name_field=name_field,
        id=org.ids.setting(),
        generated_type="custom",
    )
    org.install(module)
    return module


def _take_surroundings(org: Org, module: ModuleDef, shown: Json, *, rename: Rename) -> None:
    """A record also tells the currency of its org and the layout it has."""
    symbol, layout = shown.get("$currency_symbol"), shown.get("$layout_id")
    if isinstance(symbol, str):
        org.facts = replace(org.facts, currency_symbol=symbol)
    if isinstance(layout, dict) and "id" in layout and module.layout(rename(layout["id"])) is None:
        taken = [one for one in module.layouts if one.name == layout.get("name")] or module.layouts
        for one in taken[:1]:
            one.id, one.name = rename(layout["id"]), str(layout.get("name"))
            one.display_label = str(layout.get("display_label") or one.name)


def _row(org: Org, module: ModuleDef, shown: Json, *, rename: Rename) -> Row:
    values: Values = {}
    for field in module.fields.values():
        if field.api_name in _AUDIT or field.derived or shown.get(field.api_name) in (None, "", []):
            continue
        stored = _stored(org, module, field, value=shown[field.api_name], rename=rename)
        if stored is not None:
            values[field.api_name] = stored
    parent = _parent_module(shown)
    if parent is not None:
        values["$se_module"] = parent
    now = org.now()
    created = _epoch(shown.get("Created_Time"), otherwise=now)
    author = _person(shown.get("Created_By"), rename=rename) or org.admin_id
    values.setdefault("Owner", author)
    return Row(
        rename(shown["id"]),
        values,
        created=created,
        created_by=author,
        modified=_epoch(shown.get("Modified_Time"), otherwise=created),
        modified_by=_person(shown.get("Modified_By"), rename=rename) or author,
    )


def _stored(org: Org, module: ModuleDef, field: FieldDef, *, value: object, rename: Rename) -> object:
    if field.api_name == "Tag":
        return _tags(org, module, value, rename=rename)
    if field.data_type in PERSON_TYPES:
        return _person(value, rename=rename)
    if field.lookup is not None:
        return rename(value["id"]) if isinstance(value, dict) and "id" in value else None
    if field.data_type == "datetime":
        return parse_moment(value) if isinstance(value, str) else None
    return value


def _tags(org: Org, module: ModuleDef, value: object, *, rename: Rename) -> object:
    held = []
    for told in value if isinstance(value, list) else []:
        tag_id = rename(told["id"])
        color = told.get("color_code")
        org.tags[tag_id] = Tag(tag_id, str(told["name"]), module.api_name, None if color is None else str(color))
        held.append(tag_id)
    return held or None


def _person(value: object, *, rename: Rename) -> str | None:
    return rename(value["id"]) if isinstance(value, dict) and "id" in value else None


def _parent_module(shown: Json) -> str | None:
    """The module of what an activity or note hangs on; Bigin may call its Pipelines `Deals`."""
    told = next((shown[key] for key in _PARENT_KEYS if shown.get(key)), None)
    if told is None:
        return None
    return "Pipelines" if told == "Deals" and "$related_module" in shown else str(told)


def _add_named(org: Org, module: ModuleDef, shown: Json, *, rename: Rename) -> None:
    for field in module.fields.values():
        held = shown.get(field.api_name)
        if field.lookup is None or not isinstance(held, dict) or "id" not in held:
            continue
        target = _parent_module(shown) if field.lookup == "se_module" else field.lookup
        record_id = rename(held["id"])
        if target not in org.tables or org.live(str(target), record_id) is not None:
            continue
        org.tables[str(target)].put(_named_alone(org, org.modules[str(target)], shown, held=held, row_id=record_id))


def _named_alone(org: Org, module: ModuleDef, shown: Json, *, held: Json, row_id: str) -> Row:
    """A record of which only the name is known; it is as old as the record that names it."""
    field = "Last_Name" if module.name_field == "Full_Name" else module.name_field
    values: Values = {field: str(held.get("name") or ""), "Owner": org.admin_id}
    return Row(row_id, values, created=_epoch(shown.get("Created_Time"), otherwise=org.now()), created_by=org.admin_id)


def _epoch(value: object, *, otherwise: int) -> int:
    moment = parse_moment(value) if isinstance(value, str) else None
    return otherwise if moment is None else int(moment.timestamp())
