"""Fields out of recorded metadata, and out of records whose metadata was not recorded."""

import re
from collections.abc import Iterable

from bigin_sync.emulator.metadata import FieldDef, ModuleDef, Option
from bigin_sync.emulator.recordings import Json

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_BESIDE_FIELDS = frozenset({"id", "$se_module", "$related_module"})


def take_over(module: ModuleDef, recorded: list[Json]) -> None:
    """Gives a module the fields it was recorded with; fields that metadata never lists stay."""
    kept = {name: one for name, one in module.fields.items() if not one.listed}
    told = [_field(one, known=module.fields.get(str(one.get("api_name")))) for one in recorded]
    module.fields = {one.api_name: one for one in told} | {
        name: one for name, one in kept.items() if name not in {each.api_name for each in told}
    }


def add_unknown(module: ModuleDef, rows: Iterable[Json]) -> None:
    """Adds a field for every key of the records that the module has none for.

    Nothing is known of such a field but its values: it is carried by records and not listed by the metadata.
    """
    samples: dict[str, object] = {}
    for row in rows:
        for name, value in row.items():
            if samples.get(name) in (None, []):
                samples[name] = value
    for name, sample in samples.items():
        if name in module.fields or name in _BESIDE_FIELDS or name.startswith("$"):
            continue
        module.fields[name] = FieldDef(
            api_name=name,
            label=name.replace("_", " "),
            data_type=_type_of(sample),
            listed=False,
            empty=[] if isinstance(sample, list) else None,
        )


def _field(told: Json, *, known: FieldDef | None) -> FieldDef:
    """One field of `settings/fields`; what it does not tell is taken from the field known by that name."""
    view = told.get("view_type")
    shown = view if isinstance(view, dict) else {}
    lookup = told.get("lookup")
    module = lookup.get("module") if isinstance(lookup, dict) else None
    external = told.get("external")
    length, decimals = told.get("length"), told.get("decimal_place")
    return FieldDef(
        api_name=str(told["api_name"]),
        label=str(told.get("field_label") or told["api_name"]),
        data_type=str(told.get("data_type") or "text"),
        id=str(told.get("id") or ""),
        length=length if isinstance(length, int) else None,
        decimal_place=decimals if isinstance(decimals, int) else None,
        options=_options(told.get("pick_list_values")),
        system_mandatory=told.get("system_mandatory") is True,
        unique=bool(told.get("unique")),
        external=str(external["type"]) if isinstance(external, dict) and external.get("type") else None,
        read_only=told.get("read_only") is True,
        creatable=shown.get("create") is not False,
        editable=shown.get("edit") is not False,
        custom=told.get("custom_field") is True,
        visible=told.get("visible") is not False,
        lookup=str(module["api_name"]) if isinstance(module, dict) else None,
        default=known.default if known is not None else None,
        empty=known.empty if known is not None else None,
        searchable=told.get("searchable") is not False,
        derived=known.derived if known is not None else False,
        quick=int(str(told.get("quick_sequence_number") or 0)),
    )


def _options(told: object) -> tuple[Option, ...]:
    entries = told if isinstance(told, list) else []
    return tuple(
        Option(
            str(one["display_value"]), str(one.get("actual_value") or one["display_value"]), id=str(one.get("id") or "")
        )
        for one in entries
        if isinstance(one, dict) and "display_value" in one
    )


def _type_of(sample: object) -> str:
    """The plainest type that has such a value."""
    if isinstance(sample, bool):
        return "boolean"
    if isinstance(sample, int):
        return "integer"
    if isinstance(sample, float):
        return "double"
    if isinstance(sample, dict):
        return "userlookup" if "email" in sample else "jsonobject"
    if isinstance(sample, list):
        return "multiselectpicklist" if all(isinstance(one, str) for one in sample) else "jsonarray"
    text = str(sample)
    if _MOMENT.fullmatch(text):
        return "datetime"
    return "date" if _DAY.fullmatch(text) else "text"
