"""Vital signs: what the daemon is doing, written down for other processes to see."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from bigin_sync.errors import AlreadyRunning
from bigin_sync.jobs.backoff import Rest
from bigin_sync.jobs.holder import Holder
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import Side
from bigin_sync.store import heartbeats
from bigin_sync.store.heartbeats import Heartbeat, Pulse

log = structlog.get_logger(__name__)

REPEAT = timedelta(seconds=10)
"""How often life is shown while nothing changes."""

STALE = timedelta(seconds=40)
"""After so long without a sign a daemon that can't be seen from here is taken for dead."""


class Vital:
    """What is told while a run goes on, and the signs of life made of it. Meets `sync.progress.Progress`.

    A run tells from its own thread, in the middle of its transactions, so nothing is written down then: `beat` does
    that, from another thread.
    """

    def __init__(self, room: Room, iid: int, *, holder: str) -> None:
        self._room = room
        self._iid = iid
        self._holder = holder
        self._lock = threading.Lock()
        self._run: dict[str, Any] = {}
        self._stages: dict[tuple[str, str, Side | None], dict[str, Any]] = {}
        self._next: datetime | None = None
        self._rest: Rest | None = None
        self._written: tuple[Pulse, datetime] | None = None

    def began(self, modules: Sequence[str]) -> None:
        """A run over these modules begins."""
        with self._lock:
            self._run = {"since": self._room.clock.now().isoformat(), "modules": list(modules)}
            self._stages = {}

    def ended(self, *, rest: Rest | None) -> None:
        """The run is over; `rest`: why nothing is tried for a while, if so."""
        with self._lock:
            self._run, self._stages, self._rest = {}, {}, rest

    def waits(self, until: datetime | None) -> None:
        """Nothing is to be done before this moment; None: not before something is switched on."""
        with self._lock:
            self._next = until

    def stage(self, name: str, *, kind: str, side: Side | None, done: int, total: int | None) -> None:
        """How far a stage of the run is."""
        said = {
            "stage": name,
            "kind": kind,
            "product": "" if side is None else self._room.pairing.title(side),
            "done": done,
            "total": total,
        }
        with self._lock:
            self._stages[name, kind, side] = said

    def say(self, text: str) -> None:
        """Something a person should know now."""
        log.info("note", text=text)

    def beat(self) -> None:
        """Write a sign of life, if there is news or the last is a while ago. Raises `LeaseLost` once replaced."""
        now = self._room.clock.now()
        pulse = self._pulse()
        if self._written is not None and self._written[0] == pulse and now - self._written[1] < REPEAT:
            return
        with self._room.db.write(self._iid) as session:
            heartbeats.beat(session, self._iid, holder=self._holder, pulse=pulse)
        self._written = pulse, now

    def _pulse(self) -> Pulse:
        with self._lock:
            doing = {**self._run, "stages": list(self._stages.values())} if self._run else {}
            if self._rest is None:
                return Pulse(doing, self._next)
            return Pulse(doing, self._next, self._rest.why, self._rest.until)


@contextmanager
def alive(room: Room, iid: int) -> Iterator[Vital]:
    """The vital signs of the one daemon of an integration, from claiming that place to giving it back.

    Raises `AlreadyRunning` while another one lives.
    """
    me = Holder.me()
    with room.db.write(iid) as session:
        other = heartbeats.current(session, iid)
        if other is not None and lives(other, now=room.clock.now()):
            raise _taken(other)
        heartbeats.claim(session, iid, holder=str(me), pid=me.pid, host=me.host)
    if other is not None and other.holder is not None:
        log.warning("the daemon before this one ended without a word", pid=other.pid, host=other.host)
    try:
        yield Vital(room, iid, holder=str(me))
    finally:
        with room.db.write(iid) as session:
            heartbeats.leave(session, iid, holder=str(me))


def lives(heartbeat: Heartbeat, *, now: datetime) -> bool:
    """Whether the daemon behind a sign of life still lives, as far as can be told from here."""
    if heartbeat.holder is None:
        return False
    known = Holder.from_text(heartbeat.holder)
    return not (known is not None and known.died) and now - heartbeat.beat_at < STALE


def _taken(other: Heartbeat) -> AlreadyRunning:
    return AlreadyRunning(
        f"A daemon keeps these orgs in sync already (process {other.pid} on {other.host}).",
        why="A second one would only stand in its way.",
        hint="bigin-sync status shows what it does. If it is no longer running, try again in "
        f"{STALE.total_seconds():.0f} seconds.",
    )
