"""A machine whose clock stands still, but for the servers that other tests have started in this process."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from freezegun import freeze_time


@contextmanager
def standstill(moment: str) -> Iterator[None]:
    """Let every clock of this process stand at a moment, for as long as the `with` block lasts.

    Event loops keep the real time from before the clocks stop until after they go on. One that looked at a stopped
    clock just once would wait for a moment decades away; freezegun's own `real_asyncio` leaves it time for that.
    """
    now = time.monotonic  # noqa: TID251 -- the clock itself, before it is replaced

    def going_on(_loop: asyncio.AbstractEventLoop) -> float:
        return now()

    with mock.patch.object(asyncio.SelectorEventLoop, "time", going_on), freeze_time(moment):
        yield
