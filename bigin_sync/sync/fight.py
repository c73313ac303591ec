"""Fight: a record that two automations keep changing back, each on its own side, is left alone. Pure.

Whatever an automation makes of our write is an edit of its side, and crosses back once: that is quiet. Two of them that
undo each other would be carried to and fro for ever. What tells them from people is how often a record was written to
one side, then to the other, then to the first again: whatever was written, within minutes; or the very values that had
been written there before, within a day, for a sync that runs but now and then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from bigin_sync.model.action import HoldCause
from bigin_sync.model.side import BOTH, Side

CAUSE = HoldCause.FIGHT.value
"""The word for machines under which both records of such a link are set aside."""

DAY = timedelta(days=1)
"""How long values that come back are remembered."""


class Blow(NamedTuple):
    """A record was written: when, on which side, and the values, as a text that equal values share."""

    at: datetime
    side: Side
    values: str


@dataclass(frozen=True, slots=True)
class FightLimits:
    """A link is held once both sides were written in turn more than `rounds` times within a while, or with values they
    had been given before within a day.
    """

    rounds: int = 3
    within: timedelta = timedelta(minutes=10)

    @property
    def longest(self) -> timedelta:
        """How far back anything counts."""
        return max(self.within, DAY)


def fighting(blows: Sequence[Blow], limits: FightLimits, *, now: datetime, since: datetime | None = None) -> bool:
    """Whether the updates of a link, oldest first, look like a fight. since: when a person last let it go on.

    Several updates of one side in a row are one turn. Runs that write both sides at once (two people's edits that
    pass each other) must be left out.
    """
    counted = [blow for blow in blows if since is None or blow.at > since]
    lately = [blow for blow in counted if blow.at > now - limits.within]
    again = list(_again([blow for blow in counted if blow.at > now - DAY]))
    return max(_rounds(lately), _rounds(again)) > limits.rounds


def _again(blows: Sequence[Blow]) -> Iterator[Blow]:
    """Those that wrote what an earlier one had written to the same side."""
    known: set[tuple[Side, str]] = set()
    for blow in blows:
        if (blow.side, blow.values) in known:
            yield blow
        known.add((blow.side, blow.values))


def _rounds(blows: Sequence[Blow]) -> int:
    """How many turns each side had at least."""
    turns = [side for side, _blows in groupby(blow.side for blow in blows)]
    return min(turns.count(side) for side in BOTH)
