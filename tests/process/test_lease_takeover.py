"""A lease dies with its process, and only with it: what a killed run leaves behind stands in nobody's way."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.errors import LeaseLost
from bigin_sync.jobs.holder import PROC, Holder
from bigin_sync.jobs.lease import DURATION, leased
from bigin_sync.jobs.room import Room
from bigin_sync.settings import load_settings
from bigin_sync.store import leases
from bigin_sync.store.tables_setup import IntegrationRow

pytestmark = pytest.mark.skipif(not (PROC / "self/ns/pid").exists(), reason="this system does not tell of processes")


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock(SystemClock())


@pytest.fixture
def room(clock: ShiftedClock) -> Iterator[Room]:
    settings = load_settings()
    settings.ensure_home()
    with Room.open(settings, clock=clock) as opened:
        yield opened


@pytest.fixture
def iid(room: Room) -> int:
    with room.db.write() as session:
        row = IntegrationRow(
            pairing="two_shops", name="Shop and warehouse", state="active", created_at=room.clock.now(), settings={}
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


@contextmanager
def another_process(iid: int) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A process that has the lease, and its fence."""
    command = [sys.executable, "-m", "tests.process.leaseholder", str(iid)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def fence_of(room: Room, iid: int) -> int:
    with leased(room, iid) as right:
        return right.fence


def left_behind(room: Room, iid: int, holder: Holder) -> int:
    """A lease in the name of somebody who never gave it back; returns its fence."""
    with room.db.write() as session:
        lease = leases.acquire(session, iid, holder=str(holder), duration=DURATION)
        assert lease is not None
        return lease.fence


def test_the_lease_of_a_killed_process_is_taken_over_at_once_and_its_fence_is_passed(room: Room, iid: int) -> None:
    with another_process(iid) as (process, fence):
        with pytest.raises(LeaseLost):
            fence_of(room, iid)
        process.kill()
        # Not even its parent has asked for it yet: it is a zombie, and still in the list of processes.
        while not _ended(process.pid):
            pass
        assert fence_of(room, iid) > fence


def test_a_suspended_process_keeps_its_lease_until_it_expires(room: Room, iid: int, clock: ShiftedClock) -> None:
    with another_process(iid) as (process, fence):
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(LeaseLost):
            fence_of(room, iid)
        clock.advance(DURATION.total_seconds() + 1)
        assert fence_of(room, iid) > fence


def test_the_refusal_says_who_is_at_work_and_how_long_to_wait(room: Room, iid: int, clock: ShiftedClock) -> None:
    with leased(room, iid):
        clock.advance(30)
        with pytest.raises(LeaseLost) as refused:
            fence_of(room, iid)
    me = Holder.me()
    assert f"process {me.pid} on {me.host}" in refused.value.what
    seconds = re.search(r"try again in (\d+) seconds", refused.value.hint)
    assert seconds is not None
    assert timedelta() < timedelta(seconds=int(seconds[1])) <= DURATION - timedelta(seconds=30)


def test_a_process_number_that_was_given_out_again_is_another_process(room: Room, iid: int) -> None:
    fence = left_behind(room, iid, replace(Holder.me(), started="1"))
    assert fence_of(room, iid) > fence


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"space": "another boot/pid:[1]"},
        {"space": ""},
        {"started": ""},
    ],
    ids=["another machine", "a machine that does not tell", "a process that does not tell"],
)
def test_of_a_process_that_cannot_be_seen_from_here_nothing_is_presumed(
    room: Room, iid: int, clock: ShiftedClock, elsewhere: dict[str, str]
) -> None:
    gone = {"pid": 2**22 + 1, "started": "1"}
    fence = left_behind(room, iid, replace(Holder.me(), **{**gone, **elsewhere}))  # type: ignore[arg-type]  # -- names and types are the fields'
    with pytest.raises(LeaseLost):
        fence_of(room, iid)
    clock.advance(DURATION.total_seconds() + 1)
    assert fence_of(room, iid) > fence


def test_a_holder_that_cannot_be_read_is_waited_for(room: Room, iid: int) -> None:
    with room.db.write() as session:
        leases.acquire(session, iid, holder="somebody", duration=DURATION)
    with pytest.raises(LeaseLost):
        fence_of(room, iid)


@pytest.mark.parametrize("host", ["office", "a|b|c", ""])
def test_a_holder_is_read_back_as_it_was_written(host: str) -> None:
    holder = replace(Holder.me(), host=host)
    assert Holder.from_text(str(holder)) == holder


def _ended(pid: int) -> bool:
    """Whether a process has ended with all its threads, its body still there or not."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8")
        threads = list((PROC / str(pid) / "task").iterdir())
    except FileNotFoundError:
        return True
    return text.rpartition(")")[2].split()[0] == "Z" and len(threads) == 1
