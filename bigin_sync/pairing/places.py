"""Places: the wire fields that several pairs of a mapping share, and which pair goes first into one.

A side with one field for all its links can show one of them, where the other side may have two.
"""

from collections.abc import Iterator, Mapping

from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import FieldPair, KindSpec, When
from bigin_sync.pairing.mapping import Mapping as FieldMapping


class Places:
    """Which pairs of a mapping share a wire field on which side, those that come first in the mapping going first."""

    def __init__(self, mapping: FieldMapping) -> None:
        self._before: dict[Side, dict[str, tuple[str, ...]]] = {side: {} for side in BOTH}
        for side in BOTH:
            shelves: dict[str, list[str]] = {}
            for pair in mapping.pairs:
                if pair.when(side) is not None:
                    shelf = shelves.setdefault(pair.api(side), [])
                    self._before[side][pair.name] = tuple(shelf)
                    shelf.append(pair.name)

    def before(self, name: str, side: Side) -> tuple[str, ...]:
        """The pairs that go before this one into their common field of a side; none where the field is its own."""
        return self._before[side].get(name, ())


def elsewhere(spec: KindSpec, mapping: FieldMapping, *, side: Side) -> Iterator[tuple[str, str, When]]:
    """Where else a side may keep the value of a mapped pair: name, API name of the shared field, and its condition.

    A call may name its contact in a field of its own, or in the one that serves all.
    """
    asked = {pair.api(side) for pair in mapping.pairs if pair.when(side) is not None}
    own: Mapping[str, FieldPair] = {pair.name: pair for pair in mapping.pairs if pair.when(side) is None}
    found: dict[tuple[str, str], When] = {}
    for pair in spec.fields:
        when = pair.when(side)
        if when is not None and pair.name in own and pair.api(side) in asked:
            found.setdefault((pair.name, pair.api(side)), when)
    yield from ((name, api, when) for (name, api), when in found.items())
