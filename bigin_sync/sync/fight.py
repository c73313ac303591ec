"""Fight: a record that two automations keep changing back, each on its own side, is left alone. Pure.

Whatever an automation makes of our write is an edit of its side, and crosses back once: that is quiet. Two of them that
undo each other would be carried to and fro for ever. What tells them from people is how often within how short a time
a record was written to one side, then to the other, then to the first again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from bigin_sync.model.action import HoldCause
from bigin_sync.model.side import BOTH, Side

CAUSE = HoldCause.FIGHT.value
"""The word for machines under which both records of such a link are set aside."""

Blow: TypeAlias = tuple[datetime, Side]
"""A record was written: when, and on which side."""


@dataclass(frozen=True, slots=True)
class FightLimits:
    """A link is held once both sides were written in turn more than `rounds` times within a while."""

    rounds: int = 3
    within: timedelta = timedelta(minutes=10)


def fighting(blows: Sequence[Blow], limits: FightLimits, *, now: datetime, since: datetime | None = None) -> bool:
    """Whether the updates of a link, oldest first, look like a fight. since: when a person last let it go on.

    Several updates of one side in a row are one turn. Runs that write both sides at once (two people's edits that
    pass each other) must be left out.
    """
    begin = now - limits.within if since is None else max(since, now - limits.within)
    turns = [side for side, _blows in groupby(side for at, side in blows if at > begin)]
    return min(turns.count(side) for side in BOTH) > limits.rounds
