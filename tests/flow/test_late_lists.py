"""An org whose lists and queries are answered from a copy that is a little behind loses nothing and doubles nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.world import World
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, two_orgs

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
LAG = 60
HOUR = 3_600


@contextmanager
def synced(*, queries: bool = True, strategy: str = "latest") -> Iterator[TwoOrgs]:
    """A contact that both orgs have and nobody has touched for an hour. queries: whether COQL is allowed."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    if not queries:
        world.faults.add(Fault(kind="refuse", path="/coql$", status=401, code="OAUTH_SCOPE_MISMATCH", times=0))
    world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
    with two_orgs(world, clock=world.clock, changes={"strategy": strategy}) as orgs:
        for _ in range(2):
            orgs.sync()
            world.clock.advance(HOUR)
        assert (("bigin", "coql") in world.calls) == queries
        yield orgs


def titles(orgs: TwoOrgs, label: str) -> dict[object, object]:
    """The title of every contact of one org, none of whom is there twice."""
    rows = contacts(orgs.world.org(label))
    found = {row.values["Last_Name"]: row.values.get("Title") for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("queries", [True, False], ids=["queries", "lists"])
@pytest.mark.parametrize("late", LABELS)
def test_what_a_side_shows_only_after_the_run_crosses_with_the_next_one_and_once(late: str, queries: bool) -> None:
    with synced(queries=queries) as orgs:
        (other,) = (label for label in LABELS if label != late)
        org = orgs.world.org(late)
        org.switches.turn({"read_lag": LAG})
        edit(org, contacts(org)[0].id, {"Title": "Head of purchasing"})
        org.seed("Contacts", [{"Last_Name": "Winter", "Title": "Clerk"}])
        orgs.world.clock.advance(LAG // 2)
        assert orgs.sync().writes == 0
        assert titles(orgs, other) == {"Weber": "Buyer"}, "the lag is over, so nothing was tried"
        orgs.world.clock.advance(LAG)
        assert orgs.sync().writes == 2
        orgs.world.clock.advance(LAG)
        assert orgs.sync().writes == 0
        both = {"Weber": "Head of purchasing", "Winter": "Clerk"}
        assert titles(orgs, late) == titles(orgs, other) == both


@pytest.mark.parametrize("late", LABELS)
def test_what_our_own_write_replaced_is_no_edit_though_lists_show_it_once_more(late: str) -> None:
    with synced() as orgs:
        (other,) = (label for label in LABELS if label != late)
        orgs.world.org(late).switches.turn({"read_lag": LAG})
        for label in (late, other):
            org = orgs.world.org(label)
            edit(org, contacts(org)[0].id, {"Title": f"Named in {label}"})
            for _ in range(4):
                orgs.world.clock.advance(LAG // 3)
                orgs.sync()
        assert titles(orgs, late) == titles(orgs, other) == {"Weber": f"Named in {other}"}


def edited_twice(orgs: TwoOrgs) -> None:
    """Two edits in Bigin, the second of which comes when the CRM org does not show yet what was made of the first."""
    for title in ("Head of purchasing", "Owner"):
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": title})
        orgs.world.clock.advance(2)
        orgs.sync()
        orgs.world.clock.advance(LAG // 6)


def later(orgs: TwoOrgs, *pauses: int) -> None:
    for seconds in pauses:
        orgs.world.clock.advance(seconds)
        orgs.sync()


@pytest.mark.parametrize("strategy", ["skip", "ask"])
def test_a_late_answer_to_the_last_look_before_an_update_is_no_edit(strategy: str) -> None:
    with synced(strategy=strategy) as orgs:
        orgs.world.crm.switches.turn({"read_lag": LAG})
        edited_twice(orgs)
        later(orgs, LAG, LAG)
        assert [titles(orgs, label) for label in LABELS] == [{"Weber": "Owner"}] * 2
        assert conflicts.listing(orgs.room) == []
        assert orgs.sync().writes == 0


def test_what_a_late_answer_to_the_last_look_hides_is_not_overwritten() -> None:
    with synced(strategy="crm") as orgs:
        orgs.world.crm.switches.turn({"read_lag": LAG})
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Head of purchasing"})
        orgs.world.clock.advance(2)
        orgs.sync()
        orgs.world.clock.advance(5)
        edit(orgs.world.crm, contacts(orgs.world.crm)[0].id, {"Title": "Retired"})
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Owner"})
        later(orgs, 5, LAG, LAG)
        assert [titles(orgs, label) for label in LABELS] == [{"Weber": "Retired"}] * 2


def test_an_org_whose_times_went_back_long_ago_is_written_all_the_same() -> None:
    with synced() as orgs:
        crm, (row,) = orgs.world.crm.tables["Contacts"], contacts(orgs.world.crm)
        crm.change(row, {}, modified=int(NINE.timestamp()) - 24 * HOUR, modified_by=orgs.world.crm.admin_id)
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Owner"})
        later(orgs, 5)
        assert titles(orgs, "crm") == {"Weber": "Owner"}
