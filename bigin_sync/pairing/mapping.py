"""A mapping: which fields of a kind are kept the same, and how. Proposed from the metadata of both orgs.

Bigin v2 and Zoho CRM v8 answer at most 50 fields of a record per call; five of them are about the record itself.
"""

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing import shared_lookups
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, KindSpec, Pairing
from bigin_sync.pairing.constants import Constant
from bigin_sync.pairing.fields import FieldMeta, compatible, unmappable

MOST_FIELDS = 45
"""Pairs a mapping may have, so that one call still reads the whole record."""

OWN_FORM = frozenset({FieldType.STAGE, FieldType.DURATION})
"""Types that no metadata tells of: the products call their fields lists of choices or plain texts."""

Metas = Dict[str, FieldMeta]
"""API name -> metadata, of one side's module."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """The pairs of one kind that are kept in sync, in the order they are shown; constants: what new records get."""

    kind: Kind
    pairs: tuple[FieldPair, ...]
    constants: tuple[Constant, ...] = ()

    def pair(self, name: str) -> FieldPair | None:
        """The pair of that name; None if it is not mapped."""
        return next((pair for pair in self.pairs if pair.name == name), None)

    def apis(self, side: Side) -> tuple[str, ...]:
        """The API names that are filled on a side, by a pair or by a constant."""
        constant = [each.api for each in self.constants if each.side is side]
        return tuple(dict.fromkeys([*(name for pair in self.pairs for name in pair.wire_names(side)), *constant]))


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A field of one side that is not kept in sync, and why."""

    side: Side
    field: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a mapping could be, and what is left over on each side."""

    mapping: Mapping
    unmapped: tuple[Unmapped, ...]


def joined_type(left: FieldMeta, right: FieldMeta) -> FieldType | None:
    """The type of a pair of compatible fields, None if they can't be a pair.

    A list of choices beside a text is a list of choices (newer CRM orgs keep countries and states that way); any other
    two texts are a text, as long as the longer one of them; any other two numbers are a number.
    """
    if left.type is right.type:
        return left.type
    kinds = {left.type, right.type}
    for stronger in (FieldType.PICKLIST, FieldType.TEXTAREA):
        if stronger in kinds:
            return stronger
    return FieldType.NUMBER if kinds & {FieldType.INTEGER, FieldType.NUMBER, FieldType.MONEY} else FieldType.TEXT


def fitted(pair: FieldPair, *, left: FieldMeta, right: FieldMeta) -> FieldPair:
    """The pair as these two orgs have it: the type both fields share, and no way into a read-only field."""
    direction = pair.direction
    if not right.writable:
        direction = Direction.TO_LEFT
    elif not left.writable:
        direction = Direction.TO_RIGHT
    if pair.type in OWN_FORM:
        return replace(pair, direction=direction)
    return replace(pair, type=joined_type(left, right) or pair.type, direction=direction)


def with_what_stands_beside(mapping: Mapping, spec: KindSpec, *, left: Metas, right: Metas) -> Mapping:
    """The mapping with the fields that the catalog puts beside others, where the orgs have them now."""
    known = {pair.name: pair for pair in spec.fields if pair.type is FieldType.STAGE}
    pairs = [
        beside_what_is_there(
            replace(pair, beside_left=known[pair.name].beside_left, beside_right=known[pair.name].beside_right),
            left=left,
            right=right,
        )
        if pair.name in known
        else pair
        for pair in mapping.pairs
    ]
    return replace(mapping, pairs=tuple(pairs))


def in_their_words(mapping: Mapping, metas: Dict[Side, Metas]) -> Mapping:
    """The mapping with each org's own word for a module that it has more than one for, as far as it is known."""
    return replace(mapping, pairs=tuple(shared_lookups.in_their_words(pair, metas) for pair in mapping.pairs))


def beside_what_is_there(pair: FieldPair, *, left: Metas, right: Metas) -> FieldPair:
    """The pair without the fields beside it that an org does not have (pipelines may be switched off)."""
    return replace(
        pair,
        beside_left=pair.beside_left if pair.beside_left in left else None,
        beside_right=pair.beside_right if pair.beside_right in right else None,
    )


def refusal(pairing: Pairing, pair: FieldPair, *, left: FieldMeta, right: FieldMeta) -> str | None:
    """Why these two fields can't be a pair; None if they can."""
    if shared_lookups.is_shared(pair):
        return shared_lookups.refusal(pairing, pair, left=left, right=right)
    for side, meta in ((Side.LEFT, left), (Side.RIGHT, right)):
        if reason := unmappable(pairing, meta, side=side):
            return f"{pairing.title(side)}: {reason}"
    if pair.type is not FieldType.DURATION and (reason := compatible(left, right)):
        return reason
    if not left.writable and not right.writable:
        return "neither side lets it be written"
    if left.type is FieldType.LOOKUP:
        return _lookup_refusal(pairing, pair, left=left, right=right)
    return None


