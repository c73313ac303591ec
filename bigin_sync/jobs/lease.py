"""The lease of a run: the right to write for one integration, kept alive while the run goes on."""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from bigin_sync.errors import LeaseLost
from bigin_sync.jobs.holder import Holder
from bigin_sync.jobs.room import Room
from bigin_sync.store import leases
from bigin_sync.store.db import Session
from bigin_sync.store.leases import Lease

log = structlog.get_logger(__name__)

DURATION = timedelta(seconds=90)
"""How long a lease outlives a process that died without letting go of it, where nobody can see that it died."""

BEAT = DURATION.total_seconds() / 3
"""Seconds between renewals."""

SOON = BEAT / 6
"""Seconds until a renewal that failed is tried again; each try may take a while itself, if the database is busy."""


class Right:
    """The right to write for one integration. fence: its number, that every transaction checks."""

    def __init__(self, room: Room, iid: int, fence: int) -> None:
        self.fence = fence
        self._room = room
        self._iid = iid

    def assure(self) -> None:
        """Make sure, right before a write leaves, that nobody has taken over. Raises `LeaseLost`, or `DatabaseAway`.

        The intent was committed while the lease was ours; but a process that was suspended after that, and wakes up
        now, would send what its successor has looked for in vain and sent itself.
        """
        with self._room.db.read() as session:
            leases.look(session, self._iid, self.fence)


@contextmanager
def leased(room: Room, iid: int) -> Iterator[Right]:
    """The right to write for an integration, held until the end. Raises `LeaseLost` when another holds it."""
    with room.db.write(iid) as session:
        lease = _acquired(session, iid)
        if lease is None:
            raise _taken(leases.current(session, iid), room.clock.now())
    done = threading.Event()
    beat = threading.Thread(target=_keep, args=(room, iid, lease.fence, done), daemon=True, name="lease")
    beat.start()
    try:
        yield Right(room, iid, lease.fence)
    finally:
        done.set()
        beat.join()
        with room.db.write(iid) as session:
            leases.release(session, iid, fence=lease.fence)


def _acquired(session: Session, iid: int) -> Lease | None:
    """The lease, taken over at once from a holder that is known to be gone."""
    holder = str(Holder.me())
    lease = leases.acquire(session, iid, holder=holder, duration=DURATION)
    if lease is not None:
        return lease
    other = leases.current(session, iid)
    known = Holder.from_text(other.holder) if other is not None else None
    if other is None or known is None or not known.died:
        return None
    leases.release(session, iid, fence=other.fence)
    return leases.acquire(session, iid, holder=holder, duration=DURATION)


def _taken(other: Lease | None, now: datetime) -> LeaseLost:
    """The refusal, with how long the other's right to write goes on if nobody renews it."""
    known = Holder.from_text(other.holder) if other is not None else None
    who = f" (process {known.pid} on {known.host})" if known is not None else ""
    left = max(1, math.ceil((other.expires_at - now).total_seconds())) if other is not None else 1
    return LeaseLost(
        f"Another bigin-sync is at work on these orgs{who}.",
        why="Two that write at once would write the same records twice.",
        hint=f"Wait until it has finished. If it is no longer running, try again in {left} seconds.",
    )


def _keep(room: Room, iid: int, fence: int, done: threading.Event) -> None:
    """Renew until the run is over. A lease that was taken over is noticed by the run at its next transaction.

    Whatever else goes wrong, the next try may succeed, and a run that goes on without its lease is the worse harm.
    """
    pause = BEAT
    while not done.wait(pause):
        try:
            with room.db.write(iid) as session:
                leases.renew(session, iid, fence=fence, duration=DURATION)
        except LeaseLost:
            return
        except Exception as error:  # noqa: BLE001 -- a thread that dies here lets another process write at once
            log.warning("the lease was not renewed", error=type(error).__name__, why=str(error), again=SOON)
            pause = SOON
        else:
            pause = BEAT
