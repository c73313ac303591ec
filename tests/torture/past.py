"""The past of a field, as its org remembers it, and whether an edit in it was rightly written over."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from bigin_sync.emulator.table import Row
from bigin_sync.model.side import Side
from bigin_sync.replay.worlds import Place

TIE = Side.RIGHT
"""Who wins where both records were modified in the same second."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a field has held. at: since which second; ours: whether it was the sync that wrote it."""

    at: int
    value: object
    ours: bool


@dataclass(frozen=True, slots=True)
class Past:
    """All that a field of a record has held, the first value first, and when anything of the record was modified."""

    side: Side
    held: Sequence[Held]
    modified: Sequence[int]

    def before(self, value: object) -> list[object]:
        """What it had held before it came to hold this."""
        return list(takewhile(lambda one: one != value, [one.value for one in self.held]))


def past(place: Place, row: Row, name: str, *, since: int) -> Past:
    """The past of a field. What was there before this second is of somebody else's making than the sync's."""
    org, people = place.org, set(place.people.values())
    lines = org.history.get(row.id, [])
    changes = [(line, old, new) for line in lines for field, old, new in line.fields if field == name]
    first = changes[0][1] if changes else row.values.get(name)
    begun = Held(row.created, first, row.created >= since and row.created_by not in people)
    held = [begun, *(Held(line.at, new, line.by not in people) for line, _old, new in changes)]
    return Past(place.side, held, [line.at for line in lines])


def rightly_gone(token: str, value: object, *, here: Past, there: Past, sent: bool = False) -> bool:
    """Whether what a person wrote here may have been written over with a value of the other record: somebody wrote that
    there, and it had not come here before. If what was written here had not come there before either, nor been sent
    there before that value was, the other record must have been modified later; up to when it was written over, for
    nobody but the sync knows when it was read.
    """
    place = len(here.before(token))
    written = [one.value for one in there.held if not one.ours]
    if value is None or value in here.before(token) or value not in written or place + 1 >= len(here.held):
        return False
    if sent or token in there.before(value):
        return True
    edited, over = here.held[place].at, here.held[place + 1].at
    last = max((at for at in there.modified if at <= over), default=0)
    return last > edited or (last == edited and there.side is TIE)