def _lookup_refusal(pairing: Pairing, pair: FieldPair, *, left: FieldMeta, right: FieldMeta) -> str | None:
    kinds = [lookup_kind(pairing, meta, side=side) for side, meta in ((Side.LEFT, left), (Side.RIGHT, right))]
    if kinds[0] is None or kinds[0] != kinds[1]:
        return f"one points to {left.target}, the other to {right.target}"
    return None if pair.to in (None, kinds[0]) else f"it points to {kinds[0]}, not to {pair.to}"


def lookup_kind(pairing: Pairing, meta: FieldMeta, *, side: Side) -> Kind | None:
    """The kind that a lookup field of a side points to; None if that module is not part of the pairing."""
    return next((spec.kind for spec in pairing.kinds if spec.on(side).module == meta.target), None)


def synced_before(pairing: Pairing, kind: Kind) -> tuple[Kind, ...]:
    """The kinds a lookup of `kind` may point to: itself, and those synced before it.

    A pointer to a kind that is synced later would make two records wait for each other.
    """
    order = pairing.parents_first()
    return order[: order.index(kind) + 1]


def custom_pair(pairing: Pairing, kind: Kind, *, left: FieldMeta, right: FieldMeta) -> FieldPair | str:
    """The pair that two fields of the orgs make which the catalog does not know, or why they make none."""
    if reason := unmappable(pairing, left, side=Side.LEFT) or unmappable(pairing, right, side=Side.RIGHT):
        return reason
    if reason := compatible(left, right):
        return reason
    to = lookup_kind(pairing, left, side=Side.LEFT) if left.type is FieldType.LOOKUP else None
    if left.type is FieldType.LOOKUP and (to is None or to not in synced_before(pairing, kind)):
        return f"it points to {left.target}, which is not synced before this"
    name = right.api_name if left.api_name == right.api_name else f"{left.api_name}={right.api_name}"
    pair = FieldPair(
        name=name,
        left=left.api_name,
        right=right.api_name,
        type=joined_type(left, right) or FieldType.TEXT,
        to=to,
    )
    if reason := refusal(pairing, pair, left=left, right=right):
        return reason
    return fitted(pair, left=left, right=right)


def propose(pairing: Pairing, kind: Kind, *, left: Metas, right: Metas) -> Proposal:
    """The mapping that fits both orgs best: the catalog's pairs that both have, then custom fields of the same name."""
    spec = pairing.kind(kind)
    pairs: list[FieldPair] = []
    reasons: dict[str, str] = {}
    candidates = [pair for pair in spec.fields if pair.left in left and pair.right in right]
    for pair in candidates:
        if any(chosen.name == pair.name for chosen in pairs):
            continue
        reason = refusal(pairing, pair, left=left[pair.left], right=right[pair.right])
        if reason is None:
            found = fitted(pair, left=left[pair.left], right=right[pair.right])
            pairs.append(beside_what_is_there(found, left=left, right=right))
        else:
            reasons[pair.left] = reasons[pair.right] = reason
    for custom in _custom_pairs(pairing, spec, left=left, right=right):
        if isinstance(custom, FieldPair) and len(pairs) < MOST_FIELDS:
            pairs.append(custom)
        elif isinstance(custom, FieldPair):
            reasons[custom.left] = f"a mapping has at most {MOST_FIELDS} fields"
        else:
            reasons[custom[0]] = custom[1]
    mapping = Mapping(kind, tuple(pairs))
    return Proposal(mapping, left_over(pairing, mapping, left=left, right=right, reasons=reasons))


def _custom_pairs(
    pairing: Pairing, spec: KindSpec, *, left: Metas, right: Metas
) -> Iterator[FieldPair | tuple[str, str]]:
    if not spec.custom_fields:
        return
    for name, meta in left.items():
        other = right.get(name)
        if other is not None and meta.custom and other.custom:
            found = custom_pair(pairing, spec.kind, left=meta, right=other)
            yield found if isinstance(found, FieldPair) else (name, found)


def left_over(
    pairing: Pairing, mapping: Mapping, *, left: Metas, right: Metas, reasons: Dict[str, str]
) -> tuple[Unmapped, ...]:
    """The fields of both sides that the mapping does not use, each with the reason, in the orgs' own order."""
    found: list[Unmapped] = []
    by_people = pairing.kind(mapping.kind).custom_fields
    unchosen = "not chosen" if by_people else "not among the fields that the system maps"
    for side in BOTH:
        here, there = (left, right) if side is Side.LEFT else (right, left)
        used = set(mapping.apis(side))
        for name, meta in here.items():
            if name in used:
                continue
            reason = unmappable(pairing, meta, side=side) or reasons.get(name)
            if reason is None and name not in there:
                reason = f"{pairing.title(side.other)} has no field of that name"
            found.append(Unmapped(side, name, meta.label, reason or unchosen))
    return tuple(found)
