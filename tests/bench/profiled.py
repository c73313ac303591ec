"""A profile of a whole process: every thread has its own, and they are added up at the end.

Times are CPU seconds of the thread: with the clock on the wall, every thread would seem busy while it waits its turn.
"""

import cProfile
import pstats
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch


@contextmanager
def profiled(path: Path | None) -> Iterator[None]:
    """Write to `path` (for `python -m pstats`) where the block and the threads it starts spend their time.

    Without a path nothing is profiled, and nothing is slowed down.
    """
    if path is None:
        yield
        return
    profiles = [cProfile.Profile(time.thread_time)]
    real = threading.Thread.run

    def run(thread: threading.Thread) -> None:
        profiles.append(mine := cProfile.Profile(time.thread_time))
        mine.runcall(real, thread)

    with patch.object(threading.Thread, "run", run), profiles[0]:
        yield
    total = pstats.Stats(*profiles)
    total.dump_stats(path)
