"""Lost: which of the records found on a side are those whose creation was never confirmed. Pure.

A record is taken for one that was lost if it holds the values that were sent; failing that, if a text of it is what was
left of a longer one; failing that, if both are known by the same match key (a person may have put the new record right
already). The surest way is tried first for all, and a record that could be either of two is the one that said more of
it. As many records as there are lost ones with the very same values are those, being alike. Any other number, and a
record that shares no more than its name, is for a person.
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


@dataclass(slots=True)
class Found:
    """What became of lost creations, by their place in the list. One that is in neither never arrived."""

    made: dict[int, Record] = field(default_factory=dict)
    unclear: dict[int, tuple[Record, ...]] = field(default_factory=dict)


def find(lost: Sequence[Lost], records: Sequence[Record], *, keys: Keys) -> Found:
    """Tell which of these records, all of them unlinked and of our making, are the lost ones."""
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(lost):
        groups.setdefault(repr(sorted(one.values.items())), []).append(place)
    telling = sorted(groups.values(), key=lambda group: -len(lost[group[0]].values))
    free = list(records)
    found = Found()
    for holds in (_whole, _cut, _by_key(keys)):
        for group in telling:
            if group[0] in found.made:
                continue
            candidates = [record for record in free if holds(lost[group[0]].values, record.values)]
            if len(candidates) == len(group):
                found.made.update(zip(group, candidates, strict=True))
                free = [record for record in free if record not in candidates]
    known = _by_key(keys)
    for group in telling:
        one = lost[group[0]]
        if group[0] not in found.made and (
            candidates := [each for each in free if _named(one, each) or known(one.values, each.values)]
        ):
            found.unclear.update(dict.fromkeys(group, tuple(candidates)))
    return found


def _whole(sent: Values, now: Values) -> bool:
    return all(now.get(name) == value for name, value in sent.items())


def _cut(sent: Values, now: Values) -> bool:
    return all(_left_of(value, now.get(name)) for name, value in sent.items())


def _left_of(sent: Value, now: Value) -> bool:
    """Whether a value is the one that was sent, or the beginning of it."""
    if isinstance(sent, str) and isinstance(now, str) and now:
        return sent.strip().startswith(now.strip())
    return sent == now


def _by_key(keys: Keys) -> Callable[[Values, Values], bool]:
    def same(sent: Values, now: Values) -> bool:
        return not set(keys(sent)).isdisjoint(keys(now))

    return same


def _named(lost: Lost, record: Record) -> bool:
    return bool(lost.label) and lost.label == record.label
