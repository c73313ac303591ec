"""The catalog: what a pairing of two products says about itself, as plain data.

    Pairing ── ModuleSpec   what a person switches on and off
            └─ KindSpec     one type of record, paired
                 ├─ FieldPair   one field, paired
                 └─ MatchRule   how two records that were never linked are recognised as the same thing

A second pairing is a second instance of these types; nothing outside this room changes for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from textwrap import shorten

from bigin_sync.errors import Bug, UnknownModule
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value, Values

LABEL = 60
"""Characters of a text that may stand for a record without a name."""


class FieldType(StrEnum):
    """How a field's values are written on the wire, and so which canonical form they have."""

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    WEBSITE = "website"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    STAGE = "stage"
    DURATION = "duration"
    LOOKUP = "lookup"
    OWNER = "owner"


class Direction(StrEnum):
    """Which way a field's values travel. `FILL`: both ways, but only into a blank field."""

    BOTH = "both"
    TO_LEFT = "to_left"
    TO_RIGHT = "to_right"
    FILL = "fill"

    def flows_to(self, side: Side) -> bool:
        """Whether a value may ever be written to this side."""
        return self is not (Direction.TO_LEFT if side is Side.RIGHT else Direction.TO_RIGHT)


class Unknown(StrEnum):
    """What happens to a picklist value that the other side does not have.

    `LEAVE_OUT`: the field stays as it is there, the rest of the record is written. `DEFAULT`: the pair's default for
    that side is written. `PROBLEM`: the record is not written until a person has settled it.
    """

    LEAVE_OUT = "leave_out"
    DEFAULT = "default"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A lookup that shares its wire field with others: the row's `key` says which module the id belongs to.

    An activity's `What_Id` holds a deal or a company, and `$se_module` beside it says which; each is a pair of its own.
    reads: the values of `key` that mean this pair. writes: the one to send, unless the org is known to say another.
    inside: the lookup itself names the module too, under `module`.
    """

    key: str
    reads: frozenset[str]
    writes: str
    inside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPair:
    """One field that both sides have.

    name:        the name shared by both sides, the key in canonical values.
    left, right: API names.
    to:          the kind a lookup points to.
    master:      the side whose value wins whenever both differ, whatever the strategy.
    value_map:   picklists: (left stored, right stored), looked at before equal names. Stages: see `pairing.stages`.
    unknown:     what to do with a picklist value the other side does not have.
    default_left, default_right: canonical value of that side, for `Unknown.DEFAULT` and for a create that lacks a
                 mandatory value.
    when_left, when_right: set where the wire field is shared by several pairs.
    beside_left, beside_right: stages: the wire field of the pipeline, read and written together with it.
    needed:      the kind makes no sense without it (a contact's last name): a mapping can't leave it out.
    """

    name: str
    left: str
    right: str
    type: FieldType
    to: Kind | None = None
    direction: Direction = Direction.BOTH
    master: Side | None = None
    value_map: tuple[tuple[str, str], ...] = ()
    unknown: Unknown = Unknown.LEAVE_OUT
    default_left: Value = None
    default_right: Value = None
    when_left: When | None = None
    when_right: When | None = None
    beside_left: str | None = None
    beside_right: str | None = None
    needed: bool = False

    def __post_init__(self) -> None:
        if (self.type is FieldType.LOOKUP) != (self.to is not None):
            raise Bug(f"The field pair {self.name} must name the kind it points to exactly if it is a lookup.")

    def api(self, side: Side) -> str:
        """The field's API name on a side."""
        return self.left if side is Side.LEFT else self.right

    def beside(self, side: Side) -> str | None:
        """The API name of the field that is read and written together with it on a side; None: it stands alone."""
        return self.beside_left if side is Side.LEFT else self.beside_right

    def wire_names(self, side: Side) -> tuple[str, ...]:
        """The API names of every field of a side that this pair fills."""
        beside = self.beside(side)
        return (self.api(side),) if beside is None else (self.api(side), beside)

    def default(self, side: Side) -> Value:
        """The canonical value to fall back to on a side; None: there is none."""
        return self.default_left if side is Side.LEFT else self.default_right

    def when(self, side: Side) -> When | None:
        """The condition under which the wire field of a side holds this pair's value; None: always."""
        return self.when_left if side is Side.LEFT else self.when_right


class Norm(StrEnum):
    """How a part of a match key is made comparable."""

    EMAIL = "email"
    PHONE = "phone"
    PERSON = "person"
    COMPANY = "company"
    DOMAIN = "domain"
    TEXT = "text"
    EXACT = "exact"
    PASSAGE = "passage"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One part of a match key: the first-choice and alternative fields it may come from, and how it is normalised.

    With several `fields` each filled one gives a key of its own (a phone number is tried as phone and as mobile). A
    `Norm.RECORD` part is a lookup, and is compared by what both sides' records are linked to. or_none: records of which
    all these fields are blank have that in common.
    """

    fields: tuple[str, ...]
    norm: Norm
    or_none: bool = False


@dataclass(frozen=True, slots=True)
class MatchRule:
    """A way to recognise the same thing on both sides. Lower ranks are surer and are tried first.

    All parts must have a value, else the rule gives no key. against: what speaks against the rule where both records
    have a value and the two differ: a family shares a name and a number, but not an address for mail. Then nothing is
    guessed, and a person is asked.

    faint: for records that have no surer key, and so can't be told apart by one. Two that share it are linked if no
    field of theirs says otherwise; if one does, a person is asked, as neither may be doubled for lack of proof.
    """

    rank: int
    name: str
    parts: tuple[KeyPart, ...]
    against: tuple[KeyPart, ...] = ()
    faint: bool = False


@dataclass(frozen=True, slots=True)
class KindSide:
    """A kind as one product calls it: the module's API name and what people there see."""

    module: str
    singular: str
    plural: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeDays:
    """Fields of an event that stand for whole days while a box is ticked; their times are then those of no zone."""

    box: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """Records of another kind that are freely joined with records of this one, as products are with a deal.

    New associations cross, removals never do. to: the other kind. left, right: names that the related list of them may
    have on a side, the usual one first; back_left, back_right: those of the list that leads back. remark: what of it
    does not cross, in a sentence.
    """

    to: Kind
    left: tuple[str, ...]
    right: tuple[str, ...]
    back_left: tuple[str, ...]
    back_right: tuple[str, ...]
    remark: str = ""

    def lists(self, side: Side) -> tuple[str, ...]:
        """What the related list of the other kind may be called on a side."""
        return self.left if side is Side.LEFT else self.right

    def back(self, side: Side) -> tuple[str, ...]:
        """What the list that leads back from the other kind may be called on a side."""
        return self.back_left if side is Side.LEFT else self.back_right


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """One type of record, paired.

    module:       the module (of this product) it is switched with.
    fields:       pairs that are proposed as soon as both orgs have the fields.
    label_fields: field names whose values, joined by a space, name a record to people.
    match:        rules by ascending rank.
    needs_parent: synced only once at least one record it points to is linked (activities, notes).
    custom_fields: same-named custom fields of both sides are proposed, and people may change the mapping.
    keyed:        whether the products let such records have a field in which no two may hold the same.
    associates:   what else records of this kind are joined with, beside their lookups.
    label_else:   the field whose beginning names a record of which no label field is filled.
    whole_days:   its fields that may stand for whole days.
    whole_minutes: the sides that take durations in whole minutes.
    at_birth:     (side, values) -> wire fields that a new record must have there beyond its values.
    """

    kind: Kind
    left: KindSide
    right: KindSide
    module: str
    fields: tuple[FieldPair, ...]
    label_fields: tuple[str, ...]
    match: tuple[MatchRule, ...]
    needs_parent: bool = False
    custom_fields: bool = True
    keyed: bool = True
    associates: tuple[Association, ...] = ()
    label_else: str | None = None
    whole_days: WholeDays | None = None
    whole_minutes: frozenset[Side] = frozenset()
    at_birth: Callable[[Side, Values], Mapping[str, object]] | None = None

    def on(self, side: Side) -> KindSide:
        """The kind as a side calls it."""
        return self.left if side is Side.LEFT else self.right

    def field(self, name: str) -> FieldPair | None:
        """The default pair of that name."""
        return next((pair for pair in self.fields if pair.name == name), None)

    def faint(self, rule: str) -> bool:
        """Whether the rule of that name proves nothing where a field says otherwise."""
        return any(one.faint for one in self.match if one.name == rule)

    def label(self, values: Values) -> str:
        """What people call a record with these values; empty when none of the fields it could come from is filled."""
        parts = [values.get(name) for name in self.label_fields]
        label = " ".join(part for part in parts if isinstance(part, str))
        beginning = values.get(self.label_else) if self.label_else is not None and not label else None
        return shorten(beginning, LABEL, placeholder="…") if isinstance(beginning, str) else label

    def is_parent(self, name: str) -> bool:
        """Whether the field of that name points to a parent."""
        pair = self.field(name)
        return pair is not None and pair.to is not None and pair.to != self.kind

    @property
    def known_by(self) -> frozenset[str]:
        """The lookups by whose records it is recognised; it can be told only once those are linked."""
        parts = [part for rule in self.match for part in rule.parts if part.norm is Norm.RECORD]
        return frozenset(name for part in parts for name in part.fields)

    @property
    def parents(self) -> frozenset[Kind]:
        """The other kinds its lookups point to. A lookup to its own kind makes no parent."""
        return frozenset(pair.to for pair in self.fields if pair.to is not None and pair.to != self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpec:
    """What a person switches on and off: one or more kinds together.

    needs_view:    it is configured with a list view and a mapping.
    can_disable:   False for a module that carries the others.
    after:         modules whose first sync must have finished before this one can be configured.
    """

    name: str
    label: str
    kinds: tuple[Kind, ...]
    needs_view: bool
    can_disable: bool
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two products and all that corresponds between them.

    labels:       side -> the product's short name, as typed on the command line.
    titles:       side -> the product's name as people write it.
    never_synced: patterns (`*` wildcard, case ignored) of API names that are neither read nor written.
    key_label:    what the field is called in which records that the sync makes have their key, on either side.
    """

    name: str
    labels: Mapping[Side, str]
    titles: Mapping[Side, str]
    kinds: tuple[KindSpec, ...]
    modules: tuple[ModuleSpec, ...]
    never_synced: tuple[str, ...] = field(default=())
    key_label: str = "Sync Key"

    def label(self, side: Side) -> str:
        """The short name of a side's product."""
        return self.labels[side]

    def title(self, side: Side) -> str:
        """The name of a side's product, as people write it."""
        return self.titles[side]

    def side_of(self, label: str) -> Side | None:
        """The side with that label (case ignored); None if there is none."""
        wanted = label.casefold()
        return next((side for side, known in self.labels.items() if known.casefold() == wanted), None)

    def kind(self, name: str) -> KindSpec:
        """The kind of that name; an unknown one is a bug, since kinds never come from people."""
        for spec in self.kinds:
            if spec.kind == name:
                return spec
        raise Bug(f"The pairing {self.name} has no kind named {name!r}.")

    def module(self, name: str) -> ModuleSpec:
        """The module of that name (case ignored); raises `UnknownModule` with the names that exist."""
        for spec in self.modules:
            if spec.name == name.casefold():
                return spec
        names = ", ".join(spec.name for spec in self.modules)
        raise UnknownModule(f"There is no module named {name!r}.", hint=f"The modules are: {names}.")

    def associated(self) -> frozenset[Kind]:
        """The kinds that are joined with others, at either end."""
        return frozenset(kind for spec in self.kinds for one in spec.associates for kind in (spec.kind, one.to))

    def indispensable(self, spec: KindSpec) -> bool:
        """Whether nothing can be synced without this kind, so that both orgs must have it."""
        return not self.module(spec.module).can_disable

    def kinds_of(self, module: str) -> tuple[KindSpec, ...]:
        """The kinds of a module, parents first."""
        wanted = self.module(module).kinds
        return tuple(self.kind(kind) for kind in self.parents_first() if kind in wanted)

    def parents_first(self) -> tuple[Kind, ...]:
        """All kinds, each after the kinds its lookups point to; the same order every time."""
        known = {spec.kind for spec in self.kinds}
        graph = {spec.kind: sorted(spec.parents & known) for spec in self.kinds}
        return tuple(TopologicalSorter(graph).static_order())

    def forbids(self, api_name: str) -> bool:
        """Whether a field may be neither read nor written, whoever asks for it."""
        name = api_name.casefold()
        return any(fnmatchcase(name, pattern.casefold()) for pattern in self.never_synced)

    def keeps_keys(self, api_name: str, label: str) -> bool:
        """Whether a field is meant for sync keys: by its label, or by the API name that the products make of that."""
        known = {self.key_label.casefold(), re.sub(r"\W+", "_", self.key_label).casefold()}
        return not known.isdisjoint((api_name.casefold(), label.casefold()))
