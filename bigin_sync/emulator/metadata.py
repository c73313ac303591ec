"""What an org knows about its own shape: fields, layouts, pipelines, views, related lists, modules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MULTI_TYPES = frozenset({"multiselectpicklist", "multiselectlookup", "multiuserlookup", "subform", "imageupload"})
PERSON_TYPES = frozenset({"ownerlookup", "userlookup"})
_JSON_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "boolean": "boolean",
        "integer": "integer",
        "double": "double",
        "currency": "double",
        "percent": "double",
        "lookup": "jsonobject",
        "ownerlookup": "jsonobject",
        "userlookup": "jsonobject",
        "ALARM": "jsonobject",
        "RRULE": "jsonobject",
        "multireminder": "jsonarray",
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a picklist: `display` is what people see, `actual` what records hold."""

    display: str
    actual: str
    id: str = ""
    facts: tuple[tuple[str, object], ...] = ()
    """What else the metadata says of it: a stage's probability, forecast and deal category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDef:
    """One field of one module, as `settings/fields` tells it."""

    api_name: str
    label: str
    data_type: str
    id: str = ""
    length: int | None = None
    decimal_place: int | None = None
    options: tuple[Option, ...] = ()
    system_mandatory: bool = False
    layout_required: bool = False
    unique: bool = False
    external: str | None = None
    """`org` or `user` for a field that holds another system's ids."""
    read_only: bool = False
    creatable: bool = True
    editable: bool = True
    custom: bool = False
    visible: bool = True
    listed: bool = True
    """False: records carry the field, `settings/fields` does not list it (Bigin keeps such fields of CRM)."""
    lookup: str | None = None
    """Module a lookup points to; `se_module` when a key beside the field names the module."""
    default: object = None
    """What a new record gets when nothing is given."""
    empty: object = None
    """What is shown where a record has no value."""
    searchable: bool = True
    section: str = ""
    derived: bool = False
    """The server computes it; whatever is sent is ignored."""
    quick: int = 0
    """Place in the short form that makes a record quickly; 0: not in it."""
    asked_only: bool = False
    """Shown only where `fields` names it."""
    write_only: bool = False
    """Accepted, and never shown: it turns up under another name."""

    @property
    def shown_unasked(self) -> bool:
        """Whether an answer without a list of fields holds it."""
        return not self.asked_only and not self.write_only

    @property
    def writable(self) -> bool:
        """Whether a write may set it at all; what is not writable is ignored without a word."""
        return (self.creatable or self.editable) and not self.read_only and not self.derived

    @property
    def json_type(self) -> str:
        """The JSON type of its values."""
        if self.data_type in MULTI_TYPES or self.api_name in {"Tag", "Participants"}:
            return "jsonarray"
        return _JSON_TYPES.get(self.data_type, "string")

    @property
    def nothing(self) -> object:
        """What is shown where a record has no value: `False` for a box, `[]` for a list, else `null`."""
        if self.empty is not None:
            return self.empty
        if self.data_type == "boolean":
            return False
        return [] if self.json_type == "jsonarray" and self.data_type != "multireminder" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a pipeline."""

    display: str
    actual: str
    id: str = ""
    probability: int = 0
    forecast: str = "Pipeline"
    category: str = "Open"
    """`Open`, `Closed Won` or `Closed Lost`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineDef:
    """A named sequence of stages: a pipeline of CRM, a sub-pipeline of Bigin."""

    display: str
    actual: str
    stages: tuple[str, ...]
    """Actual values, in order."""
    id: str = ""
    default: bool = False


@dataclass(slots=True, kw_only=True)
class LayoutDef:
    """A page layout. In Bigin a layout of the module Pipelines is a team pipeline."""

    name: str
    id: str = ""
    display_label: str = ""
    required: frozenset[str] = frozenset()
    """Fields this layout demands beyond the system's own."""
    pipelines: tuple[PipelineDef, ...] = ()


@dataclass(slots=True, kw_only=True)
class ViewDef:
    """A custom view. `criteria` is the tree of the API: `None`, one leaf, or `{group_operator, group}`."""

    name: str
    id: str = ""
    system_name: str | None = None
    criteria: dict[str, object] | None = None
    fields: tuple[str, ...] = ()
    category: str = "public_views"
    access_type: str = "public"
    default: bool = False
    owner: str | None = None
    """The user who made it; `None` for views of the system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedListDef:
    """A list of other records shown on a record."""

    api_name: str
    label: str
    module: str
    via: str | None = None
    """Lookup field of the other module that points back; `None` where the two are linked freely."""
    id: str = ""


@dataclass(slots=True, kw_only=True)
class ModuleDef:
    """One module of one org."""

    api_name: str
    module_name: str
    singular: str
    plural: str
    name_field: str
    """The field whose value stands for the record wherever only a name is shown."""
    fields: dict[str, FieldDef] = field(default_factory=dict)
    id: str = ""
    id_suffix: int = 0
    duplicate_field: str | None = None
    """The system's own duplicate field of an upsert, whether or not it is unique."""
    layouts: list[LayoutDef] = field(default_factory=list)
    views: list[ViewDef] = field(default_factory=list)
    related_lists: list[RelatedListDef] = field(default_factory=list)
    stages: tuple[Stage, ...] = ()
    api_supported: bool = True
    visible: bool = True
    generated_type: str = "default"
    parent_module: str | None = None
    activity: bool = False
    access_type: str = "org_based"

    def unique_fields(self) -> tuple[FieldDef, ...]:
        """Fields no two live records may share a value in."""
        return tuple(one for one in self.fields.values() if one.unique or one.external is not None)

    def view(self, view_id: str) -> ViewDef | None:
        """The view of that id."""
        return next((one for one in self.views if one.id == view_id), None)

    def layout(self, layout_id: str) -> LayoutDef | None:
        """The layout of that id."""
        return next((one for one in self.layouts if one.id == layout_id), None)
