"""A process that sleeps through its lease, in the middle of its writes, does no harm when it wakes up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.process.forking import ROOT, Nursery
from tests.process.small_world import SmallWorld
from tests.process.standing import Standing, standing


@contextmanager
def sleeper(home: Path, commit: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that is suspended at a commit of its run, or whose run was over before."""
    command = [sys.executable, "-W", "error", "-m", "tests.process.suspended", str(home), str(commit)]
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
