"""Free links between records: products of a deal, contacts of a product, contact roles."""

from collections.abc import Iterable


class Links:
    """Pairs of records that are related without a lookup field, each with a few facts of its own.

    A pair is stored once, under the module that sorts first, so both sides show it.
    """

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], dict[tuple[str, str], dict[str, object]]] = {}
        self._near: dict[tuple[str, str, str], set[str]] = {}

    def join(self, left: tuple[str, str], right: tuple[str, str], *, facts: dict[str, object]) -> bool:
        """Links two (module, id); False if they were linked already, in which case only the facts change."""
        (first, one), (second, other) = sorted((left, right))
        pairs = self._pairs.setdefault((first, second), {})
        fresh = (one, other) not in pairs
        pairs[(one, other)] = facts if facts or fresh else pairs[(one, other)]
        self._near.setdefault((first, one, second), set()).add(other)
        self._near.setdefault((second, other, first), set()).add(one)
        return fresh

    def part(self, left: tuple[str, str], right: tuple[str, str]) -> bool:
        """Takes a link away; False if there was none."""
        (first, one), (second, other) = sorted((left, right))
        if self._pairs.get((first, second), {}).pop((one, other), None) is None:
            return False
        self._near[(first, one, second)].discard(other)
        self._near[(second, other, first)].discard(one)
        return True

    def of(self, module: str, record_id: str, other_module: str) -> tuple[str, ...]:
        """Ids of the other module's records linked to this one, ascending."""
        return tuple(sorted(self._near.get((module, record_id, other_module), ()), key=int))

    def facts(self, left: tuple[str, str], right: tuple[str, str]) -> dict[str, object]:
        """What is known of one link; empty if there is none."""
        (first, one), (second, other) = sorted((left, right))
        return self._pairs.get((first, second), {}).get((one, other), {})

    def move(self, module: str, loser: str, winner: str, *, others: Iterable[str]) -> None:
        """Hands a record's links over to another record of its module, as a merge does."""
        for other_module in others:
            for other in self.of(module, loser, other_module):
                facts = self.facts((module, loser), (other_module, other))
                self.part((module, loser), (other_module, other))
                self.join((module, winner), (other_module, other), facts=dict(facts))
