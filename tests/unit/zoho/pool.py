"""A pool without threads: calls wait until somebody wants a result, and then run in an order that the test draws."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class _Late(Future[Any]):
    """A result that makes the pool work until it is there."""

    def __init__(self, pool: "DrawnPool") -> None:
        super().__init__()
        self._pool = pool

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 -- so does the class it stands for
        self._pool.run_until(self)
        return super().result(timeout)


class DrawnPool:
    """Runs waiting calls in the order that `pick(how many wait)` says. `most_waiting` is the high-water mark."""

    def __init__(self, pick: Callable[[int], int]) -> None:
        self._pick = pick
        self._waiting: list[tuple[_Late, Callable[[], Any]]] = []
        self.most_waiting = 0

    def submit(self, call: Callable[[], T], /, *, urgency: int = 0) -> Future[T]:
        future = _Late(self)
        self._waiting.append((future, call))
        self.most_waiting = max(self.most_waiting, len(self._waiting))
        return future

    def run_until(self, wanted: "_Late") -> None:
        while not wanted.done():
            future, call = self._waiting.pop(self._pick(len(self._waiting)))
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except Exception as error:  # noqa: BLE001 -- a pool hands every error to whoever asks for the result
                future.set_exception(error)


def at_once(call: Callable[[], T], /, *, urgency: int = 0) -> Future[T]:
    """Submit to a pool that is so fast that every call is done when it is asked about."""
    future: Future[T] = Future()
    future.set_result(call())
    return future
