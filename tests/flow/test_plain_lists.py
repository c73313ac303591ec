"""A sync between orgs whose lists heed neither `ids=` nor `If-Modified-Since`, with more records than a page shows."""

from collections.abc import Iterator

import pytest

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.world import World
from tests.flow.two_orgs import TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

MANY = 250
CHANGES = {"Title": "Buyer", "Description": "Back in May"}


@pytest.fixture(params=["ids", "modified_since"])
def orgs(request: pytest.FixtureRequest) -> Iterator[TwoOrgs]:
    """Two orgs in sync, both with this switch off."""
    world = World.default(ShiftedClock())
    people = [{"Last_Name": f"Weber {number}", "Email": f"w{number}@weber.example"} for number in range(MANY)]
    for org in (world.bigin, world.crm):
        org.seed("Contacts", people)
        org.switches.turn({request.param: False})
    world.clock.advance(600)
    with two_orgs(world, clock=world.clock) as both:
        both.sync()
        world.clock.advance(600)
        yield both


@pytest.mark.parametrize("label", ["bigin", "crm"])
def test_an_edit_of_the_oldest_record_crosses(orgs: TwoOrgs, label: str) -> None:
    here = orgs.world.org(label)
    edit(here, contacts(here)[0].id, CHANGES)
    report = orgs.sync()
    assert report.writes == 1
    for org in (orgs.world.bigin, orgs.world.crm):
        changed = [row for row in contacts(org) if row.values.get("Title")]
        assert [row.values["Email"] for row in changed] == ["w0@weber.example"]
        assert CHANGES.items() <= changed[0].values.items()


def test_an_idle_run_reads_one_page_of_a_kind(orgs: TwoOrgs) -> None:
    orgs.sync()
    orgs.world.clock.advance(600)
    orgs.world.calls.clear()
    orgs.sync()
    read = {who: orgs.world.calls[who, "list"] + orgs.world.calls[who, "coql"] for who in ("bigin", "crm")}
    assert read == {"bigin": 2, "crm": 2}
