"""The keeper looks when something is due, rests when it must, and stops when it is asked to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.errors import AlreadyRunning, Interrupted, LeaseLost
from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.lease import leased
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import STALE, alive, lives
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store import cursors, heartbeats, notices, runs
from bigin_sync.store.heartbeats import Heartbeat
from tests.flow.two_orgs import LABELS, connect_both, opened

pytestmark = pytest.mark.usefixtures("each_database")

MINUTE = 60.0
KINDS = (Kind("company"), Kind("contact"))


class Line(httpx.BaseTransport):
    """A line to the emulator that can be cut, and that tells of every call before it goes out."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.cut = False
        self.calls = 0
        self.stop_after: tuple[int, threading.Event] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut", request=request)
        self.calls += 1
        if self.stop_after is not None and self.calls > self.stop_after[0]:
            self.stop_after[1].set()
        return self._inner.handle_request(request)


@dataclass(slots=True)
class Watch:
    """A room with both orgs connected, and a keeper over it."""

    clock: ShiftedClock
    room: Room
    iid: int
    line: Line
    keeper: Keeper
    stop: threading.Event
    crashes: list[Exception] = field(default_factory=list)

    def looks(self, *, after: float = 0.0) -> bool:
        """Whether a look after so many seconds leads to a run."""
        self.clock.advance(after)
        return self.keeper.look() is not None

    def switch_on(self, name: str = "contacts") -> None:
        configure(self.room, name)
        activate(self.room, name)

    def told(self) -> Heartbeat:
        with self.room.db.read() as session:
            found = heartbeats.current(session, self.iid)
        assert found is not None
        return found


@pytest.fixture
def watch() -> Iterator[Watch]:
    clock = ShiftedClock()
    world = World.default(clock)
    world.oauth.throttled = False
    org = world.org("bigin")
    org.seed("Contacts", [{"Last_Name": f"Person {number}"} for number in range(450)])
    with watched(world, clock) as found:
        yield found


@contextmanager
def watched(world: World, clock: ShiftedClock) -> Iterator[Watch]:
    line, stop, crashes = Line(world), threading.Event(), list[Exception]()
    with opened(world, clock=clock, transports=dict.fromkeys(LABELS, line)) as room:
        connect_both(room)
        with alive(room, room.integration()) as vital:
            keeper = Keeper(
                room,
                room.integration(),
                bounds=Bounds(MINUTE, 10 * MINUTE),
                vital=vital,
                stop=stop,
                crashed=crashes.append,
            )
            yield Watch(clock, room, room.integration(), line, keeper, stop, crashes)


def test_nothing_is_done_before_something_is_switched_on_and_then_it_is_at_once(watch: Watch) -> None:
    assert not watch.looks()
    watch.switch_on()
    assert watch.looks()
    assert not watch.looks(after=1)


def test_quiet_looks_get_rarer_and_a_change_brings_them_back(watch: Watch) -> None:
    watch.switch_on()
    assert watch.looks()
    assert watch.looks(after=MINUTE)
    assert not watch.looks(after=MINUTE)
    assert watch.looks(after=MINUTE)
    watch.room.db.clock.sleep(10 * MINUTE)
    assert watch.looks()


def test_an_org_that_cannot_be_reached_makes_it_rest_longer_each_time_and_nothing_is_lost(watch: Watch) -> None:
    watch.switch_on()
    watch.line.cut = True
    assert not watch.looks()
    rest = watch.keeper.rest()
    assert rest is not None
    assert "cannot be reached" in rest.why
    first = (rest.until - watch.clock.now()).total_seconds()
    assert not watch.looks(after=first + 1)
    again = watch.keeper.rest()
    assert again is not None
    assert (again.until - watch.clock.now()).total_seconds() > first
    watch.line.cut = False
    assert not watch.looks(after=1)
    assert watch.looks(after=5 * MINUTE)
    assert watch.keeper.rest() is None


def test_a_rest_is_over_when_somebody_changes_something(watch: Watch) -> None:
    watch.switch_on()
    watch.line.cut = True
    assert not watch.looks()
    watch.line.cut = False
    assert not watch.looks(after=1)
    configure(watch.room, "contacts", changes={"strategy": "crm"})
    assert watch.looks(after=1)


def test_another_process_at_work_is_waited_for(watch: Watch) -> None:
    watch.switch_on()
    with leased(watch.room, watch.iid):
        assert not watch.looks()
    assert not watch.looks(after=1)
    assert watch.looks(after=10)


def test_settings_that_were_changed_are_put_to_work_without_waiting(watch: Watch) -> None:
    watch.switch_on()
    assert watch.looks()
    configure(watch.room, "contacts", changes={"strategy": "bigin"})
    assert watch.looks(after=1)
    assert not watch.looks(after=1)


def test_what_nobody_foresaw_is_reported_and_told_and_the_keeper_goes_on(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.switch_on()
    monkeypatch.setattr("bigin_sync.jobs.keeper.work", broken)
    assert not watch.looks()
    assert [str(error) for error in watch.crashes] == ["Person 7"]
    with watch.room.db.read() as session:
        assert [each.text for each in notices.unseen(session, watch.iid)] == [
            "Something unforeseen happened: a mistake in the program, of which the log names a report."
        ]
    monkeypatch.undo()
    assert watch.looks(after=5 * MINUTE)


def broken(*_args: object, **_named: object) -> None:
    raise ValueError("Person 7")


def test_asked_to_stop_between_two_pages_it_keeps_what_was_read_and_goes_on_from_there(watch: Watch) -> None:
    watch.switch_on()
    watch.line.stop_after = (watch.line.calls + 4, watch.stop)
    assert not watch.looks()
    assert watch.keeper.rest() is None
    with watch.room.db.read() as session:
        (run,) = runs.listing(session, watch.iid)
        read = [cursors.get(session, watch.iid, side=side, kind=kind) for side in Side for kind in KINDS]
    assert run.state == "interrupted"
    assert any(read)
    assert not watch.looks(after=MINUTE)
    watch.line.stop_after = None
    watch.stop.clear()
    assert watch.looks()
    with watch.room.db.read() as session:
        created = runs.listing(session, watch.iid)[0].counts["contact"]["created_right"]
    assert created == 450


def test_asked_to_stop_between_two_tries_a_call_is_not_tried_again(watch: Watch) -> None:
    watch.switch_on()
    watch.line.cut = True
    watch.stop.set()
    before = watch.clock.elapsed()
    with pytest.raises(Interrupted):
        work(watch.room, watch.iid, why="test", stop=watch.stop)
    assert watch.clock.elapsed() - before < MINUTE


def test_only_one_daemon_lives_and_a_silent_one_is_replaced_and_hears_of_it(watch: Watch) -> None:
    with pytest.raises(AlreadyRunning), alive(watch.room, watch.iid):
        pass
    assert lives(watch.told(), now=watch.clock.now())
    watch.clock.advance(STALE.total_seconds())
    with alive(watch.room, watch.iid) as vital:
        vital.beat()
        with watch.room.db.write() as session:
            heartbeats.claim(session, watch.iid, holder="another", pid=1, host="elsewhere")
        watch.clock.advance(MINUTE)
        with pytest.raises(LeaseLost):
            vital.beat()
