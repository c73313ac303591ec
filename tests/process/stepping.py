"""Steps: the moments of a run at which the power may fail, and the power failing at one of them.

A step is a call (before it leaves; after it took effect, before the answer is read) or a commit (before; after). A step
*tells* when something that lasts has changed since the one before it: only behind a call that writes, and behind a
commit. A run that is killed at any other step leaves behind just what one killed at the telling step before it does.
"""

import os
import signal
import ssl
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
    """Counts steps as they come, on whichever thread; the process is killed at the one with number `last`.

    telling: only those that tell are counted.
    """

    def __init__(self, last: int | None, *, telling: bool = False) -> None:
        self.taken = 0
        self._last = last
        self._telling = telling
        self._lock = threading.Lock()

    def take(self, *, tells: bool = False) -> None:
        """One step."""
        with self._lock:
            self.taken += tells or not self._telling
            if self.taken == self._last:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def at_commits(self) -> Iterator[None]:
        """Every commit is two steps."""

        def before(_session: object) -> None:
            self.take()

        def after(_session: object) -> None:
            self.take(tells=True)

        moments = {"before_commit": before, "after_commit": after}
        for moment, step in moments.items():
            event.listen(Session, moment, step)
        try:
            yield
        finally:
            for moment, step in moments.items():
                event.remove(Session, moment, step)


_READING = ("/coql", "/oauth/v2/token")
"""Calls that change nothing, although they are made by POST."""


class Line(httpx.BaseTransport):
    """A line on which every call is two steps."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        # The emulator speaks no TLS; to read all certificates that one may trust would take a fifth of the time.
        self._inner = httpx.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call; the effect has taken place when the head of the answer is there."""
        self._steps.take()
        response = self._inner.handle_request(request)
        self._steps.take(tells=request.method != "GET" and not request.url.path.endswith(_READING))
        return response

    def close(self) -> None:
        """Drop the connections."""
        self._inner.close()


def sync(home: Path, *, last: int | None = None, telling: bool = False) -> dict[str, int]:
    """One run over a state folder; how many steps it took and how many records it wrote. Never returns from `last`."""
    steps = Steps(last, telling=telling)
    with (
        steps.at_commits(),
        Room.open(settings_of(home), clock=SystemClock(), transports={label: Line(steps) for label in LABELS}) as room,
    ):
        report = work(room, room.integration(), why="torture")
    return {"steps": steps.taken, "writes": report.writes}
