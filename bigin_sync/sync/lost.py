"""Lost: which of the records found on a side are those whose creation was never confirmed. Pure.

A record is taken for one that was lost if it holds the values that were sent; failing that, if a text of it is what was
left of a longer one; failing that, if both are known by the same match key or at least by the same name (a person may
have put the new record right already). The surest way is tried first for all, and a record that could be either of two
is the one that said more of it. As many records as there are lost ones with the very same values are those, being
alike. Any other number is for a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bigin_sync.model.record import Record
from bigin_sync.model.values import Value, Values

Keys = Callable[[Values], Sequence[object]]
"""The match keys of a record with these values."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A creation whose answer never came. label: what people call the record."""

    label: str
    values: Values


@dataclass(frozen=True, slots=True)
class Knot:
    """Lost creations, by their place in the list, and the records which any of them may have made."""

    places: tuple[int, ...]
    records: tuple[Record, ...]


@dataclass(slots=True)
class Found:
    """What became of lost creations, by their place in the list. One that is in neither never arrived."""

    made: dict[int, Record] = field(default_factory=dict)
    unclear: list[Knot] = field(default_factory=list)


def find(lost: Sequence[Lost], records: Sequence[Record], *, keys: Keys) -> Found:
    """Tell which of these records, all of them unlinked and of our making, are the lost ones."""
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(lost):
        groups.setdefault(repr(sorted(one.values.items())), []).append(place)
    still = sorted(groups.values(), key=lambda group: -len(lost[group[0]].values))
    free, found, known = list(records), Found(), _by_key(keys)
    for holds, vague in ((_whole, False), (_cut, False), (known, True), (_named, True)):
        for group in list(still):
            mine = [record for record in free if holds(lost[group[0]], record)]
            others = [other for other in still if other is not group] if vague else []
            if len(mine) == len(group) and not any(holds(lost[other[0]], each) for other in others for each in mine):
                found.made.update(zip(group, mine, strict=True))
                free = [record for record in free if record not in mine]
                still.remove(group)
    for group in still:
        one = lost[group[0]]
        if candidates := [record for record in free if _named(one, record) or known(one, record)]:
            found.unclear = _tied(found.unclear, Knot(tuple(group), tuple(candidates)))
    return found


def _tied(knots: Sequence[Knot], knot: Knot) -> list[Knot]:
    """The knots with one more; those that share a record are one."""
    apart = [one for one in knots if not any(record in knot.records for record in one.records)]
    for one in knots:
        if one not in apart:
            more = tuple(record for record in one.records if record not in knot.records)
            knot = Knot(one.places + knot.places, knot.records + more)
    return [*apart, knot]


def _whole(lost: Lost, record: Record) -> bool:
    return all(record.values.get(name) == value for name, value in lost.values.items())


def _cut(lost: Lost, record: Record) -> bool:
    return all(_left_of(value, record.values.get(name)) for name, value in lost.values.items())


def _left_of(sent: Value, now: Value) -> bool:
    """Whether a value is the one that was sent, or the beginning of it."""
    if isinstance(sent, str) and isinstance(now, str) and now:
        return sent.strip().startswith(now.strip())
    return sent == now


def _by_key(keys: Keys) -> Callable[[Lost, Record], bool]:
    def same(lost: Lost, record: Record) -> bool:
        return not set(keys(lost.values)).isdisjoint(keys(record.values))

    return same


def _named(lost: Lost, record: Record) -> bool:
    return bool(lost.label) and lost.label == record.label
