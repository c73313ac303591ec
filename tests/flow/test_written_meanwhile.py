"""What a person decides while a run is under way holds, though the run was decided before."""

from collections.abc import Callable

import httpx
import pytest

from bigin_sync.admin import conflicts, modules, reconfigure
from bigin_sync.admin.life import Verb
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from tests.flow.test_edits_in_between import NINE
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, titles, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")


class Written(httpx.BaseTransport):
    """A line on which something happens right after a call of this method took effect, before the sync hears so."""

    method = "PUT"

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.then: Callable[[], object] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if request.method == self.method and self.then is not None:
            then, self.then = self.then, None
            then()
        return response


@pytest.fixture
def world() -> World:
    return World.default(ShiftedClock(FixedClock(NINE)))


@pytest.fixture
def line(world: World) -> Written:
    return Written(world)


def after(orgs: TwoOrgs, *seconds: int) -> None:
    """A run, so many seconds later each."""
    for some in seconds:
        orgs.world.clock.advance(some)
        orgs.sync()


def change(org: Org, module: str, values: dict[str, object]) -> None:
    """A person changes the only record of a module."""
    table = org.tables[module]
    (row,) = table.rows.values()
    person = next(user for user in org.users if user != org.admin_id)
    table.change(row, values, modified=org.now(), modified_by=person)


def test_a_question_that_is_answered_while_its_record_is_written_is_not_asked_again(
    world: World, line: Written
) -> None:
    lines = dict.fromkeys(LABELS, line)
    with two_orgs(world, clock=world.clock, transports=lines, changes={"strategy": "ask"}) as orgs:
        (id,) = world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
        after(orgs, 0, 300)
        edit(world.bigin, id, {"Title": "Owner"})
        edit(world.crm, contacts(world.crm)[0].id, {"Title": "Retired"})
        after(orgs, 60)
        (question,) = conflicts.listing(orgs.room)

        edit(world.bigin, id, {"Phone": "+49 30 23125 031"})
        line.then = lambda: conflicts.resolve(orgs.room, question.id, "bigin")
        after(orgs, 60, 60)
        assert line.then is None
        assert titles(orgs) == ["Owner", "Owner"]
        assert not conflicts.listing(orgs.room)


def test_a_strategy_that_is_chosen_while_a_run_is_under_way_is_that_of_the_next_one(
    world: World, line: Written
) -> None:
    lines = dict.fromkeys(LABELS, line)
    with two_orgs(world, clock=world.clock, transports=lines) as orgs:
        orgs.sync()
        modules.configure(orgs.room, "pipelines")
        modules.activate(orgs.room, "pipelines")
        world.crm.seed("Deals", [{"Deal_Name": "Lathe", "Stage": "Qualification", "Amount": 100}])
        after(orgs, 0, 300)

        def taken_up() -> None:
            modules.turn(orgs.room, "pipelines", Verb.DISABLE)
            change(world.bigin, "Pipelines", {"Amount": 200})
            change(world.crm, "Deals", {"Amount": 300})
            reconfigure.take_up(orgs.room, "pipelines", strategy="ask")

        change(world.bigin, "Pipelines", {"Description": "asks for two"})
        line.then = taken_up
        after(orgs, 60, 60, 600)
        assert line.then is None
        assert [one.field for one in conflicts.listing(orgs.room)] == ["Amount"]


def test_a_first_sync_that_is_paused_while_its_brake_is_pulled_is_a_first_sync_still(
    world: World, line: Written
) -> None:
    lines, changes = dict.fromkeys(LABELS, line), {"max_first_creates": "1"}
    with two_orgs(world, clock=world.clock, transports=lines, changes=changes) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(5)])
        line.then, line.method = lambda: modules.turn(orgs.room, "contacts", Verb.PAUSE), "POST"
        assert "contacts" in orgs.sync().stopped
        assert line.then is None
        assert modules.turn(orgs.room, "contacts", Verb.RESUME).state == "first sync"
