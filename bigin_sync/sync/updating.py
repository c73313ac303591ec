"""Updating: planned updates and merges go out in batches, each target read again right before. A shell.

An errand has two legs: the targets are read again, every link is decided once more on what they hold now, and only then
the changed fields are sent. So an edit that landed since the record was gathered is never overwritten unseen.
"""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bigin_sync.model.action import Write
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Outcome, Overtaken, Refused, Stored, Unknown
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import inbox, journal, links, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, InboxRow
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.again import next_run, refuse, stumbled
from bigin_sync.sync.answers import judged, outcomes_of, trouble_of
from bigin_sync.sync.arriving import Met, about, arrive, meet
from bigin_sync.sync.context import both_of, carrier_for, resolved_for, values_of
from bigin_sync.sync.doubt import Doubts
from bigin_sync.sync.emptied import gone_of
from bigin_sync.sync.flights import Flight
from bigin_sync.sync.halves import in_halves
from bigin_sync.sync.landing import Landed, Work, in_words, save_links
from bigin_sync.sync.merge import Both, Merged, merge
from bigin_sync.sync.missing import Missing
from bigin_sync.sync.observe import newer, outdated
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.settled import settled
from bigin_sync.sync.unanswered import LOST, remember
from bigin_sync.sync.untold import must_be_told
from bigin_sync.zoho.side import Row

Pass = Sequence[tuple[Verb, Side]]

BEHIND = timedelta(minutes=10)
"""How far behind the copy can be from which a side answers."""
LAGS = "an earlier version of the record was told than is known already"

LONGEST_PAUSE = 5.0
"""Seconds that a batch waits at most until nothing in it was modified just now."""


class Updates:
    """Gives out the planned updates of a side, batch by batch."""

    def __init__(self, work: Work, one_pass: Pass, progress: Progress, *, missing: Missing) -> None:
        self._work = work
        self._missing = missing
        self._verbs = {side: [verb for verb, where in one_pass if where is side] for side in BOTH}
        self._after = dict.fromkeys(BOTH, 0)
        self._progress = progress

    def next(self, session: Session, side: Side) -> Flight | None:
        """The next batch for this side, or None when there is none left."""
        work = self._work
        steps = journal.planned(
            session,
            work.run_id,
            kind=work.kind.kind,
            verbs=self._verbs[side],
            target=side,
            after_id=self._after[side],
            limit=BATCH,
        )
        if not steps:
            return None
        self._after[side] = steps[-1].id
        ids = [step.line.id_on(side) for step in steps]
        met = about(session, work, side, ids)
        return RereadFlight(work, side, steps, met=met, missing=self._missing, progress=self._progress)


