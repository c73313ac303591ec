"""The pool: calls of one client under way at a time, the urgent ones first."""

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

_Waiting: TypeAlias = tuple[int, int, "Future[Any]", Callable[[], Any]]


class CallPool:
    """A few threads that run calls: the more urgent first, and of equal ones the one that was asked for first.

    Where each call needs the answer of the one before, it is urgent by the number of calls that are still to come: if
    it had to wait for others, all of them would wait for it in the end.
    """

    def __init__(self, threads: int, *, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._lock = threading.Lock()

    def submit(self, call: Callable[[], T], *, urgency: int = 0) -> "Future[T]":
        """What will have come of a call, once a thread is free and nothing more urgent is waiting."""
        future: Future[T] = Future()
        with self._lock:
            heapq.heappush(self._waiting, (-urgency, next(self._numbers), future, call))
        self._threads.submit(self._run)
        return future

    def close(self) -> None:
        """Let the calls that have begun end; cancel the others."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for _urgency, _number, future, _call in waiting:
            future.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        """Run what is most urgent now: as often as something was submitted, this is called."""
        with self._lock:
            if not self._waiting:
                return
            _urgency, _number, future, call = heapq.heappop(self._waiting)
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 -- handed to whoever waits for the answer, as an executor does
            future.set_exception(error)
        else:
            future.set_result(result)
