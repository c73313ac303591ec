"""Gather: pages become canonical values, and what is news goes to the inbox. A shell.

Every kind and side is read by a thread of its own; this thread alone owns the database. A page's inbox rows and its
cursor are one transaction, so a crash reads nothing twice that matters and loses nothing.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from queue import PriorityQueue

from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.match_keys import MatchKeys
from bigin_sync.store import cursors
from bigin_sync.store.cursors import Reading
from bigin_sync.store.db import Session
from bigin_sync.sync.arriving import take_in
from bigin_sync.sync.landing import Work
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.sync.untold import must_be_told
from bigin_sync.zoho.side import Cursor

WAITING_PAGES = 4
WAITING_LARGE = 2
"""Small and large pages that may wait for the database: enough to keep it busy, few enough to keep memory flat."""
LARGE = 500
"""Rows from which on a page is large. Whoever reads small ones needs more calls, and must not be kept waiting."""


@dataclass(frozen=True, slots=True)
class _Batch:
    kind: KindSetup
    side: Side
    keys: MatchKeys
    records: list[Record]
    cursor: Cursor
    complete: bool
    """Whether the side had been read to its end before."""
    whole: bool
    """Whether this reading began at the very start."""


class _Arrivals:
    """What the readers hand over: small pages first, each reader's own in its order, and how it ended behind them."""

    def __init__(self) -> None:
        self._waiting: PriorityQueue[tuple[int, int, _Batch | BaseException | None]] = PriorityQueue()
        self._numbers = count()
        self._room = (threading.Semaphore(WAITING_PAGES), threading.Semaphore(WAITING_LARGE))
        self._stopped = threading.Event()

    def put(self, batch: _Batch, *, large: bool) -> bool:
        """Hand over a page as soon as there is room for it; False once nobody wants any more."""
        while not self._stopped.is_set():
            if self._room[large].acquire(timeout=0.2):
                self._waiting.put((large, next(self._numbers), batch))
                return True
        return False

    def end(self, error: BaseException | None) -> None:
        """Say that a reader has come to its end, or to an error."""
        self._waiting.put((2, next(self._numbers), error))

    def stop(self) -> None:
        """Want nothing any more."""
        self._stopped.set()

    def until_ended(self, readers: int) -> Iterator[_Batch]:
        """Everything that comes from so many readers. Raises the error that one of them came to."""
        while readers:
            rank, _number, arrival = self._waiting.get()
            if isinstance(arrival, BaseException):
                raise arrival
            if arrival is None:
                readers -= 1
                continue
            self._room[rank].release()
            yield arrival


def gather(works: Sequence[Work], *, progress: Progress) -> dict[Kind, dict[Side, int]]:
    """Read both sides of every kind of a run to the end. Returns when all of it is in the inbox.

    The answer tells of full readings, which began and ended in this run, how many records they have shown.
    """
    whole: dict[Kind, dict[Side, int]] = {}
    setup = works[0].setup
    work_of = {work.kind.kind: work for work in works}
    read = {(work.kind.kind, side): 0 for work in works for side in BOTH}
    with _feeders(setup) as arrivals:
        for batch in arrivals:
            work = work_of[batch.kind.kind]
            work.counts.unchanged += take_in(
                work, batch.side, batch.records, keys=batch.keys, also=partial(_move_on, work=work, batch=batch)
            )
            read[batch.kind.kind, batch.side] += len(batch.records)
            done = read[batch.kind.kind, batch.side]
            total = done if batch.cursor.finished else None
            if batch.whole and batch.cursor.finished:
                whole.setdefault(work.kind.kind, {})[batch.side] = done
            progress.stage("reading", kind=batch.kind.kind, side=batch.side, done=done, total=total)
            setup.heed()
    return whole


@dataclass(frozen=True, slots=True)
class _Feeder:
    """A thread that reads one kind of one side, and hands its pages to the run's own thread."""

    setup: Setup
    kind: KindSetup
    side: Side
    reading: Reading | None
    arrivals: _Arrivals

    def run(self) -> None:
        """Read to the end, or until told to stop; an error is handed over and raised there."""
        last: BaseException | None = None
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001 -- handed to the run's own thread, which raises it
            last = error
        self.arrivals.end(last)

    def _read(self) -> None:
        reader = self.kind.reader(self.side)
        keys = self.kind.match_keys(self.setup.regions[self.side])
        cursor = Cursor.from_json(self.reading.position) if self.reading else Cursor()
        complete = self.reading is not None and self.reading.complete
        whole = self.reading is None or not self.reading.position
        module = self.kind.module(self.side)
        large: bool | None = None
        for page in self.setup.sides[self.side].read(module, fields=reader.fields, cursor=cursor):
            must_be_told(self.setup, self.kind, self.side, reader=reader, rows=page.rows)
            records = [reader.read(row) for row in page.rows]
            # Told by the first page and kept: pages of one reading must not overtake each other, as cursors do not.
            large = len(records) >= LARGE if large is None else large
            batch = _Batch(self.kind, self.side, keys, records, page.cursor, complete, whole)
            if not self.arrivals.put(batch, large=large):
                return


@contextmanager
def _feeders(setup: Setup) -> Iterator[Iterator[_Batch]]:
    """One reading thread per kind and side."""
    arrivals = _Arrivals()
    with setup.db.read() as session:
        feeders = [
            _Feeder(setup, kind, side, cursors.get(session, setup.iid, side=side, kind=kind.kind), arrivals)
            for kind in setup.kinds
            for side in BOTH
        ]
    threads = [threading.Thread(target=feeder.run, name=f"read-{feeder.side}", daemon=True) for feeder in feeders]
    for thread in threads:
        thread.start()
    try:
        yield arrivals.until_ended(len(threads))
    finally:
        arrivals.stop()
        for thread in threads:
            thread.join()


def _move_on(session: Session, *, work: Work, batch: _Batch) -> None:
    """Remember how far a side has been read: a page's news and its cursor are one transaction."""
    cursors.put(
        session,
        work.setup.iid,
        side=batch.side,
        kind=work.kind.kind,
        position=batch.cursor.to_json(),
        complete=batch.complete or batch.cursor.finished,
    )
