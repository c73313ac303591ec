"""The right to write is kept for as long as a run goes on, whatever happens to a single renewal."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.world import World
from bigin_sync.jobs import lease
from bigin_sync.jobs.lease import DURATION, leased
from bigin_sync.jobs.room import Room
from bigin_sync.store import leases
from tests.flow.two_orgs import connect_both, opened

pytestmark = pytest.mark.usefixtures("each_database")

LONG = 30.0


class Stumbling:
    """Write transactions of which the renewing thread's first ones fail, and that tell once it has renewed."""

    def __init__(self, room: Room, *, failures: int) -> None:
        self._write = room.db.write
        self._left = failures
        self.renewed = threading.Event()

    @contextmanager
    def write(self, iid: int) -> Iterator[Session]:
        renewing = threading.current_thread().name == "lease"
        if renewing and self._left:
            self._left -= 1
            raise OperationalError("UPDATE lease", {}, Exception("database is locked"))
        with self._write(iid) as session:
            yield session
        if renewing:
            self.renewed.set()


def test_a_renewal_that_fails_is_tried_again_so_that_nobody_else_gets_the_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = ShiftedClock()
    monkeypatch.setattr(lease, "BEAT", 0.01)
    monkeypatch.setattr(lease, "SOON", 0.01)
    with opened(World.default(clock), clock=clock) as room:
        connect_both(room)
        iid = room.integration()
        with leased(room, iid):
            clock.advance(DURATION.total_seconds() - 1)
            stumbling = Stumbling(room, failures=2)
            monkeypatch.setattr(room.db, "write", stumbling.write)
            assert stumbling.renewed.wait(LONG)
            clock.advance(2)
            with room.db.write(iid) as session:
                assert leases.acquire(session, iid, holder="other", duration=timedelta(seconds=90)) is None
