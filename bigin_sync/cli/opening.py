"""Opening: from the environment to the room in which everything is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.settings import load_settings


@contextmanager
def opened() -> Iterator[Room]:
    """The state of this installation, as the environment names it; closed again at the end."""
    with Room.open(load_settings(), clock=SystemClock()) as room:
        yield room
