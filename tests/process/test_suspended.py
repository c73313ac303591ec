"""A process that sleeps through its lease, in the middle of its writes, does no harm when it wakes up."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import alive
from tests.process.forking import ROOT, Nursery
from tests.process.small_world import SmallWorld, settings_of
from tests.process.standing import Standing, standing

pytestmark = pytest.mark.long


@contextmanager
def sleeper(home: Path, commit: int, what: str = "sync") -> Iterator["subprocess.Popen[str]"]:
    """A process that is suspended at a commit of its run, or whose run was over before."""
    command = [sys.executable, "-W", "error", "-m", "tests.process.suspended", str(home), str(commit), what]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            yield process
        finally:
            process.kill()


def is_suspended(process: "subprocess.Popen[str]") -> bool:
    found = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT | os.WNOHANG)
    return found is not None and found.si_code == os.CLD_STOPPED


def test_who_was_suspended_past_his_lease_before_a_write_does_not_send_it_any_more(
    small: SmallWorld, children: Nursery, undisturbed: Standing, elsewhere: str | None
) -> None:
    home = small.begin(database_url=elsewhere)
    # At its first intent: nothing else of it is on its way then, and might arrive while it sleeps.
    with sleeper(home, 1) as process:
        assert is_suspended(process)
        children.sync(home)
        before = small.writes()
        process.send_signal(signal.SIGCONT)
        assert process.communicate()[0] == "LeaseLost"
    assert small.writes() == before
    (idle,) = children.sync(home)
    assert idle["writes"] == 0
    assert standing(small, home) == undisturbed


def test_a_daemon_that_sleeps_while_another_one_takes_its_place_sends_nothing_and_ends(
    small: SmallWorld, children: Nursery, undisturbed: Standing, elsewhere: str | None
) -> None:
    home = small.begin(database_url=elsewhere)
    with sleeper(home, 1, "daemon") as process:
        assert is_suspended(process)
        look_as_another_daemon(home)
        before = small.writes()
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=60)[0] == "LeaseLost"
    assert small.writes() == before
    (idle,) = children.sync(home)
    assert idle["writes"] == 0
    assert standing(small, home) == undisturbed


def look_as_another_daemon(home: Path) -> None:
    """Another daemon, which finds the first one dead by its signs of life, does all that is due."""
    with Room.open(settings_of(home), clock=SystemClock()) as room, alive(room, room.integration()) as vital:
        keeper = Keeper(room, room.integration(), bounds=Bounds(1.0, 60.0), vital=vital, stop=threading.Event())
        assert keeper.look() is not None
