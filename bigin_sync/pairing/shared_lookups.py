"""Shared lookups: wire fields that point to records of several modules, and so serve several pairs of a mapping.

`What_Id` holds a deal or a company, `Parent_Id` what a note belongs to; a key beside it says which (`catalog.When`).
"""

from collections.abc import Mapping as Dict
from dataclasses import replace

from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import FieldPair, FieldType, KindSpec, Pairing, When
from bigin_sync.pairing.fields import FieldMeta, unmappable

_TO_MANY = frozenset({"lookup", "multi_module_lookup"})


def is_shared(pair: FieldPair) -> bool:
    """Whether a side keeps the pair's value in a field that serves others too."""
    return pair.when_left is not None or pair.when_right is not None


def ambiguous(spec: KindSpec, *, side: Side) -> dict[str, When]:
    """API name -> condition of the shared lookups of which it is not sure how an org says one of their modules."""
    conditions = ((pair.api(side), pair.when(side)) for pair in spec.fields)
    return {api: when for api, when in conditions if when is not None and len(when.reads) > 1}


def in_their_words(pair: FieldPair, metas: Dict[Side, Dict[str, FieldMeta]]) -> FieldPair:
    """The pair with each org's own word for a module that it has more than one for, as far as it is known."""
    left, right = (_said(pair.when(side), metas[side].get(pair.api(side))) for side in BOTH)
    return (
        pair if (left, right) == (pair.when_left, pair.when_right) else replace(pair, when_left=left, when_right=right)
    )


def _said(when: When | None, meta: FieldMeta | None) -> When | None:
    known = () if when is None or meta is None else sorted(when.reads.intersection(meta.says))
    return replace(when, writes=known[0]) if when is not None and known and when.writes not in known else when


def refusal(pairing: Pairing, pair: FieldPair, *, left: FieldMeta, right: FieldMeta) -> str | None:
    """Why a pair of which a field is shared can't be part of a mapping of these orgs; None if it can."""
    if pair.to is None or all(spec.kind != pair.to for spec in pairing.kinds):
        return f"it points to a {pair.to}, which is not synced"
    if not left.writable and not right.writable:
        return "neither side lets it be written"
    for side, meta in ((Side.LEFT, left), (Side.RIGHT, right)):
        reason = None
        if pair.when(side) is None:
            reason = unmappable(pairing, meta, side=side) or _pointing_elsewhere(pairing, pair, meta, side)
        elif meta.data_type not in _TO_MANY:
            reason = f"its type ({meta.data_type or 'unknown'}) is not that of a lookup"
        if reason is not None:
            return f"{pairing.title(side)}: {reason}"
    return None


def _pointing_elsewhere(pairing: Pairing, pair: FieldPair, meta: FieldMeta, side: Side) -> str | None:
    wanted = next(spec.on(side).module for spec in pairing.kinds if spec.kind == pair.to)
    return None if meta.type is FieldType.LOOKUP and meta.target == wanted else f"it does not point to {wanted}"
