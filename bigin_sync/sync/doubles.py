"""Doubles: new records that a side refused as being there already are looked up by their sync keys. A shell.

A record that was sent again because its answer had been lost is refused if the first sending took effect after all.
Which of its values the side names as the double says nothing: ours has the same e-mail address as what we sent. So it
is looked for by its key. Found, it goes to the inbox, where its key links it to the record it is the copy of, and the
two meet as for the first time: nobody knows any more which values the earlier call carried. Not found, it is the record
of somebody else, and the refusal stands.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta

from bigin_sync.errors import RequestRefused
from bigin_sync.model.outcome import Refused
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.store import inbox, journal, keys, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Parked
from bigin_sync.store.inbox import State as InboxState
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.again import refuse
from bigin_sync.sync.answers import judged, trouble_of
from bigin_sync.sync.arriving import arrive, meet
from bigin_sync.sync.keyed import copies
from bigin_sync.sync.landing import Work, unlinked
from bigin_sync.sync.pending import ANSWER_LOST, CAUSE
from bigin_sync.sync.progress import Aside

MADE_EARLIER = "it was made by an earlier call, whose answer was lost"

LOOK_BACK = timedelta(days=7)
"""How old a double of our making can be, for a side that can't be asked for keys and only lists its newest records."""


@dataclass(frozen=True, slots=True)
class Double:
    """A new record that was refused as being there already."""

    step: journal.Entry
    entry: Entry
    refused: Refused


class DoubleFlight:
    """The second leg of an insert: one look at those of its records that are said to be there already."""

    def __init__(self, work: Work, side: Side, doubles: Sequence[Double]) -> None:
        self.side = side
        self._work = work
        self._doubles = doubles

    def leave(self, session: Session) -> None:
        """Nothing: the intent of the insert is still open, and is settled by its key if this look is lost."""

    def call(self) -> dict[Ref, Record]:
        """Look for their copies."""
        setup = self._work.setup
        sources = [double.entry.record.ref for double in self._doubles]
        try:
            return copies(setup, self._work.kind, sources, since=setup.time_on(self.side) - LOOK_BACK)
        except RequestRefused:
            return {}

    def land(self, session: Session, answer: "Future[dict[Ref, Record]]") -> None:
        """Let what is ours meet the record it is the copy of; what is not stays refused."""
        if answer.exception() is not None:
            self._leave_open(session)
            return
        found = answer.result()
        ours = {record.ref for record in unlinked(session, self._work, list(found.values()))}
        decided = keys.decided(session, [double.entry.id for double in self._doubles])
        for double in self._doubles:
            record = found.get(double.entry.record.ref)
            if record is not None and record.ref in ours and double.entry.id not in decided:
                self._meet(session, double, record)
            else:
                journal.settle(session, [judged(double.step.id, double.refused, self.side)])
                refuse(session, self._work, double.entry, double.refused, by=self.side)

    def trouble(self, answer: "Future[dict[Ref, Record]]") -> BaseException | None:
        """The error of the look, which is no fault of its records."""
        return trouble_of(answer)

    def _meet(self, session: Session, double: Double, record: Record) -> None:
        work = self._work
        match_keys = work.kind.match_keys(work.setup.regions[self.side])
        journal.settle(session, [Settled(double.step.id, State.DROPPED, message=MADE_EARLIER)])
        arrive(session, work, meet(session, work, self.side, [record]), keys=match_keys)
        renewal.renew(session, [double.entry.id])

    def _leave_open(self, session: Session) -> None:
        for double in self._doubles:
            inbox.park(session, [Parked(double.entry.id, InboxState.WAITING, ANSWER_LOST, cause=CAUSE)])
            self._work.counts.set_aside(double.entry.id, Aside.WAITING)
