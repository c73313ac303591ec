"""What a person changes between the sync's last look and its write: nothing is overwritten unseen in CRM, and in Bigin
no call makes the moment longer than it has to be.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.store import conflicts
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, titles, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


class Watched(httpx.BaseTransport):
    """A line on which something happens right after the sync has read given records of the CRM org again."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.then: Callable[[], None] | None = None
        self.updates = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        crm = request.url.path.startswith("/crm/")
        self.updates += crm and request.method == "PUT"
        if crm and self.then is not None and (b" in (" in request.content or b"ids=" in request.url.query):
            then, self.then = self.then, None
            then()
        return response


@contextmanager
def edited_in_bigin(strategy: str) -> Iterator[tuple[TwoOrgs, Watched]]:
    """A synced contact whose title was changed in Bigin just now."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Watched(world)
    transports = dict.fromkeys(LABELS, line)
    with two_orgs(world, clock=world.clock, transports=transports, changes={"strategy": strategy}) as orgs:
        (id,) = world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
        for _ in range(2):
            orgs.sync()
            world.clock.advance(300)
        edit(world.bigin, id, {"Title": "Head of purchasing"})
        world.clock.advance(30)
        yield orgs, line


def in_crm(orgs: TwoOrgs, title: str) -> None:
    """A person changes the title in CRM."""
    (row,) = contacts(orgs.world.crm)
    edit(orgs.world.crm, row.id, {"Title": title})


def runs(orgs: TwoOrgs, times: int) -> None:
    for _ in range(times):
        orgs.sync()
        orgs.world.clock.advance(60)


def test_an_edit_in_the_second_of_the_last_look_wins_where_its_side_does() -> None:
    with edited_in_bigin("crm") as (orgs, line):
        line.then = lambda: in_crm(orgs, "Owner")
        runs(orgs, 2)
        assert line.then is None
        assert titles(orgs) == ["Owner", "Owner"]


def test_an_edit_in_the_second_of_the_last_look_is_a_conflict_where_people_decide() -> None:
    with edited_in_bigin("ask") as (orgs, line):
        line.then = lambda: in_crm(orgs, "Owner")
        runs(orgs, 2)
        assert line.then is None
        assert titles(orgs) == ["Head of purchasing", "Owner"]
        with orgs.room.db.read() as session:
            assert [one.field for one in conflicts.listing(session, orgs.iid)] == ["Title"]


def test_a_record_modified_a_moment_ago_is_written_in_one_go_all_the_same() -> None:
    with edited_in_bigin("latest") as (orgs, line):
        (row,) = contacts(orgs.world.crm)
        edit(orgs.world.crm, row.id, {"Phone": "+49 30 5550100"})
        before = line.updates
        orgs.sync()
        assert titles(orgs) == ["Head of purchasing", "Head of purchasing"]
        assert line.updates == before + 1


@pytest.mark.parametrize("guard", ["whole_request", "ignored"])
def test_however_an_org_heeds_the_guard_edits_go_on_crossing(guard: str) -> None:
    with edited_in_bigin("latest") as (orgs, line):
        orgs.world.crm.switches.turn({"unmodified_since": guard})
        line.then = lambda: in_crm(orgs, "Owner")
        runs(orgs, 3)
        assert len(set(map(str, titles(orgs)))) == 1
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Retired"})
        runs(orgs, 2)
        assert titles(orgs) == ["Retired", "Retired"]


class Listed(httpx.BaseTransport):
    """A line that notes every call to Bigin, and on which something happens before the first look at contacts again."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.then: Callable[[], object] | None = None
        self.calls: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/bigin/"):
            look = request.url.path.endswith("/Contacts") and "ids" in request.url.params
            self.calls.append(("LOOK" if look else request.method, request.url.path))
            if look and self.then is not None:
                then, self.then = self.then, None
                then()
        return self._inner.handle_request(request)


@pytest.mark.parametrize("deleted", ["before the run", "in the run"])
def test_nothing_comes_between_the_last_look_and_the_write_though_a_lookup_was_emptied(deleted: str) -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    world.bigin.switches.turn({"company_delete_cascades": False})
    line = Listed(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        (company,) = world.bigin.seed("Accounts", [{"Account_Name": "Larkspur Tools"}])
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer", "Account_Name": company}])
        runs(orgs, 2)
        bigin = world.bigin
        gone = partial(delete_record, bigin, bigin.modules["Accounts"], company, by=bigin.admin())
        if deleted == "before the run":
            gone()
        else:
            line.then = gone
        in_crm(orgs, "Owner")
        line.calls.clear()
        runs(orgs, 1)
        assert titles(orgs) == ["Owner", "Owner"]
        assert line.then is None
        (put,) = (at for at, (method, path) in enumerate(line.calls) if method == "PUT")
        assert line.calls[put - 1][0] == "LOOK"
        assert contacts(world.crm)[0].values["Account_Name"] is not None
