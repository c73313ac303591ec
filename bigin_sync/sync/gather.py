"""Gather: pages become canonical values, and what is news goes to the inbox. A shell.

Every kind and side is read by a thread of its own; this thread alone owns the database. A page's inbox rows and its cursor
are one transaction, so a crash reads nothing twice that matters and loses nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import Full, Queue

from bigin_sync.model.change import Moved
from bigin_sync.model.link import Link
from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.match_keys import keys
from bigin_sync.store import cursors, inbox, leases, links
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import InboxRow
from bigin_sync.sync.observe import observe
from bigin_sync.sync.plan import COUNTERPART_DELETED
from bigin_sync.sync.progress import Counts, Progress
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.zoho.side import Cursor

WAITING_PAGES = 8
"""Pages that may wait for the database: enough to keep it busy, few enough to keep memory flat."""


@dataclass(frozen=True, slots=True)
class _Batch:
    kind: KindSetup
    side: Side
    records: list[Record]
    cursor: Cursor


def gather(setup: Setup, *, run_id: int, counts: dict[str, Counts], progress: Progress) -> None:
    """Read both sides of every kind to the end. Returns when all of it is in the inbox."""
    read = {(kind.kind, side): 0 for kind in setup.kinds for side in BOTH}
    with _feeders(setup) as arrivals:
        for batch in arrivals:
            with setup.db.write() as session:
                leases.check(session, setup.iid, setup.fence)
                unchanged = _take(session, setup, batch, run_id=run_id)
            tally = counts[batch.kind.kind]
            tally.seen += unchanged
            tally.unchanged += unchanged
            read[batch.kind.kind, batch.side] += len(batch.records)
            done = read[batch.kind.kind, batch.side]
            total = done if batch.cursor.finished else None
            progress.stage("reading", kind=batch.kind.kind, side=batch.side, done=done, total=total)


@contextmanager
def _feeders(setup: Setup) -> Iterator[Iterator[_Batch]]:
    """One reading thread per kind and side, all feeding one short queue."""
    queue: Queue[_Batch | BaseException | None] = Queue(maxsize=WAITING_PAGES)
    stop = threading.Event()
    with setup.db.read() as session:
        starts = [
            (kind, side, Cursor.from_json(cursors.get(session, setup.iid, side, kind.kind) or {}))
            for kind in setup.kinds
            for side in BOTH
        ]
    threads = [
        threading.Thread(target=_feed, args=(setup, kind, side, cursor, queue, stop), daemon=True, name=f"read-{side}")
        for kind, side, cursor in starts
    ]
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


def _feed(
    setup: Setup,
    kind: KindSetup,
    side: Side,
    cursor: Cursor,
    queue: "Queue[_Batch | BaseException | None]",
    stop: threading.Event,
) -> None:
    reader = kind.reader(side)
    last: _Batch | BaseException | None = None
    try:
        for page in setup.sides[side].read(kind.module(side), fields=reader.fields, cursor=cursor):
            records = [reader.read(row) for row in page.rows]
            if not _put(queue, _Batch(kind, side, records, page.cursor), stop):
                return
    except BaseException as error:  # noqa: BLE001 -- handed to the run's own thread, which raises it there
        last = error
    _put(queue, last, stop)


def _put(
    queue: "Queue[_Batch | BaseException | None]", arrival: _Batch | BaseException | None, stop: threading.Event
) -> bool:
    while not stop.is_set():
        try:
            queue.put(arrival, timeout=0.2)
        except Full:
            continue
        return True
    return False


def _take(session: Session, setup: Setup, batch: _Batch, *, run_id: int) -> int:
    """Put what is news of one page into the inbox and move the cursor. Returns how many records were no news."""
    side, kind = batch.side, batch.kind.kind
    ids = [record.ref.id for record in batch.records]
    known = links.by_records(session, setup.iid, side, kind, ids) if ids else {}
    here = inbox.by_refs(session, setup.iid, side, kind, list(known)) if known else {}
    rows: list[InboxRow] = []
    moved: list[Link] = []
    settled: list[int] = []
    for record in batch.records:
        link = known.get(record.ref.id)
        if link is None:
            match_keys = keys(batch.kind.spec, record.values, region=setup.regions[side])
            rows.append(InboxRow(record, match_keys, link_id=None, admitted=None))
            continue
        entry = here.get(record.ref.id)
        already = entry is not None and entry.record.modified_at == record.modified_at
        after, news = _look(link, record, own_user=setup.own_users[side], again=already)
        if after != link:
            moved.append(after)
        if news:
            rows.append(news_row(link, record))
        elif entry is not None:
            settled.append(entry.id)
    links.save(session, moved)
    inbox.remove(session, settled)
    inbox.put(session, setup.iid, run_id, rows)
    cursors.put(
        session, setup.iid, side, kind, batch.cursor.to_json(), complete=batch.cursor.finished, now=setup.clock.now()
    )
    return len(batch.records) - len(rows)


def news_row(link: Link, record: Record) -> InboxRow:
    """The inbox row for a linked record that moved; beside a deleted counterpart it is set aside at once."""
    if link.copy(record.ref.side.other).gone:
        return InboxRow(record, [], link_id=link.id, admitted=None, state="skipped", why=COUNTERPART_DELETED)
    return InboxRow(record, [], link_id=link.id, admitted=None)


def _look(link: Link, record: Record, *, own_user: str, again: bool) -> tuple[Link, bool]:
    """The link after a look at one of its records, and whether the record is news."""
    side = record.ref.side
    copy = link.copy(side)
    change = observe(copy, record, own_user=own_user)
    vector = copy.vector
    news = change.moved is not Moved.SAME and bool(change.fields)
    if news and not again:
        vector = vector.bumped(side)
    after = replace(copy, seen=change.seen, modified_at=record.modified_at, vector=vector, gone=False)
    return link.with_copy(side, after), news

