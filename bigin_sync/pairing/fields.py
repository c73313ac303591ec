"""Field metadata of a side as data: what a field can hold, whether it can be written, what can't be mapped and why.

The source is `GET settings/fields` (and, for fields a layout makes required, `GET settings/layouts`), which Bigin v2
and Zoho CRM v8 answer alike. Keys differ between generations of both products, so every one of them may be missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import FieldType, Pairing

_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {
        "text": FieldType.TEXT,
        "textarea": FieldType.TEXTAREA,
        "mediumtext": FieldType.TEXTAREA,
        "email": FieldType.EMAIL,
        "phone": FieldType.PHONE,
        "website": FieldType.WEBSITE,
        "integer": FieldType.INTEGER,
        "bigint": FieldType.INTEGER,
        "long": FieldType.INTEGER,
        "double": FieldType.NUMBER,
        "percent": FieldType.NUMBER,
        "currency": FieldType.MONEY,
        "boolean": FieldType.BOOLEAN,
        "date": FieldType.DATE,
        "datetime": FieldType.DATETIME,
        "picklist": FieldType.PICKLIST,
        "multiselectpicklist": FieldType.MULTIPICKLIST,
        "lookup": FieldType.LOOKUP,
        "ownerlookup": FieldType.OWNER,
    }
)

_UNSUPPORTED: Mapping[str, str] = MappingProxyType(
    {
        "profileimage": "an image",
        "imageupload": "an image",
        "fileupload": "a file",
        "subform": "a subform",
        "linetax": "a table of taxes",
        "formula": "a formula, calculated by the product",
        "rollup_summary": "a roll-up, calculated by the product",
        "autonumber": "an automatic number, given by the product",
        "userlookup": "a user field other than the owner",
        "multiuserlookup": "a list of users",
        "multiselectlookup": "a list of records",
        "multi_module_lookup": "a lookup to several modules",
        "consent_lookup": "a record of consent",
        "ALARM": "a reminder",
        "multireminder": "a reminder",
        "event_reminder": "a reminder",
        "RRULE": "a recurrence",
        "time_range": "a time range",
    }
)

_KEPT_BY_PRODUCT: Mapping[str, str] = MappingProxyType(
    {
        "id": "the record's own id",
        "Created_By": "set by the product when the record is made",
        "Created_Time": "set by the product when the record is made",
        "Modified_By": "set by the product on every change",
        "Modified_Time": "set by the product on every change",
        "Last_Activity_Time": "moves on its own",
        "Change_Log_Time__s": "moves on its own",
        "Full_Name": "put together from first and last name",
        "Layout": "a layout of this org",
        "Pipeline": "follows from the stage",
        "Tag": "tags are not synced",
        "Territories": "a territory of this org",
        "Territory": "a territory of this org",
        "Wizard": "a wizard of this org",
        "Record_Status__s": "kept by the product",
        "Locked__s": "kept by the product",
        "Record_Creation_Source_ID__s": "kept by the product",
        "Unsubscribed_Mode": "kept by the product",
        "Unsubscribed_Time": "kept by the product",
    }
)

_TEXTS = frozenset(
    {FieldType.TEXT, FieldType.TEXTAREA, FieldType.EMAIL, FieldType.PHONE, FieldType.WEBSITE, FieldType.PICKLIST}
)
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.MONEY})

NO_CHOICE = "-None-"
"""What both products show, and sometimes store, for a picklist without a choice (Zoho CRM v8: settings/fields)."""


@dataclass(frozen=True, slots=True)
class Option:
    """A picklist value: what people see, and what a record stores. They differ even in the vendor's own data."""

    shown: str
    stored: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMeta:
    """One field of one org's module.

    type:      None when its data type can't be synced at all.
    length:    the most characters (texts) or digits (numbers) it holds; None: not told.
    decimals:  decimal places of a number; None: not told.
    mandatory: the product refuses a record without it. required: only a layout asks for it.
    creatable, updatable: whether the API may set it on a new or an existing record.
    external:  among whom a field that holds ids of others is unique: `org`, `user`; None: it is no such field.
    target:    a lookup's module.
    holds:     a list of pipelines: which stages (stored values) each of them has, the default one first.
    teams:     a list of pipelines: the team pipelines by name, each with a pipeline in it and the stages it has there.
    says:      a lookup into several modules: the words for them that were found in the org's own records, where there
               is more than one for a module.
    """

    api_name: str
    label: str
    data_type: str
    type: FieldType | None
    length: int | None = None
    decimals: int | None = None
    mandatory: bool = False
    required: bool = False
    unique: bool = False
    external: str | None = None
    creatable: bool = True
    updatable: bool = True
    custom: bool = False
    options: tuple[Option, ...] = ()
    target: str | None = None
    holds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    teams: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    says: tuple[str, ...] = ()

    @property
    def writable(self) -> bool:
        """Whether the API may ever set it."""
        return self.creatable or self.updatable

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "FieldMeta":
        """The field that a row of `settings/fields` describes. Only `api_name` must be there."""
        data_type = str(row.get("data_type") or "")
        creatable, updatable = _writable(row)
        label = row.get("display_label") or row.get("field_label") or row["api_name"]
        # A list answered as text (tags are) is no text, whatever its data type says.
        json_type = row.get("json_type")
        known = _TYPES.get(data_type)
        if known in _TEXTS and json_type in ("jsonarray", "jsonobject"):
            known = None
        return cls(
            api_name=str(row["api_name"]),
            label=str(label),
            data_type=data_type,
            type=known,
            length=_whole(row.get("length")),
            decimals=_whole(row.get("decimal_place")),
            mandatory=bool(row.get("system_mandatory")),
            required=bool(row.get("required")),
            unique=bool(row.get("unique")),
            external=_external(row.get("external")),
            creatable=creatable,
            updatable=updatable,
            custom=bool(row.get("custom_field")),
            options=_options(row.get("pick_list_values")),
            target=_target(row),
        )