class RereadFlight:
    """The first leg: up to 100 targets are read again. met: what was known of them before."""

    def __init__(
        self,
        work: Work,
        side: Side,
        steps: Sequence[journal.Entry],
        *,
        met: Met,
        missing: Missing,
        progress: Progress,
    ) -> None:
        self.side = side
        self._work = work
        self._steps = steps
        self._met = met
        self._missing = missing
        self._progress = progress
        self._reader = work.kind.reader(side)

    def leave(self, session: Session) -> None:
        """Reading needs no intent."""

    def call(self) -> "_Reread":
        """Read the targets; once more where one was modified so lately that its guard could not tell a later edit.

        Times are whole seconds: an edit in the very second of the reading looks like one that was seen. So the guard is
        a moment before that second, and what was modified after it would be refused though nobody has touched it since.
        """
        side, clock = self._work.setup.sides[self.side], self._work.setup.clock
        reread = self._read()
        if side.guards_updates and reread.newest is not None and reread.newest >= reread.seen_until:
            clock.sleep(min(LONGEST_PAUSE, (reread.newest - reread.seen_until).total_seconds() + 1))
            reread = self._read()
        return reread

    def _read(self) -> "_Reread":
        """Read the targets, and again after every question about what they named: between the last look at them and the
        write no call is made, for what a person changes meanwhile would be overwritten unseen.
        """
        setup = self._work.setup
        gone: set[Ref] = set()
        asked: set[Ref] = set()
        while True:
            records, seen_until = self._look()
            named = replace(self._met, records=[*records.values()]).named(self._work.kind) - asked
            if not named:
                return _Reread(records, gone, seen_until)
            gone |= gone_of(setup, named)
            asked |= named

    def _look(self) -> tuple[dict[str, Record], datetime]:
        """The targets as they are, by id, and until when every edit is seen."""
        setup, ids = self._work.setup, [step.line.id_on(self.side) for step in self._steps]
        began = setup.clock.elapsed()
        fetched = setup.sides[self.side].fetch(self._work.kind.module(self.side), ids, fields=self._reader.fields)
        took = timedelta(seconds=setup.clock.elapsed() - began)
        must_be_told(setup, self._work.kind, self.side, reader=self._reader, rows=fetched.rows)
        records = {record.ref.id: record for record in map(self._reader.read, fetched.rows)}
        return records, (fetched.at - took).replace(microsecond=0) - timedelta(seconds=1)

    def land(self, session: Session, answer: "Future[_Reread]") -> Flight | None:
        """Take in what was read as any other reading, and decide each link once more; the second leg sends what is left
        to send.
        """
        if answer.exception() is not None:
            return None
        work, reread = self._work, answer.result()
        fresh = reread.records
        match_keys = work.kind.match_keys(work.setup.regions[self.side])
        met = meet(session, work, self.side, [*fresh.values()])
        arrive(session, work, met, keys=match_keys, gone=reread.gone)
        ids = [step.line.id_on(self.side) for step in self._steps]
        known = links.by_records(session, work.setup.iid, side=self.side, kind=work.kind.kind, ids=ids)
        entries = inbox.by_links(session, work.setup.iid, link_ids=[link.id for link in known.values()])
        records = [entry.record for pair in entries.values() for entry in pair.values()]
        carrier = carrier_for(session, work.setup, work.kind, values_of(records))
        decided = resolved_for(session, work.setup, [link.id for link in known.values()])
        items: list[_Item] = []
        done: list[Settled] = []
        landed: list[Landed] = []
        for step in self._steps:
            link = known.get(step.line.id_on(self.side))
            if link is None or link.parted:
                done.append(Settled(step.id, State.DROPPED))
                continue
            pair: Mapping[Side, Entry] = entries.get(link.id, {})
            record = fresh.get(step.line.id_on(self.side))
            if record is None or self._missing.knows(link):
                self._missing.note(link, side=self.side, step=step)
                continue
            if self._behind(link, record):
                # Nobody can see what was edited there since.
                for entry in pair.values():
                    next_run(session, work, entry, LAGS)
                done.append(Settled(step.id, State.DROPPED, message=LAGS))
                continue
            both = both_of(link, pair, setup=work.setup)
            merged = merge(both, policy=work.kind.policy, carrier=carrier, resolved=decided.get(link.id))
            write = merged.write(self.side)
            if write.values:
                items.append(_Item(step, link, record, pair, both, merged, write))
            else:
                landed.append(Landed(settled(link, both, merged, stored={}), both, merged, pair))
                done.append(Settled(step.id, State.DROPPED, message="nothing was left to write"))
        save_links(session, work, landed)
        journal.settle(session, done)
        return UpdateFlight(work, self.side, items, reread.seen_until, self._progress) if items else None

    def trouble(self, answer: "Future[Any]") -> BaseException | None:
        """A read that failed for good stops the run; what it was for stays planned."""
        return answer.exception()

    def _behind(self, link: Link, record: Record) -> bool:
        """Whether a target was told as it was before what is known of it already, and will be told anew before long."""
        copy = link.copy(self.side)
        return outdated(copy, record) and self._work.setup.time_on(self.side) - copy.modified_at < BEHIND


@dataclass(frozen=True, slots=True)
class _Reread:
    """Targets as they were just read.

    gone: what their blank lookups named before and does not live any more. seen_until: every edit that they do not show
    yet was made after this moment, also by a clock of whole seconds.
    """

    records: Mapping[str, Record]
    gone: Collection[Ref]
    seen_until: datetime

    @property
    def newest(self) -> datetime | None:
        """When one of them was last modified."""
        return max((record.modified_at for record in self.records.values()), default=None)


@dataclass(frozen=True, slots=True)
class _Item:
    """An update. record: its target as it was just read."""

    step: journal.Entry
    link: Link
    record: Record
    entries: Mapping[Side, Entry]
    both: Both
    merged: Merged
    write: Write


