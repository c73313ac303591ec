"""Waiting until a person or the system says stop."""

import os
import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_signal() -> threading.Event:
    """An event that Ctrl-C or SIGTERM sets. A second one ends the process at once. Only for the main thread.

    What is under way then is left as if the power had failed: the next start finds out what became of it.
    """
    stop = threading.Event()

    def stopped(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in SIGNALS:
        signal.signal(number, stopped)
    return stop


def until_stopped() -> None:
    """Return at Ctrl-C or SIGTERM. Only for the main thread."""
    stop_signal().wait()