def _whole(raw: object) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _options(raw: object) -> tuple[Option, ...]:
    rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
    found = []
    for row in rows:
        stored = row.get("actual_value") or row.get("display_value")
        if stored and stored != NO_CHOICE and row.get("type") != "unused":
            found.append(Option(shown=str(row.get("display_value") or stored), stored=str(stored)))
    return tuple(found)


def _external(raw: object) -> str | None:
    kind = raw.get("type") if isinstance(raw, Mapping) else None
    return str(kind) if kind else None


def _target(row: Mapping[str, Any]) -> str | None:
    lookup = row.get("lookup")
    module = lookup.get("module") if isinstance(lookup, Mapping) else None
    name = module.get("api_name") if isinstance(module, Mapping) else module
    return str(name) if name else None


def _writable(row: Mapping[str, Any]) -> tuple[bool, bool]:
    """Zoho CRM v8 answers `operation_type`; where it is missing (Bigin v2, older orgs) the view flags tell.

    `field_read_only` says nothing: the owner has it and can be written. `read_only` alone is not enough: Created_By
    lacks it and cannot be.
    """
    operations = row.get("operation_type")
    if isinstance(operations, Mapping) and "api_create" in operations:
        return bool(operations["api_create"]), bool(operations.get("api_update"))
    if row.get("read_only"):
        return False, False
    views = row.get("view_type")
    if not isinstance(views, Mapping):
        return True, True
    return bool(views.get("create", True)), bool(views.get("edit", True))


def read_fields(rows: Sequence[Mapping[str, Any]], layouts: Sequence[Mapping[str, Any]] = ()) -> dict[str, FieldMeta]:
    """API name -> metadata, in the org's order. With `layouts`, fields that one of them requires are marked so."""
    metas = {meta.api_name: meta for meta in map(FieldMeta.from_row, rows)}
    sections = [section for layout in layouts for section in layout.get("sections") or ()]
    for row in (row for section in sections for row in section.get("fields") or ()):
        name = row.get("api_name")
        if row.get("required") and name in metas:
            metas[name] = replace(metas[name], required=True)
    return metas


def unmappable(pairing: Pairing, meta: FieldMeta, *, side: Side) -> str | None:
    """Why a field can't be part of any mapping; None if it can."""
    if pairing.forbids(meta.api_name):
        return "reminders, recurrence, invitations and notifications are never synced"
    if pairing.keeps_keys(meta.api_name, meta.label):
        return "it holds the sync's own keys"
    if meta.api_name in _KEPT_BY_PRODUCT:
        return _KEPT_BY_PRODUCT[meta.api_name]
    if meta.type is None:
        return _UNSUPPORTED.get(meta.data_type, f"its type ({meta.data_type or 'unknown'}) is not supported")
    if meta.type is FieldType.OWNER and meta.api_name != "Owner":
        return "a user field other than the owner"
    if meta.type is FieldType.LOOKUP and all(spec.on(side).module != meta.target for spec in pairing.kinds):
        return f"it points to {meta.target or 'an unknown module'}, which is not synced"
    return None


def compatible(left: FieldMeta, right: FieldMeta) -> str | None:
    """Why the values of two fields don't fit each other; None if they do."""
    if left.type is not None and right.type is not None and same_family(left.type, right.type):
        return None
    return f"one holds {left.data_type}, the other {right.data_type}"


def same_family(one: FieldType, other: FieldType) -> bool:
    """Whether values of two types have the same canonical form: texts of all sorts, numbers of all sorts."""
    return one is other or any(one in family and other in family for family in (_TEXTS, _NUMBERS))
