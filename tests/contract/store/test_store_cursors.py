from datetime import timedelta

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store import cursors
from bigin_sync.store.cursors import Reading
from bigin_sync.store.db import Database
from tests.contract.store.conftest import HandClock

TASK = Kind("task")


def get(db: Database, iid: int, *, side: Side = Side.LEFT) -> Reading | None:
    with db.read() as session:
        return cursors.get(session, iid, side=side, kind=TASK)


def put(db: Database, iid: int, position: dict[str, object], *, complete: bool) -> None:
    with db.write() as session:
        cursors.put(session, iid, side=Side.LEFT, kind=TASK, position=position, complete=complete)


def test_a_reading_that_never_began_has_no_cursor(db: Database, iid: int) -> None:
    assert get(db, iid) is None


def test_a_cursor_moves_and_keeps_when_the_side_was_swept(db: Database, iid: int, clock: HandClock) -> None:
    put(db, iid, {"walk": {"page": 2}}, complete=False)
    swept_at = clock.now() - timedelta(hours=2)
    with db.write() as session:
        cursors.swept(session, iid, side=Side.LEFT, kind=TASK, at=swept_at)
    clock.sleep(60)
    put(db, iid, {"since": "x"}, complete=True)
    assert get(db, iid) == Reading({"since": "x"}, complete=True, swept_at=swept_at, updated_at=clock.now())
    assert get(db, iid, side=Side.RIGHT) is None


def test_a_reset_cursor_reads_from_the_start_and_remembers_when_the_side_was_swept(
    db: Database, iid: int, clock: HandClock
) -> None:
    put(db, iid, {"since": "x"}, complete=True)
    with db.write() as session:
        cursors.swept(session, iid, side=Side.LEFT, kind=TASK, at=clock.now())
        cursors.reset(session, iid, kind=Kind("note"))
    assert get(db, iid) == Reading({"since": "x"}, complete=True, swept_at=clock.now(), updated_at=clock.now())
    with db.write() as session:
        cursors.reset(session, iid)
    assert get(db, iid) == Reading({}, complete=False, swept_at=clock.now(), updated_at=clock.now())
