"""A process that is suspended when it has said what it will send: `python -m tests.process.suspended HOME N WHAT`.

WHAT is `sync`, one run, or `daemon`. It stops itself (SIGSTOP, all its threads) at its N-th commit with an intent,
and goes on when it is told to. Its clock is slow, so that everybody else takes its lease, and its signs of life, for
what has run out. At its end it says how it ended.
"""

import logging
import os
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import event
from sqlmodel import Session

from bigin_sync.clock import SystemClock
from bigin_sync.errors import BiginSyncError
from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.lease import DURATION
from bigin_sync.jobs.local import keep
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import alive
from bigin_sync.jobs.work import work
from bigin_sync.store import journal
from tests.haste import spare_the_disk
from tests.process.small_world import settings_of

_INTENDED = "intended"


class SlowClock(SystemClock):
    """A clock that is behind by more than a lease lasts."""

    def now(self) -> datetime:
        """The moment it takes for the present one."""
        return super().now() - DURATION - timedelta(seconds=10)


def stop_at(number: int) -> None:
    """Suspend this process at its commit of that number that has an intent in it."""
    intend = journal.intend
    left = [number]

    def noting(*args: Any, **how: Any) -> None:  # noqa: ANN401 -- whatever the real one takes
        session: Session = args[0]
        intend(*args, **how)
        session.info[_INTENDED] = True

    def committed(session: Session) -> None:
        if session.info.pop(_INTENDED, False):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGSTOP)

    journal.intend = noting
    event.listen(Session, "after_commit", committed)


def keep_in_sync(room: Room, iid: int) -> None:
    """What the daemon does, until another one has taken its place."""
    stop = threading.Event()
    with alive(room, iid) as vital:
        keeper = Keeper(room, iid, bounds=Bounds(1.0, 60.0), vital=vital, stop=stop)
        keep(keeper, vital, clock=room.clock, stop=stop)


def main() -> None:
    """One life."""
    # What is logged by default goes to the standard output, which is for the answer.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    spare_the_disk()
    stop_at(int(sys.argv[2]))
    with Room.open(settings_of(Path(sys.argv[1])), clock=SlowClock()) as room:
        try:
            if sys.argv[3] == "daemon":
                keep_in_sync(room, room.integration())
            else:
                work(room, room.integration(), why="suspended")
            ended = "done"
        except BiginSyncError as error:
            ended = type(error).__name__
    sys.stdout.write(ended)


if __name__ == "__main__":
    main()
