"""Power: a run that stops dead between any two of its steps, within this process.

A step is a call (before it leaves; after it took effect, before its answer is read) or a commit (before; after). A step
*tells* when something that lasts has changed since the one before it: only behind a call that writes, and behind a
commit. Once the power is off no call leaves, no answer arrives and nothing is committed, whichever thread tries: what
is left is what a killed process leaves behind.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

import httpx
from sqlalchemy import event
from sqlmodel import Session

from bigin_sync.jobs.holder import Holder

BEFORE_CALL, AFTER_CALL = "stopped before a call", "stopped after a call took effect"
BEFORE_COMMIT, AFTER_COMMIT = "stopped before a commit", "stopped after a commit"


class PowerCut(BaseException):
    """The process is dead. No handler of errors is there to see it."""


class Power:
    """Counts steps as they come, on whichever thread, and those that tell; at one of them the power goes off."""

    def __init__(self) -> None:
        self.taken, self.told = 0, 0
        self.cut_at: str | None = None
        self._last: int | None = None
        self._telling = False
        self._lock = threading.Lock()

    def restored(self, *, last: int | None = None, telling: bool = False) -> None:
        """The power is on, and goes off at step `last`, if any; telling: only those that tell are counted."""
        self.taken, self.told, self.cut_at = 0, 0, None
        self._last, self._telling = last, telling

    def take(self, step: str, *, tells: bool = False) -> None:
        """One step; raises `PowerCut` from the last one on."""
        with self._lock:
            if self.cut_at is None:
                self.taken += 1
                self.told += tells
                if (self.told if self._telling else self.taken) == self._last:
                    self.cut_at = step
            if self.cut_at is not None:
                raise PowerCut

    @contextmanager
    def at_commits(self) -> Iterator[None]:
        """Every commit is two steps."""

        def before(_session: object) -> None:
            self.take(BEFORE_COMMIT)

        def after(_session: object) -> None:
            self.take(AFTER_COMMIT, tells=True)

        event.listen(Session, "before_commit", before)
        event.listen(Session, "after_commit", after)
        try:
            yield
        finally:
            event.remove(Session, "before_commit", before)
            event.remove(Session, "after_commit", after)


Forward = Callable[[httpx.Request], httpx.Response]
Lie = Callable[[httpx.Request, Forward], httpx.Response]
"""What becomes of a call in place of what should; it may let the call through."""


class Line(httpx.BaseTransport):
    """A line on which every call is two steps, and on which one writing call may be lied about.

    writes: how many calls so far wrote records, by their method.
    """

    def __init__(self, power: Power, inner: httpx.BaseTransport) -> None:
        self._power = power
        self._inner = inner
        self._lock = threading.Lock()
        self.writes: Counter[str] = Counter()
        self._lie: tuple[str, int, Lie] | None = None
        self.lied = False

    def lie(self, method: str, nth: int, lie: Lie) -> None:
        """Lie about the so many-th writing call of a method from now on."""
        self._lie = (method, self.writes[method] + nth, lie)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call."""
        self._power.take(BEFORE_CALL)
        writes = request.method in ("POST", "PUT") and not request.url.path.endswith(("/coql", "/token"))
        lie = self._lie_about(request.method) if writes else None
        forward = self._inner.handle_request
        response = forward(request) if lie is None else lie(request, forward)
        self._power.take(AFTER_CALL, tells=writes)
        return response

    def _lie_about(self, method: str) -> Lie | None:
        with self._lock:
            self.writes[method] += 1
            if self._lie is None or self._lie[:2] != (method, self.writes[method]):
                return None
            self.lied = True
            return self._lie[2]


def doomed(power: Power, run: Callable[[], object]) -> bool:
    """Run until the power goes off, in the name of a process that is dead afterwards. False: it ended before."""
    ghost = replace(Holder.me(), started="1")
    with power.at_commits(), mock.patch.object(Holder, "me", return_value=ghost):
        try:
            run()
        except PowerCut:
            return True
    return power.cut_at is not None
