"""Records that carry a sync key are made once without any waiting, and are known again without a database."""

import re
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

import httpx
import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.field_making import make_field
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.errors import Interrupted
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.settings import load_settings
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.sync import flights, planning
from bigin_sync.sync.progress import Aside, Report
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, forget, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
KEY = "Bigin_Sync_Key"
SOON = 5
"""Seconds until the next run: far less than a creation without a key is waited for."""

Hook = Callable[[httpx.Request], object]


class Line(httpx.BaseTransport):
    """A line on which requests can be looked at before they arrive."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.before: Hook = lambda _request: None
        self.creations: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("/Contacts"):
            self.creations.append(request)
        self.before(request)
        return self._inner.handle_request(request)

    def let_in(self, late: httpx.Request) -> httpx.Response:
        """A request that went unanswered takes effect at last."""
        return self._inner.handle_request(late)


def keyed_world(*, crm: bool = True, bigin: bool = True) -> World:
    """Two orgs whose contacts have a field for sync keys."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    for org in [world.crm] * crm + [world.bigin] * bigin:
        wish = {"field_label": "Bigin Sync Key", "data_type": "text", "length": 100}
        make_field(org, org.module("Contacts"), {**wish, "unique": {"case_sensitive": False}})
    return world


@contextmanager
def keyed(world: World | None = None) -> Iterator[tuple[TwoOrgs, Line]]:
    """Two such orgs, connected, over a line that can be looked at."""
    world = world or keyed_world()
    line = Line(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        yield orgs, line


def later(orgs: TwoOrgs, seconds: float = SOON) -> Report:
    """A run so many seconds later."""
    orgs.world.clock.advance(seconds)
    return orgs.sync()


def unanswered(line: Line) -> None:
    """The next insert of contacts is not answered, and does not take effect yet."""

    def hook(request: httpx.Request) -> None:
        if request in line.creations:
            line.before = lambda _request: None
            raise httpx.ReadTimeout("too slow", request=request)

    line.before = hook


def titles(org: Org) -> list[object]:
    return [row.values.get("Title") for row in contacts(org)]


def at_rest(orgs: TwoOrgs) -> bool:
    """Whether two orgs have nothing to tell each other any more, an hour later."""
    return later(orgs, 3600).writes == 0


def test_a_copy_says_of_which_record_it_is_one() -> None:
    with keyed() as (orgs, _):
        (left,) = orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber"}])
        (right,) = orgs.world.crm.seed("Contacts", [{"Last_Name": "Brandt"}])
        orgs.sync()
        told = [{row.values["Last_Name"]: row.values.get(KEY) for row in contacts(org)} for org in _both(orgs)]
        assert [sorted(one, key=str) for one in told] == [["Brandt", "Weber"]] * 2
        assert [told[0]["Weber"], told[1]["Brandt"]] == [None, None]
        assert re.fullmatch(rf"crm:\d+:{right}", str(told[0]["Brandt"]))
        assert re.fullmatch(rf"bigin:\d+:{left}", str(told[1]["Weber"]))
        assert at_rest(orgs)


def _both(orgs: TwoOrgs) -> tuple[Org, Org]:
    return orgs.world.bigin, orgs.world.crm


def test_a_record_whose_answer_was_lost_is_found_by_its_key_in_the_next_run() -> None:
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        orgs.world.faults.add(Fault(kind="drop_after", product="crm", method="POST", path="/Contacts$"))
        assert orgs.sync().counts[CONTACT].aside(Aside.WAITING) == 1
        (made,) = contacts(orgs.world.crm)
        # Nothing of what was sent is left to know it by.
        edit(orgs.world.crm, made.id, {"Last_Name": "Castellan", "Title": "Head of buying"})
        later(orgs)
        later(orgs)
        assert titles(orgs.world.bigin) == titles(orgs.world.crm) == ["Head of buying"]
        assert len(line.creations) == 1
        assert at_rest(orgs)


def test_a_record_that_never_arrived_is_made_in_the_next_run() -> None:
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        unanswered(line)
        orgs.sync()
        assert later(orgs).writes == 1
        assert at_rest(orgs)


def test_an_insert_that_takes_effect_after_it_was_sent_again_is_refused_by_the_org() -> None:
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        unanswered(line)
        orgs.sync()
        later(orgs)
        assert line.let_in(line.creations[0]).json()["data"][0]["code"] == "DUPLICATE_DATA"
        assert titles(orgs.world.bigin) == titles(orgs.world.crm) == ["Buyer"]
        assert at_rest(orgs)


@pytest.mark.parametrize("email", [None, "weber@people.example"])
def test_an_insert_that_takes_effect_just_before_it_is_sent_again_is_linked_and_not_doubled(email: str | None) -> None:
    with keyed() as (orgs, line):
        person = {"Last_Name": "Weber", "Title": "Buyer", **({"Email": email} if email else {})}
        orgs.world.bigin.seed("Contacts", [person])
        unanswered(line)
        orgs.sync()

        def overtaken(request: httpx.Request) -> None:
            if request in line.creations:
                assert line.let_in(line.creations[0]).status_code == 201

        line.before = overtaken
        report = later(orgs)
        assert (report.clean, report.counts[CONTACT].linked) == (True, 1)
        assert titles(orgs.world.bigin) == titles(orgs.world.crm) == ["Buyer"]
        assert at_rest(orgs)


def test_copies_that_turn_up_while_a_first_sync_writes_and_plans_are_linked_and_not_copied_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A first sync was stopped; in the next one, what it sent takes effect just before it is sent again."""
    monkeypatch.setattr(planning, "SLICE", 10)
    # Whatever is in the air lands before the next piece is planned.
    monkeypatch.setattr(flights, "wait", lambda in_air, **_how: futures.wait(in_air))
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(150)])
        stop = Event()

        def cut_off(request: httpx.Request) -> None:
            if request in line.creations:
                stop.set()
                raise httpx.ReadTimeout("too slow", request=request)

        line.before = cut_off
        with pytest.raises(Interrupted):
            work(orgs.room, orgs.iid, why="test", stop=stop)
        (late,) = line.creations

        def overtaken(request: httpx.Request) -> None:
            if request in line.creations:
                line.before = lambda _request: None
                assert line.let_in(late).status_code == 201

        line.before = overtaken
        assert later(orgs).counts[CONTACT].linked == 100
        assert [len(contacts(org)) for org in _both(orgs)] == [150, 150]
        assert at_rest(orgs)


def test_an_insert_that_takes_effect_while_both_orgs_are_read_is_linked_by_its_key() -> None:
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        unanswered(line)
        orgs.sync()

        def read(request: httpx.Request) -> None:
            if b"Modified_Time" in request.content and b" in (" not in request.content and "crm" in request.url.path:
                line.before = lambda _request: None
                line.let_in(line.creations[0])

        line.before = read
        later(orgs)
        assert (titles(orgs.world.crm), len(line.creations)) == (["Buyer"], 1)
        assert at_rest(orgs)


def test_the_record_of_somebody_else_is_neither_overwritten_nor_linked_for_being_refused_as_a_double() -> None:
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer", "Email": "weber@people.example"}])

        def meanwhile(request: httpx.Request) -> None:
            if request in line.creations:
                line.before = lambda _request: None
                orgs.world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": "weber@people.example"}])

        line.before = meanwhile
        report = later(orgs)
        assert (report.counts[CONTACT].aside(Aside.PROBLEM), report.counts[CONTACT].linked) == (1, 0)
        (theirs,) = contacts(orgs.world.crm)
        assert set(theirs.values) == {"Last_Name", "Email", "Owner"}
        later(orgs)
        assert titles(orgs.world.crm) == ["Buyer"]


def test_a_field_that_allows_the_same_value_twice_is_not_relied_on() -> None:
    world = keyed_world(crm=False)
    make_field(world.crm, world.crm.module("Contacts"), {"field_label": "Bigin Sync Key", "data_type": "text"})
    with keyed(world) as (orgs, line):
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        unanswered(line)
        orgs.sync()
        assert later(orgs).writes == 0
        assert b"Bigin_Sync_Key" not in line.creations[0].content


def test_what_was_sent_with_a_key_is_waited_for_as_without_one_once_the_field_is_gone() -> None:
    with keyed() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        unanswered(line)
        orgs.sync()
        orgs.world.crm.module("Contacts").fields.pop(KEY)
        assert later(orgs).writes == 0
        line.let_in(line.creations[0])
        later(orgs)
        assert titles(orgs.world.crm) == ["Buyer"]
        assert at_rest(orgs)


def forgotten(world: World) -> None:
    """The database is gone, and the note of the last run with it."""
    forget()
    (load_settings().home / LAST_RUN).unlink()
    world.clock.advance(24 * 3600)


def test_without_its_database_the_sync_knows_its_copies_by_their_keys_alone() -> None:
    world = keyed_world()
    with keyed(world) as (orgs, _):
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}, {"Last_Name": "Weber"}])
        orgs.sync()
    copy = next(row for row in contacts(world.crm) if row.values.get("Title") == "Buyer")
    world.clock.advance(60)
    edit(world.crm, copy.id, {"Last_Name": "Castellan"})
    forgotten(world)
    with keyed(world) as (orgs, _):
        assert orgs.sync().counts[CONTACT].linked == 2
        assert at_rest(orgs)
    names = [sorted(str(row.values["Last_Name"]) for row in contacts(org)) for org in (world.bigin, world.crm)]
    assert names == [["Castellan", "Weber"]] * 2


def test_without_its_database_the_sync_does_not_bring_back_what_was_deleted() -> None:
    world = keyed_world()
    with keyed(world) as (orgs, _):
        (id,) = world.bigin.seed("Contacts", [{"Last_Name": "Weber"}])
        orgs.sync()
    delete_record(world.bigin, world.bigin.module("Contacts"), id, by=world.bigin.admin())
    forgotten(world)
    with keyed(world) as (orgs, _):
        report = orgs.sync()
        assert (report.writes, report.counts[CONTACT].aside(Aside.SKIPPED)) == (0, 1)
        assert at_rest(orgs)
        (copy,) = contacts(world.crm)
        edit(world.crm, copy.id, {KEY: None})
        assert later(orgs).writes == 1
        assert [len(contacts(org)) for org in _both(orgs)] == [1, 1]


def test_a_copy_that_turns_up_after_its_record_was_linked_with_one_entered_by_hand_is_held() -> None:
    with keyed() as (orgs, line):
        weber = {"Last_Name": "Weber", "Phone": "+49 30 23125 031"}
        orgs.sync()
        orgs.world.bigin.seed("Contacts", [weber])
        unanswered(line)
        later(orgs)
        orgs.world.crm.seed("Contacts", [{**weber, "Title": "Buyer"}])
        assert later(orgs).counts[CONTACT].linked == 1
        assert line.let_in(line.creations[0]).status_code == 201
        assert later(orgs).counts[CONTACT].aside(Aside.HELD) == 1
        assert at_rest(orgs)
        assert [len(contacts(org)) for org in _both(orgs)] == [1, 2]
        (held,) = conflicts.listing(orgs.room)
        assert "by its sync key it is the copy of a record that has another counterpart" in held.what
        assert held.answers == ("same", "new")


def test_keys_of_other_orgs_mean_nothing() -> None:
    with keyed() as (orgs, _):
        (id,) = orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber"}])
        orgs.world.crm.seed("Contacts", [{"Last_Name": "Brandt", KEY: f"bigin:123456:{id}"}])
        assert orgs.sync().writes == 2
        assert at_rest(orgs)
