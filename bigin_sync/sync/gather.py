"""Gather: pages become canonical values, and what is news goes to the inbox. A shell.

Every kind and side is read by a thread of its own; this thread alone owns the database. A page's inbox rows and its
cursor are one transaction, so a crash reads nothing twice that matters and loses nothing.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import Full, Queue

from bigin_sync.errors import FieldsMoved
from bigin_sync.model.action import Skip, SkipCause
from bigin_sync.model.change import Moved
from bigin_sync.model.link import Link
from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.match_keys import MatchKeys
from bigin_sync.store import cursors, inbox, journal, leases, links, renewal
from bigin_sync.store.cursors import Reading
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, InboxRow, State
from bigin_sync.sync.observe import observe
from bigin_sync.sync.plan import COUNTERPART_DELETED
from bigin_sync.sync.progress import Aside, Counts, Progress
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.sync.steps import step_for_record
from bigin_sync.zoho.side import Cursor

WAITING_PAGES = 4
"""Pages that may wait for the database: enough to keep it busy, few enough to keep memory flat."""


@dataclass(frozen=True, slots=True)
class _Batch:
    kind: KindSetup
    side: Side
    keys: MatchKeys
    records: list[Record]
    cursor: Cursor
    complete: bool
    """Whether the side had been read to its end before."""


def gather(setup: Setup, *, run_id: int, counts: dict[str, Counts], progress: Progress) -> None:
    """Read both sides of every kind to the end. Returns when all of it is in the inbox."""
    read = {(kind.kind, side): 0 for kind in setup.kinds for side in BOTH}
    with _feeders(setup) as arrivals:
        for batch in arrivals:
            with setup.db.write() as session:
                leases.check(session, setup.iid, setup.fence)
                tally = counts[batch.kind.kind]
                tally.unchanged += _take(session, setup, batch, run_id=run_id, tally=tally)
            read[batch.kind.kind, batch.side] += len(batch.records)
            done = read[batch.kind.kind, batch.side]
            total = done if batch.cursor.finished else None
            progress.stage("reading", kind=batch.kind.kind, side=batch.side, done=done, total=total)
            setup.heed()


@dataclass(frozen=True, slots=True)
class _Feeder:
    """A thread that reads one kind of one side, and hands its pages to the run's own thread through a short queue."""

    setup: Setup
    kind: KindSetup
    side: Side
    reading: Reading | None
    queue: "Queue[_Batch | BaseException | None]"
    stop: threading.Event

    def run(self) -> None:
        """Read to the end, or until told to stop; an error is handed over and raised there."""
        last: BaseException | None = None
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001 -- handed to the run's own thread, which raises it
            last = error
        self._put(last)

    def _read(self) -> None:
        reader = self.kind.reader(self.side)
        keys = self.kind.match_keys(self.setup.regions[self.side])
        cursor = Cursor.from_json(self.reading.position) if self.reading else Cursor()
        complete = self.reading is not None and self.reading.complete
        module = self.kind.module(self.side)
        for page in self.setup.sides[self.side].read(module, fields=reader.fields, cursor=cursor):
            # All rows of an answer have the same keys ("no value" is null), so one row tells for all.
            if page.rows and (untold := reader.untold(page.rows[0])):
                raise self._moved(module, untold)
            records = [reader.read(row) for row in page.rows]
            if not self._put(_Batch(self.kind, self.side, keys, records, page.cursor, complete)):
                return

    def _moved(self, module: str, names: frozenset[str]) -> FieldsMoved:
        title = self.setup.pairing.title(self.side)
        what = f"{title} left {', '.join(sorted(names))} out of its {module}."
        return FieldsMoved(what, side=self.side, module=module, names=names)

    def _put(self, arrival: "_Batch | BaseException | None") -> bool:
        while not self.stop.is_set():
            try:
                self.queue.put(arrival, timeout=0.2)
            except Full:
                continue
            return True
        return False


@contextmanager
def _feeders(setup: Setup) -> Iterator[Iterator[_Batch]]:
    """One reading thread per kind and side."""
    queue: Queue[_Batch | BaseException | None] = Queue(maxsize=WAITING_PAGES)
    stop = threading.Event()
    with setup.db.read() as session:
        feeders = [
            _Feeder(setup, kind, side, cursors.get(session, setup.iid, side=side, kind=kind.kind), queue, stop)
            for kind in setup.kinds
            for side in BOTH
        ]
    threads = [threading.Thread(target=feeder.run, name=f"read-{feeder.side}", daemon=True) for feeder in feeders]
    for thread in threads:
        thread.start()
    try:
        yield _arrivals(queue, len(threads))
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _arrivals(queue: "Queue[_Batch | BaseException | None]", feeders: int) -> Iterator[_Batch]:
    while feeders:
        arrival = queue.get()
        if isinstance(arrival, BaseException):
            raise arrival
        if arrival is None:
            feeders -= 1
        else:
            yield arrival


