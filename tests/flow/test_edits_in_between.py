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
    """A line that notes every call to an org, and on which something happens when the sync looks at contacts again."""

    def __init__(self, world: World, org: str, *, before: bool = False) -> None:
        self._inner = mock_transport(world)
        self._org = org
        self._before = before
        self.then: Callable[[], object] | None = None
        self.calls: list[tuple[str, str]] = []

    @property
    def sent(self) -> list[str]:
        """The bodies of the updates."""
        return [body for what, body in self.calls if what == "PUT"]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.startswith(f"/{self._org}/"):
            return self._inner.handle_request(request)
        body = request.content.decode()
        look = "ids" in request.url.params and request.url.path.endswith("/Contacts")
        look = look or ("from Contacts" in body and " in (" in body)
        self.calls.append(("LOOK" if look else request.method, body))
        if look and self._before:
            self._now()
        response = self._inner.handle_request(request)
        if look:
            self._now()
        return response

    def _now(self) -> None:
        if self.then is not None:
            then, self.then = self.then, None
            then()


@contextmanager
def edited_in_bigin(strategy: str) -> Iterator[tuple[TwoOrgs, Watched]]:
    """A synced contact whose title was changed in Bigin just now."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Watched(world, "crm")
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
        before = len(line.sent)
        orgs.sync()
        assert titles(orgs) == ["Head of purchasing", "Head of purchasing"]
        assert len(line.sent) == before + 1


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


@pytest.mark.parametrize("deleted", ["before the run", "in the run"])
def test_nothing_comes_between_the_last_look_and_the_write_though_a_lookup_was_emptied(deleted: str) -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    world.bigin.switches.turn({"company_delete_cascades": False})
    line = Watched(world, "bigin", before=True)
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
        (put,) = (at for at, (what, _body) in enumerate(line.calls) if what == "PUT")
        assert line.calls[put - 1][0] == "LOOK"
        assert contacts(world.crm)[0].values["Account_Name"] is not None


@pytest.mark.parametrize("later", [pytest.param(0, id="in the same second"), 30])
@pytest.mark.parametrize("label", LABELS)
def test_what_the_last_look_shows_overwritten_is_carried_no_more(label: str, later: int) -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    here, there = (world.bigin, world.crm) if label == "bigin" else (world.crm, world.bigin)
    lines = {one: Watched(world, one, before=True) for one in LABELS}
    with two_orgs(world, clock=world.clock, transports=lines) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
        runs(orgs, 2)
        (one,), (other,) = contacts(here), contacts(there)
        edit(here, one.id, {"Title": "Owner"})
        edit(there, other.id, {"Phone": "+49 30 5550100"})
        world.clock.advance(later)

        def once_more() -> None:
            edit(here, one.id, {"Title": "Retired"})
            for line in lines.values():
                line.calls.clear()

        lines[label].then = once_more
        runs(orgs, 3)
        assert lines[label].then is None
        assert titles(orgs) == ["Retired", "Retired"]
        assert "Owner" not in "".join(body for line in lines.values() for body in line.sent)
