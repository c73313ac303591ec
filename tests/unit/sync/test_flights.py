"""How remote calls leave and land."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bigin_sync.errors import Interrupted
from bigin_sync.model.side import Side
from bigin_sync.store import leases
from bigin_sync.store.db import Session
from bigin_sync.sync import flights
from bigin_sync.sync.flights import LATER, Flight, Later, Meanwhile, Supply, fly
from bigin_sync.sync.setup import Setup

BATCHES = 7


class Recorder:
    """A setup that writes down, in order, what happens; calls are answered at once."""

    concurrency = 10

    def __init__(self) -> None:
        self.log: list[str] = []
        self.given = 0
        self.stop = Event()

    @contextmanager
    def write(self) -> Iterator[None]:
        yield
        self.log.append("commit")

    def submit(self, call: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(call())
        return future

    def supply(self, _session: Session, side: Side) -> Flight | None:
        if self.given == BATCHES:
            return None
        self.given += 1
        self.log.append(f"prepared {self.given}")
        return cast("Flight", Batch(self, self.given, side))

    def fly(self, meanwhile: Meanwhile | None = None, supply: Supply | None = None) -> None:
        setup = SimpleNamespace(db=self, iid=1, fence=1, stop=self.stop, sides={Side.LEFT: self}, fenced=self.write)
        fly(cast("Setup", setup), supply or self.supply, sides=(Side.LEFT,), meanwhile=meanwhile)

    def when(self, what: str) -> int:
        return self.log.index(what)


class Batch:
    def __init__(self, recorder: Recorder, number: int, side: Side) -> None:
        self.side = side
        self._log = recorder.log
        self._number = number

    def leave(self, _session: Session) -> None:
        self._log.append(f"intended {self._number}")

    def call(self) -> None:
        self._log.append(f"called {self._number}")

    def land(self, _session: Session, _answer: "Future[Any]") -> None:
        self._log.append(f"landed {self._number}")

    def trouble(self, _answer: "Future[Any]") -> BaseException | None:
        return ValueError("no") if self._number == 3 and "trouble" in self._log else None


class Chores:
    """Three pieces of work that need no call."""

    def __init__(self, recorder: Recorder) -> None:
        self.left = 3
        self._log = recorder.log

    @property
    def done(self) -> bool:
        return not self.left

    def some(self) -> None:
        self.left -= 1
        self._log.append(f"piece {3 - self.left}")


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setattr(leases, "check", lambda _session, _iid, _fence: None)
    return Recorder()


def test_every_batch_is_intended_and_committed_before_it_is_called_and_lands_afterwards(recorder: Recorder) -> None:
    recorder.fly()
    for number in range(1, BATCHES + 1):
        intended, called, landed = (recorder.when(f"{step} {number}") for step in ("intended", "called", "landed"))
        assert intended < called < landed
        assert "commit" in recorder.log[intended:called]


def test_the_first_calls_are_on_their_way_before_the_later_ones_are_prepared(recorder: Recorder) -> None:
    recorder.fly()
    assert recorder.when("called 1") < recorder.when(f"prepared {flights.A_TURN + 1}")


def test_after_trouble_nothing_leaves_any_more(recorder: Recorder) -> None:
    recorder.log.append("trouble")
    with pytest.raises(ValueError, match="no"):
        recorder.fly()
    called = [entry for entry in recorder.log if entry.startswith("called")]
    assert called[:3] == ["called 1", "called 2", "called 3"]
    assert len(called) < BATCHES


def test_what_needs_no_call_is_done_while_calls_are_under_way_and_whatever_waits_for_it_leaves_then(
    recorder: Recorder,
) -> None:
    chores = Chores(recorder)

    def supply(session: Session, side: Side) -> Flight | Later | None:
        if recorder.given == BATCHES - 1 and not chores.done:
            return LATER
        return recorder.supply(session, side)

    recorder.fly(chores, supply)
    assert recorder.when("called 1") < recorder.when("piece 1")
    assert recorder.when("piece 3") < recorder.when(f"prepared {BATCHES}")
    assert recorder.log.count(f"landed {BATCHES}") == 1


def test_work_without_any_call_is_done_too_and_none_of_it_after_trouble(recorder: Recorder) -> None:
    chores = Chores(recorder)
    recorder.fly(chores, lambda _session, _side: None)
    assert chores.done
    again = Chores(recorder)
    recorder.stop.set()
    with pytest.raises(Interrupted):
        recorder.fly(again)
    assert again.left == 3


def test_an_error_in_the_work_in_between_is_raised_when_everything_in_the_air_has_landed(recorder: Recorder) -> None:
    class Failing(Chores):
        def some(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        recorder.fly(Failing(recorder))
    called = [entry for entry in recorder.log if entry.startswith("called")]
    landed = [entry for entry in recorder.log if entry.startswith("landed")]
    assert len(called) == len(landed) > 0


class Held(Recorder):
    """A side with few slots; calls are answered one by one, the oldest first, and only when somebody waits for one."""

    concurrency = 2

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.unanswered: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.most = 0
        monkeypatch.setattr(flights, "wait", self.wait)

    def submit(self, call: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        self.unanswered.append((future, call))
        self.most = max(self.most, len(self.unanswered))
        return future

    def wait(self, futures: Any, timeout: int | None = None, **_how: object) -> tuple[set["Future[Any]"], None]:  # noqa: ANN401 -- as the one it stands for
        if timeout is None:
            future, call = self.unanswered.pop(0)
            future.set_result(call())
        return {future for future in futures if future.done()}, None


class Errand(Batch):
    """The first leg of an errand; how many calls were unanswered when it left is written down."""

    def __init__(self, recorder: Held, number: int, side: Side) -> None:
        super().__init__(recorder, number, side)
        self._recorder = recorder

    def leave(self, _session: Session) -> None:
        self._log.append(f"errand leaves beside {len(self._recorder.unanswered)}")

    def land(self, session: Session, answer: "Future[Any]") -> Any:  # noqa: ANN401 -- its second leg
        super().land(session, answer)
        return Second(self._recorder, self._number + 1, self.side)


class Second(Batch):
    def leave(self, _session: Session) -> None:
        self._log.append("second leg leaves")


def test_an_errand_leaves_only_where_a_slot_is_free_and_its_second_leg_by_itself(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    errands = [Errand(held, 100, Side.LEFT)]

    def errand(_session: Session, _side: Side) -> Flight | Later | None:
        if not held.given:
            return LATER
        return cast("Flight", errands.pop()) if errands else None

    setup = SimpleNamespace(iid=1, fence=1, stop=held.stop, sides={Side.LEFT: held}, fenced=held.write)
    fly(cast("Setup", setup), held.supply, sides=(Side.LEFT,), errands=errand)
    left = next(entry for entry in held.log if entry.startswith("errand leaves"))
    assert left in ("errand leaves beside 0", "errand leaves beside 1")
    landed, again = held.when("landed 100"), held.when("second leg leaves")
    assert "commit" not in held.log[landed:again]
    between = [entry for entry in held.log[landed:again] if entry.startswith(("intended", "prepared"))]
    assert between == []
    assert held.most <= held.concurrency + flights.AHEAD
    assert "called 101" in held.log


def test_spare_work_is_done_only_while_something_is_in_the_air(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = Chores(recorder)
    setup = SimpleNamespace(iid=1, fence=1, stop=recorder.stop, sides={Side.LEFT: recorder}, fenced=recorder.write)
    fly(cast("Setup", setup), lambda _session, _side: None, sides=(Side.LEFT,), spare=idle)
    assert idle.left == 3
    held = Held(monkeypatch)
    busy = Chores(held)
    setup = SimpleNamespace(iid=1, fence=1, stop=held.stop, sides={Side.LEFT: held}, fenced=held.write)
    fly(cast("Setup", setup), held.supply, sides=(Side.LEFT,), spare=busy)
    assert busy.done
    assert held.when("piece 1") < held.when(f"called {BATCHES}")
