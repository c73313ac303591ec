"""Steps: the moments of a run at which the power may fail, and the power failing at one of them.

A step is a call (before it leaves; after it took effect, before the answer is read) or a commit (before; after).
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import event
from sqlmodel import Session

from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from tests.process.small_world import LABELS, settings_of


class Steps:
    """Counts steps as they come, on whichever thread; the process is killed at the one with number `last`."""

    def __init__(self, last: int | None) -> None:
        self.taken = 0
        self._last = last
        self._lock = threading.Lock()

    def take(self) -> None:
        """One step."""
        with self._lock:
            self.taken += 1
            if self.taken == self._last:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def at_commits(self) -> Iterator[None]:
        """Every commit is two steps."""

        def step(_session: object) -> None:
            self.take()

        for moment in ("before_commit", "after_commit"):
            event.listen(Session, moment, step)
        try:
            yield
        finally:
            for moment in ("before_commit", "after_commit"):
                event.remove(Session, moment, step)


class Line(httpx.BaseTransport):
    """A line on which every call is two steps."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call; the effect has taken place when the head of the answer is there."""
        self._steps.take()
        response = self._inner.handle_request(request)
        self._steps.take()
        return response

    def close(self) -> None:
        """Drop the connections."""
        self._inner.close()


def sync(home: Path, *, last: int | None = None) -> dict[str, int]:
    """One run over a state folder; how many steps it took and how many records it wrote. Never returns from `last`."""
    steps = Steps(last)
    with (
        steps.at_commits(),
        Room.open(settings_of(home), clock=SystemClock(), transports={label: Line(steps) for label in LABELS}) as room,
    ):
        report = work(room, room.integration(), why="torture")
    return {"steps": steps.taken, "writes": report.writes}
