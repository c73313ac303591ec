from datetime import timedelta

import pytest

from bigin_sync.errors import LeaseLost
from bigin_sync.store import dues, heartbeats
from bigin_sync.store.db import Database
from bigin_sync.store.dues import Due
from bigin_sync.store.heartbeats import Pulse
from tests.contract.store.conftest import HandClock


def claim(db: Database, iid: int, holder: str = "a") -> None:
    with db.write() as session:
        heartbeats.claim(session, iid, holder=holder, pid=7, host="office")


def test_a_due_time_is_read_back_as_it_was_put_and_replaced_by_the_next(
    db: Database, iid: int, clock: HandClock
) -> None:
    first = Due("contacts", clock.now(), 30.0, 0, 1)
    second = Due("contacts", clock.now() + timedelta(seconds=45), 45.0, 1, 2)
    other = Due("notes", clock.now(), 30.0, 0, None)
    for some in ([first, other], [second]):
        with db.write() as session:
            dues.put(session, iid, dues=some)
    with db.read() as session:
        assert dues.listing(session, iid) == {"contacts": second, "notes": other}


def test_a_heartbeat_tells_what_was_said_last_and_when(db: Database, iid: int, clock: HandClock) -> None:
    claim(db, iid)
    clock.sleep(5)
    said = Pulse({"stage": "reading"}, clock.now(), "no credits", clock.now())
    with db.write() as session:
        heartbeats.beat(session, iid, holder="a", pulse=said)
    with db.read() as session:
        found = heartbeats.current(session, iid)
    assert found is not None
    assert (found.pulse, found.beat_at, found.holder) == (said, clock.now(), "a")
    assert found.beat_at - found.started_at == timedelta(seconds=5)


def test_who_was_replaced_is_told_at_the_next_beat_and_can_not_say_goodbye_for_the_other(
    db: Database, iid: int
) -> None:
    claim(db, iid, "a")
    claim(db, iid, "b")
    with pytest.raises(LeaseLost), db.write() as session:
        heartbeats.beat(session, iid, holder="a", pulse=Pulse())
    with db.write() as session:
        heartbeats.leave(session, iid, holder="a")
    with db.read() as session:
        found = heartbeats.current(session, iid)
    assert found is not None
    assert found.holder == "b"


def test_who_has_left_holds_nothing_any_more(db: Database, iid: int) -> None:
    claim(db, iid)
    with db.write() as session:
        heartbeats.leave(session, iid, holder="a")
    with db.read() as session:
        found = heartbeats.current(session, iid)
    assert found is not None
    assert (found.holder, found.pulse) == (None, Pulse())