def _take(session: Session, setup: Setup, batch: _Batch, *, run_id: int, tally: Counts) -> int:
    """Put what is news of one page into the inbox and move the cursor. Returns how many records were no news."""
    side, kind = batch.side, batch.kind.kind
    ids = [record.ref.id for record in batch.records]
    known = links.by_records(session, setup.iid, side=side, kind=kind, ids=ids)
    here = inbox.by_refs(session, setup.iid, refs=[record.ref for record in batch.records])
    looks = [_look(record, known.get(record.ref.id), here.get(record.ref), batch, setup) for record in batch.records]
    links.save(session, [look.after for look in looks if look.after is not None])
    inbox.remove(session, [look.settled for look in looks if look.settled is not None])
    renewal.renew_links(session, setup.iid, link_ids=[look.after.id for look in looks if look.back and look.after])
    if kind in setup.pairing.associated():
        tally.stirred.update(_stirred(known, batch.records, side))
    rows = [look.row for look in looks if look.row is not None]
    inbox.put(session, setup.iid, run_id=run_id, rows=rows)
    if any(entry.state is State.HELD and entry.link_id is None for entry in here.values()):
        # One of several that could be the same has changed: those it was held with may be told apart now.
        renewal.renew_held(session, setup.iid, kind=kind)
    _note_survivors(session, setup, [row for row in rows if row.state is State.SKIPPED], run_id=run_id, tally=tally)
    cursors.put(
        session,
        setup.iid,
        side=side,
        kind=kind,
        position=batch.cursor.to_json(),
        complete=batch.complete or batch.cursor.finished,
    )
    return len(batch.records) - len(rows)


def _note_survivors(session: Session, setup: Setup, rows: Sequence[InboxRow], *, run_id: int, tally: Counts) -> None:
    """Write down the edits of records whose counterpart was deleted: they go nowhere, and a person may ask why."""
    if not rows:
        return
    entries = inbox.by_refs(session, setup.iid, refs=[row.record.ref for row in rows])
    lines = []
    for entry in entries.values():
        tally.set_aside(entry.id, Aside.SKIPPED)
        skip = Skip(entry.record.ref, COUNTERPART_DELETED, SkipCause.COUNTERPART_DELETED)
        lines.append(replace(step_for_record(skip, entry.record.label), link_id=entry.link_id))
    journal.note(session, setup.iid, run_id=run_id, lines=lines)


def _stirred(known: Mapping[str, Link], records: Sequence[Record], side: Side) -> Iterator[int]:
    """The links whose record was modified since we last knew it, whether or not one of its fields is different."""
    for record in records:
        link = known.get(record.ref.id)
        if link is not None and record.modified_at > link.copy(side).modified_at:
            yield link.id


@dataclass(frozen=True, slots=True)
class _Look:
    """What one row comes to.

    after: the link, if it changed. row: what goes to the inbox. settled: the entry that is done. back: it was deleted
    and has come back.
    """

    after: Link | None = None
    row: InboxRow | None = None
    settled: int | None = None
    back: bool = False


def _look(record: Record, link: Link | None, entry: Entry | None, batch: _Batch, setup: Setup) -> _Look:
    if entry is not None and entry.record == record:
        return _Look()
    side = record.ref.side
    if link is None:
        return _Look(row=InboxRow(record, batch.keys.of(record.values)))
    copy = link.copy(side)
    change = observe(copy, record, own_user=setup.own_users[side])
    vector = copy.vector.bumped(side) if change.fields else copy.vector
    after = link.with_copy(
        side, replace(copy, seen=change.seen, modified_at=record.modified_at, vector=vector, gone=False)
    )
    back = change.moved is Moved.BACK
    changed = after if after != link else None
    if not change.fields:
        return _Look(after=changed, settled=entry.id if entry else None, back=back)
    return _Look(after=changed, row=_news(after, record), back=back)


def _news(link: Link, record: Record) -> InboxRow:
    """The inbox row for a linked record that moved; beside a deleted counterpart it is set aside at once."""
    if link.parted:
        return InboxRow(
            record, link_id=link.id, state=State.SKIPPED, cause=SkipCause.COUNTERPART_DELETED, why=COUNTERPART_DELETED
        )
    return InboxRow(record, link_id=link.id)
