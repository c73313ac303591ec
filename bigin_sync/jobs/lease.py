"""The lease of a run: the right to write for one integration, kept alive while the run goes on."""

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bigin_sync.errors import LeaseLost
from bigin_sync.jobs.room import Room
from bigin_sync.store import leases
from bigin_sync.store.db import Session
from bigin_sync.store.leases import Lease

DURATION = timedelta(seconds=90)
"""How long a lease outlives a process that died without letting go of it, where nobody can see that it died."""

BEAT = DURATION.total_seconds() / 3
"""Seconds between renewals."""


@contextmanager
def leased(room: Room, iid: int) -> Iterator[int]:
    """The fence number of a lease on the integration, held until the end. Raises `LeaseLost` when another holds it."""
    with room.db.write() as session:
        lease = _acquired(session, iid)
        if lease is None:
            raise LeaseLost(
                "Another bigin-sync is at work on these orgs.",
                why="Two that write at once would write the same records twice.",
                hint="Wait until it has finished, then try again.",
            )
    done = threading.Event()
    beat = threading.Thread(target=_keep, args=(room, iid, lease.fence, done), daemon=True, name="lease")
    beat.start()
    try:
        yield lease.fence
    finally:
        done.set()
        beat.join()
        with room.db.write() as session:
            leases.release(session, iid, fence=lease.fence)


def _acquired(session: Session, iid: int) -> Lease | None:
    here = _here()
    holder = f"{here}:{os.getpid()}:{threading.get_ident()}"
    lease = leases.acquire(session, iid, holder=holder, duration=DURATION)
    if lease is not None:
        return lease
    other = leases.current(session, iid)
    if other is None or not _died(other.holder, here):
        return None
    leases.release(session, iid, fence=other.fence)
    return leases.acquire(session, iid, holder=holder, duration=DURATION)


def _here() -> str:
    """This machine, as far as process numbers mean the same processes (a container counts them for itself)."""
    numbers = Path("/proc/self/ns/pid")
    return f"{platform.node()}/{numbers.readlink() if numbers.is_symlink() else ''}"


def _died(holder: str, here: str) -> bool:
    """Whether the holder was a process of this machine that is gone. Of other machines nothing is known."""
    where, _, who = holder.rpartition(":")
    where, _, pid = where.rpartition(":")
    if where != here or not pid.isdecimal() or not who:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _keep(room: Room, iid: int, fence: int, done: threading.Event) -> None:
    """Renew until the run is over. A lease that was taken over is noticed by the run at its next transaction."""
    while not done.wait(BEAT):
        try:
            with room.db.write() as session:
                leases.renew(session, iid, fence=fence, duration=DURATION)
        except LeaseLost:
            return
