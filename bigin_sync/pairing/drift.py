"""Drift: what became of a mapping since the fields of an org changed. Pure.

A mapped field that was renamed, removed or retyped stands still: it is neither read nor written until a person has
changed the mapping or the field is back. A field without which no record can be made stops the whole module. A mapped
one stops nothing: records that fill it are made, and the others can be known before they are sent.
"""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace

from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import FieldPair, FieldType, Pairing
from bigin_sync.pairing.fields import FieldMeta, same_family
from bigin_sync.pairing.mapping import OWN_FORM, Mapping, Metas
from bigin_sync.pairing.mapping_check import Finding, validate

_BY_TYPE_ALONE = frozenset(FieldType) - {FieldType.LOOKUP, FieldType.OWNER} - OWN_FORM

_NEVER_BLANK = frozenset({FieldType.OWNER, FieldType.BOOLEAN, FieldType.DURATION})
"""Types of which something always goes to a new record, or which are demanded of some records alone."""


@dataclass(frozen=True, slots=True)
class Drift:
    """frozen: field -> why it stands still. blocked: why the kind can't be synced at all, with the way out.

    demanded: side -> field -> that no record is made there without it, which the other side lets be blank.
    """

    frozen: Dict[str, str] = field(default_factory=dict)
    blocked: tuple[Finding, ...] = ()
    demanded: Dict[Side, Dict[str, str]] = field(default_factory=dict)


def drift(
    pairing: Pairing, mapping: Mapping, *, left: Metas, right: Metas, untold: Dict[Side, frozenset[str]] | None = None
) -> Drift:
    """What a mapping that fitted once comes to with the fields that both orgs have now.

    untold: API names that a side lists, and yet leaves out of its answers.
    """
    frozen: dict[str, str] = {}
    for pair in mapping.pairs:
        why = _changed(pairing, pair, {Side.LEFT: left, Side.RIGHT: right}, untold or {})
        if why is not None:
            frozen[pair.name] = why
    known = {pair.name for pair in mapping.pairs}
    for finding in validate(pairing, mapping, left=left, right=right):
        if finding.blocking and finding.field in known:
            frozen.setdefault(finding.field, finding.message)
    moving = thawed(mapping, frozen)
    left_over = validate(pairing, moving, left=left, right=right)
    demanded = _demanded(pairing, moving, {Side.LEFT: left, Side.RIGHT: right})
    return Drift(frozen, tuple(finding for finding in left_over if finding.blocking), demanded)


def thawed(mapping: Mapping, frozen: Dict[str, str]) -> Mapping:
    """The mapping without the fields that stand still."""
    return replace(mapping, pairs=tuple(pair for pair in mapping.pairs if pair.name not in frozen))


def _changed(
    pairing: Pairing, pair: FieldPair, metas: Dict[Side, Metas], untold: Dict[Side, frozenset[str]]
) -> str | None:
    """Why the fields of a pair are not what they were when it was mapped; None if they are."""
    for side in BOTH:
        for name in pair.wire_names(side):
            if name not in metas[side]:
                return f"{pairing.title(side)} no longer has the field {name}."
            if name in untold.get(side, ()):
                return f"{pairing.title(side)} no longer answers the field {name}."
        meta = metas[side][pair.api(side)]
        if not _holds(pair, meta):
            return f"{pairing.title(side)} keeps something else in {meta.api_name} now ({meta.data_type})."
    return None


def _demanded(pairing: Pairing, mapping: Mapping, metas: Dict[Side, Metas]) -> dict[Side, dict[str, str]]:
    """The fields that a side demands of new records and that may be blank where these come from, with no default."""
    spec, found = pairing.kind(mapping.kind), dict[Side, dict[str, str]]()
    for pair in mapping.pairs:
        if pair.needed or pair.type in _NEVER_BLANK or spec.is_parent(pair.name):
            continue
        for side in BOTH:
            meta = metas[side].get(pair.api(side))
            if meta is None or not pair.direction.flows_to(side) or pair.default(side) is not None:
                continue
            if meta.mandatory and not metas[side.other][pair.api(side.other)].mandatory:
                message = f"{pairing.title(side)} takes no new {mapping.kind} without {meta.api_name} ({meta.label})."
                found.setdefault(side, {})[pair.name] = message
    return found


def _holds(pair: FieldPair, meta: FieldMeta) -> bool:
    """Whether a field still holds what the pair reads. Lookups are told from all they say, by the mapping's check."""
    return pair.type not in _BY_TYPE_ALONE or (meta.type is not None and same_family(pair.type, meta.type))