class UpdateFlight:
    """The second leg: one update call of up to 100 records."""

    def __init__(
        self, work: Work, side: Side, items: Sequence[_Item], seen_until: datetime, progress: Progress
    ) -> None:
        self.side = side
        self._work = work
        self._items = items
        self._seen_until = seen_until
        self._progress = progress
        self._sent = False
        writer = work.kind.writer(side)
        self._rows: list[Row] = [{"id": item.link.copy(side).id, **writer.write(item.write.values)} for item in items]
        self._doubts = Doubts(work.setup, work.kind, side)

    def leave(self, session: Session) -> None:
        """Commit the intent, with the values as they were decided last."""
        ids = [item.step.id for item in self._items]
        journal.revise(session, {item.step.id: revised(item.step.line.payload, item.write) for item in self._items})
        journal.intend(session, ids, call_no=ids[0], fence=self._work.setup.fence)

    def call(self) -> list[Outcome]:
        """Send the changed fields."""
        return in_halves(self._send, self._rows)

    def _send(self, rows: Sequence[Row]) -> list[Outcome]:
        """Send some of the rows. A side that writes over whatever is there is looked at once more before all but the
        first call: what was refused or kept waiting was decided on a look that is getting old.
        """
        side, module = self._work.setup.sides[self.side], self._work.kind.module(self.side)
        still = None if side.guards_updates else partial(self._still, {str(row["id"]) for row in rows})
        if self._sent and still is not None and not still():
            return [Overtaken(str(row["id"])) for row in rows]
        self._sent = True
        until, trigger = self._seen_until, self._work.kind.trigger
        return side.update(module, rows, unmodified_since=until, trigger=trigger, still=still)

    def _still(self, ids: Collection[str]) -> bool:
        """Whether these targets are as they were when they were last read."""
        kind, side = self._work.kind, self._work.setup.sides[self.side]
        reader = kind.reader(self.side)
        rows = side.fetch(kind.module(self.side), sorted(ids), fields=reader.fields).rows
        now = {record.ref.id: record for record in map(reader.read, rows)}
        before = {item.record.ref.id: item.record for item in self._items if item.record.ref.id in ids}
        return now.keys() == before.keys() and not any(newer(now[id], before[id]) for id in ids)

    def land(self, session: Session, answer: "Future[list[Outcome]]") -> Flight | None:
        """What was stored is seen; what was refused is set aside; what was overtaken is planned again."""
        work = self._work
        outcomes = outcomes_of(answer, len(self._items))
        answered = list(zip(self._items, outcomes, strict=True))
        journal.settle(session, [_ended(item, outcome, self.side) for item, outcome in answered])
        lost = [item for item, outcome in answered if isinstance(outcome, Unknown)]
        remember(session, work, self.side, [(one.record.ref.id, one.write.values, one.write.before) for one in lost])
        landed: list[Landed] = []
        written: list[_Item] = []
        for item, outcome in answered:
            if isinstance(outcome, Stored):
                written.append(item)
                stored = {self.side: (outcome, item.write.values)}
                after = settled(item.link, item.both, item.merged, stored=stored)
                landed.append(Landed(after, item.both, item.merged, item.entries))
            elif isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.stumbled):
                _try_again(session, work, item, outcome)
            elif isinstance(outcome, Refused) and not self._doubts.cast(outcome):
                # Both: whichever side's edit asked for it, the other one would only ask for the same again.
                for entry in item.entries.values():
                    refuse(session, work, entry, outcome, by=self.side)
        _take_in(session, work, written, self.side)
        save_links(session, work, landed)
        waits.wake_problems(session, work.setup.iid, refs=[item.link.ref(self.side) for item in written])
        work.counts.updated[self.side] += len(landed)
        done = work.counts.updated[self.side]
        self._progress.stage("writing", kind=work.kind.kind, side=self.side, done=done, total=None)
        return None

    def trouble(self, answer: "Future[list[Outcome]]") -> BaseException | None:
        """Errors that concern more than these records: every other one would be refused for the same field."""
        return trouble_of(answer) or self._doubts.trouble()


def _ended(item: _Item, outcome: Outcome, side: Side) -> Settled:
    """The journal line's end: what became of a lost update need not be known, as its record is read again."""
    if isinstance(outcome, Unknown):
        return Settled(item.step.id, State.DROPPED, message=LOST)
    return judged(item.step.id, outcome, side)


def _try_again(session: Session, work: Work, item: _Item, outcome: Unknown | Refused) -> None:
    """Leave a record for a later run: it is read again before it is written again, so nothing need be known of it."""
    what = in_words(outcome) if isinstance(outcome, Refused) else outcome.reason
    for entry in item.entries.values():
        (stumbled if outcome.stumbled else next_run)(session, work, entry, what)


def _take_in(session: Session, work: Work, written: Sequence[_Item], side: Side) -> None:
    """Put what we wrote into the inbox entries of the written side, which show the records as they were before.

    Where an entry stays (the other side is still to be written, or a field is held), it would look like an edit back.
    """
    rows = []
    for item in written:
        entry = item.entries.get(side)
        if entry is not None:
            record = replace(entry.record, values={**entry.record.values, **item.write.values})
            rows.append(InboxRow(record, link_id=item.link.id, admitted=entry.admitted))
    inbox.put(session, work.setup.iid, run_id=work.run_id, rows=rows)


def revised(payload: Mapping[str, Any], write: Write) -> dict[str, Any]:
    """A journal line's payload with the values that really go out."""
    return {**payload, "values": dict(write.values), "before": dict(write.before)}
