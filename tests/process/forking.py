"""Processes in no time: a process that has imported everything, and forks a child for each order it is given.

`python -m tests.process.forking` reads orders, a line of JSON each, and answers each with one. It has a single thread,
so that a fork of it is as good as a new process.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bigin_sync.clock import SystemClock
from tests.haste import spare_the_disk
from tests.process.stepping import sync

ROOT = Path(__file__).parents[2]
LONGEST = 120.0
"""Seconds after which a child hangs, and is ended."""


class Nursery:
    """The forking process, as seen by a test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def sync(self, home: Path, *, times: int = 1) -> list[dict[str, int]]:
        """So many runs, one after the other, in one child; what each came to."""
        answer = self._order({"home": str(home), "times": times, "last": None, "telling": False})
        assert answer["ended"] == 0, answer["error"]
        runs: list[dict[str, int]] = answer["runs"]
        return runs

    def sync_until(self, home: Path, last: int, *, telling: bool = False) -> bool:
        """One run that is killed at its step `last`, of those that tell; False when it was over before."""
        answer = self._order({"home": str(home), "times": 1, "last": last, "telling": telling})
        assert answer["ended"] in (0, -signal.SIGKILL), answer["error"]
        return bool(answer["ended"])

    def sync_for(self, home: Path, seconds: float) -> bool:
        """One run that is killed after a while, wherever it is then; False when it was over before."""
        answer = self._order({"home": str(home), "times": 1, "last": None, "telling": False, "seconds": seconds})
        assert answer["ended"] in (0, -signal.SIGKILL), answer["error"]
        return bool(answer["ended"])

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A forking process, for as long as the `with` block lasts."""
    command = [sys.executable, "-W", "error", "-m", "tests.process.forking"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is to do, and the file into which it tells what came of it."""

    home: Path
    times: int
    last: int | None
    telling: bool
    told: Path

    def carry_out(self) -> None:
        """Run, and tell."""
        self.told.write_text(json.dumps([self._sync() for _ in range(self.times)]))

    def _sync(self) -> dict[str, int]:
        return sync(self.home, last=self.last, telling=self.telling)


def answer(order: dict[str, Any], told: Path) -> dict[str, Any]:
    """Fork a child for an order, and wait for its end. `ended`: its exit code, or less than 0: the signal."""
    child = os.fork()
    if not child:
        code = 1
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        try:
            Order(Path(order["home"]), order["times"], order["last"], order["telling"], told).carry_out()
            code = 0
        except BaseException:  # noqa: BLE001 -- told to the parent, whatever it is
            told.write_text(json.dumps(traceback.format_exc()))
        finally:
            os._exit(code)
    if (seconds := order.get("seconds")) is not None:
        SystemClock().sleep(seconds)
        os.kill(child, signal.SIGKILL)  # whoever has ended already does not feel it
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    found = json.loads(told.read_text()) if ended >= 0 else signal.Signals(-ended).name
    return {"ended": ended, "runs": found if ended == 0 else [], "error": found if ended else ""}


def main() -> None:
    """Answer orders until there are no more, or until Ctrl-C, which ends a child, too."""
    # What is logged by default goes to the standard output, which is for the answers.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    spare_the_disk()
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="bigin-sync-forking-") as folder:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(answer(json.loads(line), Path(folder) / "told.json")) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
