"""The same contact is entered by hand on both sides at nearly the same time: while its copy is made, or soon after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.admin import conflicts, parted
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.sync.progress import Aside, Report
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
WEBER = {"Last_Name": "Weber", "Phone": "+49 30 23125 031"}


class Line(httpx.BaseTransport):
    """A line on which something happens once, right after contacts were made in CRM; looks at what was made anywhere
    are counted.
    """

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.then: Callable[[], object] | None = None
        self.looks = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.looks += b"Created_Time >=" in request.content
        response = self._inner.handle_request(request)
        if self.then is not None and is_creation(request):
            then, self.then = self.then, None
            then()
        return response


def is_creation(request: httpx.Request) -> bool:
    """Whether the request makes contacts in CRM."""
    return request.method == "POST" and request.url.path.startswith("/crm/") and request.url.path.endswith("/Contacts")


def enter(world: World, label: str, **more: object) -> None:
    """A person of an org who is not the one behind the sync enters the contact."""
    org = world.bigin if label == "bigin" else world.crm
    person = next(user for user in org.users if user != org.admin_id)
    org.seed("Contacts", [{**WEBER, **more}], created_by=person)


@contextmanager
def synced() -> Iterator[tuple[TwoOrgs, Line]]:
    """Two empty orgs whose first sync is done."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Line(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        orgs.sync()
        world.clock.advance(3600)
        yield orgs, line


def numbers(orgs: TwoOrgs) -> tuple[int, int]:
    return len(contacts(orgs.world.bigin)), len(contacts(orgs.world.crm))


def later(orgs: TwoOrgs, seconds: float) -> Report:
    """A run so many seconds later."""
    orgs.world.clock.advance(seconds)
    return orgs.sync()


def by_hand(orgs: TwoOrgs) -> Row:
    """The one of CRM that was entered by hand."""
    return next(row for row in contacts(orgs.world.crm) if row.values.get("Department") == "Sales")


def test_a_run_that_makes_nothing_does_not_look_again() -> None:
    with synced() as (orgs, line):
        orgs.sync()
        assert line.looks == 0


@contextmanager
def entered_while_copied() -> Iterator[tuple[TwoOrgs, conflicts.ConflictLine]]:
    """The contact is in CRM twice: entered by hand while its copy from Bigin was being made. It is held."""
    with synced() as (orgs, line):
        enter(orgs.world, "bigin", Title="Buyer")
        line.then = lambda: enter(orgs.world, "crm", Department="Sales")
        orgs.sync()
        assert line.then is None
        orgs.world.clock.advance(60)
        assert orgs.sync().counts[CONTACT].aside(Aside.HELD) == 1
        assert numbers(orgs) == (1, 2)
        (held,) = conflicts.listing(orgs.room)
        yield orgs, held


def test_a_contact_entered_while_its_copy_is_made_is_held_and_not_made_a_third_time() -> None:
    with entered_while_copied() as (orgs, held):
        assert "entered on both sides at the same time" in held.what
        assert held.answers == ("same", "new")
        assert held.choices[0].value == "Weber"
        for _ in range(2):
            orgs.world.clock.advance(7200)
            assert orgs.sync().writes == 0


def test_a_contact_that_a_person_calls_the_same_is_left_alone() -> None:
    with entered_while_copied() as (orgs, held):
        assert "left alone" in conflicts.resolve(orgs.room, held.id, "same")
        orgs.world.clock.advance(7200)
        assert orgs.sync().writes == 0
        assert conflicts.listing(orgs.room) == []


def test_a_contact_that_a_person_calls_the_same_is_left_alone_however_long_after_it_is_edited() -> None:
    with entered_while_copied() as (orgs, held):
        conflicts.resolve(orgs.room, held.id, "same")
        for _ in range(2):
            orgs.world.clock.advance(2 * 86400)
            edit(orgs.world.crm, by_hand(orgs).id, {"Title": f"Owner {orgs.world.clock.now()}"})
            assert orgs.sync().writes == 0
            assert conflicts.listing(orgs.room) == []


def test_a_contact_in_doubt_stays_held_however_long_after_it_is_edited() -> None:
    with entered_while_copied() as (orgs, _):
        orgs.world.clock.advance(2 * 86400)
        edit(orgs.world.crm, by_hand(orgs).id, {"Title": "Owner"})
        assert orgs.sync().writes == 0
        assert [held.answers for held in conflicts.listing(orgs.room)] == [("same", "new")]


@pytest.mark.parametrize("first", ["answered", "merged"])
def test_of_two_that_are_the_same_the_one_that_is_kept_is_synced_on(first: str) -> None:
    with entered_while_copied() as (orgs, held):
        if first == "answered":
            assert "takes its place" in conflicts.resolve(orgs.room, held.id, "same")
            assert later(orgs, 600).writes == 0
        kept = by_hand(orgs)
        (copy,) = (row for row in contacts(orgs.world.crm) if row.id != kept.id)
        delete_record(orgs.world.crm, orgs.world.crm.module("Contacts"), copy.id, by=orgs.world.crm.admin())
        edit(orgs.world.crm, kept.id, {"Mobile": "+49 170 1234567"})
        later(orgs, 1800)
        if first == "merged":
            (choice, _new) = conflicts.show(orgs.room, held.id).choices
            assert "takes the place of the one that was deleted" in choice.meaning
            assert "takes the place" in conflicts.resolve(orgs.room, held.id, "same")
            later(orgs, 60)
        assert numbers(orgs) == (1, 1)
        assert (conflicts.listing(orgs.room), parted.listing(orgs.room)) == ([], [])
        for org in (orgs.world.bigin, orgs.world.crm):
            (row,) = contacts(org)
            assert [row.values[name] for name in ("Title", "Mobile")] == ["Buyer", "+49 170 1234567"]
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Head"})
        assert later(orgs, 2 * 86400).writes == 1
        assert by_hand(orgs).values["Title"] == "Head"
        assert later(orgs, 600).writes == 0


def test_a_contact_that_a_person_calls_another_one_is_made() -> None:
    with entered_while_copied() as (orgs, held):
        conflicts.resolve(orgs.room, held.id, "new")
        orgs.sync()
        assert numbers(orgs) == (2, 2)


def test_a_contact_entered_once_more_hours_later_is_meant() -> None:
    with synced() as (orgs, _):
        enter(orgs.world, "bigin")
        orgs.sync()
        orgs.world.clock.advance(2 * 3600)
        enter(orgs.world, "crm")
        orgs.sync()
        assert numbers(orgs) == (2, 2)
