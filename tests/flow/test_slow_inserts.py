"""An insert whose connection broke may take effect later: it is waited for, and nobody is made twice."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.admin import conflicts, problems
from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.store import journal
from bigin_sync.sync.progress import Aside, Report
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


class SlowLine(httpx.BaseTransport):
    """A line on which the first insert into a module is not answered; the insert itself waits to be let in."""

    def __init__(self, world: World, module: str = "Contacts") -> None:
        self._inner = mock_transport(world)
        self._module = module
        self._late: httpx.Request | None = None
        self.inserts = 0
        self.after: Callable[[httpx.Request], bool] = lambda _request: False
        """A request after whose answer the insert takes effect by itself."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith(f"/{self._module}"):
            self.inserts += 1
            if self.inserts == 1:
                self._late = request
                raise httpx.ReadTimeout("too slow", request=request)
        response = self._inner.handle_request(request)
        if self._late is not None and self.after(request):
            self.let_in()
        return response

    def let_in(self) -> None:
        """The insert takes effect at last."""
        assert self._late is not None
        self._inner.handle_request(self._late)
        self._late = None


@contextmanager
def slow(*, company: str | None = None) -> Iterator[tuple[TwoOrgs, SlowLine]]:
    """One contact without a match key in Bigin, maybe of a company, and a first run whose insert was not answered."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = SlowLine(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        weber = {"Last_Name": "Weber", "Title": "Buyer"}
        if company is not None:
            (weber["Account_Name"],) = world.bigin.seed("Accounts", [{"Account_Name": company}])
        world.bigin.seed("Contacts", [weber])
        assert orgs.sync().counts[CONTACT].aside(Aside.WAITING) == 1
        yield orgs, line


def later(orgs: TwoOrgs, seconds: float) -> Report:
    """A run so many seconds later."""
    orgs.world.clock.advance(seconds)
    return orgs.sync()


def names(orgs: TwoOrgs) -> tuple[list[object], list[object]]:
    """The titles of all contacts, on both sides."""
    here, there = ([row.values["Title"] for row in contacts(org)] for org in (orgs.world.bigin, orgs.world.crm))
    return here, there


def test_an_insert_that_takes_effect_after_the_next_run_has_looked_is_not_made_twice() -> None:
    with slow() as (orgs, line):
        assert later(orgs, 5).writes == 0
        line.let_in()
        later(orgs, 30)
        assert later(orgs, 600).writes == 0
        assert names(orgs) == (["Buyer"], ["Buyer"])
        assert line.inserts == 1


def test_an_insert_that_never_arrives_is_made_again_but_not_too_soon() -> None:
    with slow() as (orgs, _):
        assert later(orgs, 60).writes == 0
        assert later(orgs, 60).counts[CONTACT].aside(Aside.WAITING) == 1
        assert later(orgs, 60).writes == 1
        assert later(orgs, 600).writes == 0
        assert names(orgs) == (["Buyer"], ["Buyer"])


def test_a_late_insert_that_is_read_before_it_is_found_is_not_copied_back() -> None:
    with slow() as (orgs, line):
        line.after = lambda request: b"Created_Time >=" in request.content
        assert later(orgs, 5).writes == 0
        assert len(contacts(orgs.world.crm)) == 1
        later(orgs, 30)
        assert later(orgs, 600).writes == 0
        assert names(orgs) == (["Buyer"], ["Buyer"])
        assert line.inserts == 1


def test_the_copy_of_a_record_that_was_found_deleted_meanwhile_is_not_carried_back() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = SlowLine(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        orgs.sync()
        world.clock.advance(870)
        (id,) = world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        orgs.sync()
        delete_record(world.bigin, world.bigin.module("Contacts"), id, by=world.bigin.admin())
        later(orgs, 60)
        line.let_in()
        for seconds in (30, 600, 3600):
            assert later(orgs, seconds).writes == 0
        assert names(orgs) == ([], ["Buyer"])


def test_an_edit_made_before_the_lost_copy_is_found_crosses() -> None:
    with slow() as (orgs, line):
        (weber,) = contacts(orgs.world.bigin)
        orgs.world.clock.advance(10)
        edit(orgs.world.bigin, weber.id, {"Title": "Head of purchasing"})
        later(orgs, 10)
        line.let_in()
        later(orgs, 10)
        assert later(orgs, 600).writes == 0
        assert names(orgs) == (["Head of purchasing"], ["Head of purchasing"])
        assert line.inserts == 1


def test_edits_made_before_the_lost_copy_is_found_cross_though_one_of_them_can_not() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = SlowLine(world, "Pipelines")
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        orgs.sync()
        configure(orgs.room, "pipelines")
        activate(orgs.room, "pipelines")
        orgs.sync()
        world.clock.advance(3600)
        (id,) = world.crm.seed("Deals", [{"Deal_Name": "Lathe", "Stage": "Qualification", "Amount": 100}])
        orgs.sync()
        world.clock.advance(10)
        change(world.crm, "Deals", id, {"Deal_Name": "Big lathe", "Amount": 200, "Stage": "Value Proposition"})
        later(orgs, 10)
        line.let_in()
        later(orgs, 10)
        assert [problem.record for problem in problems.listing(orgs.room)]
        change(world.crm, "Deals", id, {"Stage": "Needs Analysis"})
        later(orgs, 600)
        (here,) = world.bigin.tables["Pipelines"].rows.values()
        assert [here.values[name] for name in ("Deal_Name", "Amount", "Stage")] == ["Big lathe", 200, "Needs Analysis"]
        assert problems.listing(orgs.room) == []
        assert later(orgs, 600).writes == 0


def test_a_company_given_before_the_lost_copy_is_found_crosses_once_it_is_linked() -> None:
    with slow() as (orgs, line):
        world = orgs.world
        world.clock.advance(10)
        world.crm.seed("Accounts", [{"Account_Name": "Nord"}, {"Account_Name": "Nord"}])
        (company,) = world.bigin.seed("Accounts", [{"Account_Name": "Nord"}])
        (weber,) = contacts(world.bigin)
        edit(world.bigin, weber.id, {"Account_Name": company})
        later(orgs, 10)
        line.let_in()
        later(orgs, 10)
        question = next(one for one in conflicts.listing(orgs.room) if "Bigin" in one.record)
        conflicts.resolve(orgs.room, question.id, question.answers[0])
        later(orgs, 10)
        assert contacts(world.crm)[0].values["Account_Name"] is not None
        assert later(orgs, 600).writes == 0


def test_a_creation_that_an_earlier_version_has_sent_is_found_all_the_same() -> None:
    with slow(company="Nord") as (orgs, line):
        with orgs.room.db.write() as session:
            (step,) = journal.open_intents(session, orgs.iid)
            assert step.line.payload["source"]
            journal.revise(session, {step.id: {**step.line.payload, "source": {}}})
        line.let_in()
        later(orgs, 10)
        assert later(orgs, 600).writes == 0
        assert names(orgs) == (["Buyer"], ["Buyer"])
        assert line.inserts == 1


def change(org: Org, module: str, id: str, values: Mapping[str, object]) -> None:
    """Change a record as a person of the org who is not the one behind the sync."""
    table, person = org.tables[module], next(user for user in org.users if user != org.admin_id)
    table.change(table.rows[id], dict(values), modified=org.now(), modified_by=person)


def test_what_a_person_adds_meanwhile_under_the_same_account_is_synced_once_all_is_clear() -> None:
    with slow() as (orgs, line):
        orgs.world.clock.advance(10)
        orgs.world.crm.seed("Contacts", [{"Last_Name": "Abara", "Title": "Owner"}])
        later(orgs, 10)
        line.let_in()
        later(orgs, 10)
        later(orgs, 10)
        assert later(orgs, 600).writes == 0
        assert [sorted(map(str, side)) for side in names(orgs)] == [["Buyer", "Owner"]] * 2
