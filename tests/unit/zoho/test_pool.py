"""Which of the calls that wait goes next."""

from concurrent.futures import CancelledError, Future
from threading import Event, Thread

import pytest

from bigin_sync.zoho.pool import CallPool

LONG = 30


class Line:
    """A pool of one thread, which is busy until it is told to go on; what it does after that is written down."""

    def __init__(self) -> None:
        self.pool = CallPool(1, name="test")
        self.log: list[str] = []
        self._go = Event()
        self._busy = Event()
        self.first: Future[bool] = self.pool.submit(self._wait)
        assert self._busy.wait(LONG)

    def _wait(self) -> bool:
        self._busy.set()
        return self._go.wait(LONG)

    def ask(self, name: str, *, urgency: int = 0) -> "Future[None]":
        return self.pool.submit(lambda: self.log.append(name), urgency=urgency)

    def go(self) -> None:
        self._go.set()


def test_the_more_urgent_goes_first_and_of_equal_ones_the_one_that_was_asked_for_first() -> None:
    line = Line()
    asked = [line.ask("a"), line.ask("b", urgency=3), line.ask("c"), line.ask("d", urgency=9), line.ask("e", urgency=3)]
    line.go()
    for one in asked:
        one.result(LONG)
    assert line.log == ["d", "b", "e", "a", "c"]


def test_what_was_cancelled_is_not_called_and_keeps_nobody_waiting() -> None:
    line = Line()
    dropped, kept = line.ask("dropped", urgency=1), line.ask("kept")
    assert dropped.cancel()
    line.go()
    kept.result(LONG)
    assert line.log == ["kept"]


def test_an_error_is_told_to_whoever_waits_for_the_answer() -> None:
    pool = CallPool(2, name="test")
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(LONG)
    assert pool.submit(lambda: 7).result(LONG) == 7


def test_closing_ends_what_has_begun_and_cancels_the_rest() -> None:
    line = Line()
    waiting = line.ask("never")
    closing = Thread(target=line.pool.close)
    closing.start()
    with pytest.raises(CancelledError):
        waiting.result(LONG)
    line.go()
    closing.join(LONG)
    assert not closing.is_alive()
    assert line.first.result(LONG)
    assert line.log == []
