"""Waiting until a person or the system says stop."""

import signal
import threading
from types import FrameType


def until_stopped() -> None:
    """Return at Ctrl-C or SIGTERM. Only for the main thread."""
    stop = threading.Event()

    def stopped(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    stop.wait()
