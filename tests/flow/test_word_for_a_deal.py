"""What a Bigin org calls the module of a deal in links is learned from its own records, and written so from then on."""

from collections.abc import Callable, Iterator

import pytest

from bigin_sync.admin import problems
from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.world import World
from tests.flow.two_orgs import TwoOrgs, connect_both, opened

pytestmark = pytest.mark.usefixtures("each_database")

WORDS = ("Deals", "Pipelines")
MODULES = ("contacts", "pipelines", "activities", "notes")

Begin = Callable[[str, bool], TwoOrgs]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Two orgs with the same deal and, in CRM, a task and a note of it; Bigin takes one word for it and no other."""
    world = World.default(ShiftedClock())
    with opened(world, clock=world.clock) as room:

        def both(word: str, said: bool) -> TwoOrgs:
            world.bigin.switches.turn({"deal_word": word, "either_deal_word": False})
            (deal,) = world.crm.seed("Deals", [{"Deal_Name": "Lathe", "Stage": "Qualification"}])
            belongs = {"What_Id": deal, "$se_module": "Deals"}
            world.crm.seed("Tasks", [{"Subject": "Ring", **belongs}])
            world.crm.seed("Notes", [{"Note_Content": "Asks for two", "Parent_Id": deal, "$se_module": "Deals"}])
            (lathe,) = world.bigin.seed("Pipelines", [{"Deal_Name": "Lathe", "Stage": "Qualification"}])
            if said:
                say(world, lathe)
            connect_both(room)
            orgs = TwoOrgs(world, room, room.integration())
            for name in MODULES:
                configure(room, name)
                activate(room, name)
                orgs.sync()
            return orgs

        yield both


def say(world: World, deal: str) -> None:
    """People of Bigin make a task and a note of a deal."""
    link = "Related_To" if "Related_To" in world.bigin.modules["Tasks"].fields else "What_Id"
    world.bigin.seed("Tasks", [{"Subject": "Send the offer", link: deal, "$se_module": "Pipelines"}])
    world.bigin.seed("Notes", [{"Note_Content": "Likes it", "Parent_Id": deal, "$se_module": "Pipelines"}])


def arrived(orgs: TwoOrgs) -> set[str]:
    """What hangs on a deal in Bigin."""
    rows = [row for name in ("Tasks", "Notes") for row in orgs.world.bigin.tables[name].rows.values()]
    on_deals = [row.values for row in rows if row.values.get("$se_module") == "Pipelines"]
    return {str(values.get("Subject") or values.get("Note_Content")) for values in on_deals}


@pytest.mark.parametrize("word", WORDS)
def test_what_belongs_to_a_deal_is_written_in_the_word_that_the_org_itself_uses(begin: Begin, word: str) -> None:
    orgs = begin(word, True)
    assert problems.listing(orgs.room) == []
    assert arrived(orgs) == {"Ring", "Asks for two", "Send the offer", "Likes it"}


@pytest.mark.long
def test_a_word_that_nobody_could_know_is_learned_later_and_what_was_refused_is_written_then(begin: Begin) -> None:
    orgs = begin("Pipelines", False)
    assert {line.record for line in problems.listing(orgs.room)} == {"Ring", "Asks for two"}
    assert arrived(orgs) == set()
    (lathe,) = orgs.world.bigin.tables["Pipelines"].rows
    say(orgs.world, lathe)
    orgs.world.clock.advance(25 * 3600)
    orgs.sync()
    assert problems.listing(orgs.room) == []
    assert arrived(orgs) == {"Ring", "Asks for two", "Send the offer", "Likes it"}


@pytest.mark.long
def test_a_word_once_learned_outlives_the_records_that_told_it(begin: Begin) -> None:
    orgs = begin("Pipelines", True)
    table = orgs.world.bigin.tables["Notes"]
    for id in list(table.rows):
        table.take(id)
    orgs.world.clock.advance(25 * 3600)
    (deal,) = orgs.world.crm.tables["Deals"].rows
    orgs.world.crm.seed("Notes", [{"Note_Content": "Now three", "Parent_Id": deal, "$se_module": "Deals"}])
    orgs.sync()
    assert problems.listing(orgs.room) == []
    assert "Now three" in arrived(orgs)
