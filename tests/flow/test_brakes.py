"""What an org suddenly hides, and clocks that are off, stop the sync before it does harm."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.admin import runs
from bigin_sync.admin.life import Verb
from bigin_sync.admin.modules import turn
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.errors import BrakePulled
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.store import links
from bigin_sync.sync.progress import Report
from tests.flow.two_orgs import TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
NAMES = ("Abara", "Berg", "Cohen", "Dahl")
SIX = tuple(f"Small{number}" for number in range(6))
SOME = tuple(f"Small{number}" for number in range(21))
NINETY = tuple(f"Larger{number}" for number in range(90))


@contextmanager
def synced(names: Sequence[str] = NAMES, **changes: str) -> Iterator[TwoOrgs]:
    """Linked contacts: four, unless others are named."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    with two_orgs(world, clock=world.clock, changes=changes) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": name, "Email": f"{name}@larkspur.example"} for name in names])
        orgs.sync()
        world.clock.advance(600)
        yield orgs


def why(report: Report) -> str:
    """Why contacts were stopped."""
    assert "contacts" in report.stopped, "contacts were not stopped"
    return report.stopped["contacts"].why


def hide(orgs: TwoOrgs) -> list[Row]:
    """Take from the sync's user the right to see any contact of CRM; nothing is called deleted."""
    table = orgs.world.crm.tables["Contacts"]
    return [row for id in list(table.rows) if (row := table.take(id)) is not None]


def test_an_org_that_shows_nothing_any_more_stops_its_module_and_a_release_reads_it_again() -> None:
    with synced(max_gone="2") as orgs:
        hidden = hide(orgs)
        report = work(orgs.room, orgs.iid, why="test", full=True)
        assert why(report).startswith("all 4 linked contact records are gone from Zoho CRM;")
        assert report.writes == 0
        orgs.world.crm.tables["Contacts"].put_many(hidden)
        turn(orgs.room, "contacts", Verb.RELEASE)
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Buyer"})
        orgs.world.clock.advance(60)
        report = orgs.sync()
        assert (report.stopped, report.writes) == ({}, 1)
        assert report.counts["contact"].unchanged >= len(NAMES), "everything was read again"


def standing(orgs: TwoOrgs) -> int:
    """How many links of contacts stand."""
    with orgs.room.db.read() as session:
        return sum(count.linked for count in links.count(session, orgs.iid))


def edit_first(orgs: TwoOrgs, values: Mapping[str, object], *, many: int) -> None:
    """Change so many contacts of Bigin."""
    for row in contacts(orgs.world.bigin)[:many]:
        edit(orgs.world.bigin, row.id, values)


def titles(orgs: TwoOrgs) -> list[object]:
    return [row.values.get("Title") for row in contacts(orgs.world.crm)]


def test_records_that_are_missing_when_they_are_to_be_changed_stop_their_module_before_a_link_is_given_up() -> None:
    with synced(max_gone="2") as orgs:
        hidden = hide(orgs)
        edit_first(orgs, {"Title": "Buyer"}, many=len(NAMES))
        report = orgs.sync()
        assert why(report).startswith("all 4 linked contact records are gone from Zoho CRM;")
        assert (report.writes, standing(orgs)) == (0, len(NAMES))
        orgs.world.crm.tables["Contacts"].put_many(hidden)
        turn(orgs.room, "contacts", Verb.RELEASE)
        orgs.world.clock.advance(60)
        report = orgs.sync()
        assert (report.stopped, report.writes, titles(orgs)) == ({}, len(NAMES), ["Buyer"] * len(NAMES))


def test_what_is_still_missing_after_a_release_is_given_up() -> None:
    with synced(max_gone="2") as orgs:
        hide(orgs)
        edit_first(orgs, {"Title": "Buyer"}, many=len(NAMES))
        orgs.sync()
        turn(orgs.room, "contacts", Verb.RELEASE)
        report = orgs.sync()
        assert (report.stopped, report.counts[CONTACT].parted.total(), standing(orgs)) == ({}, len(NAMES), 0)


def test_what_a_run_found_deleted_counts_with_what_it_finds_missing_later() -> None:
    with synced(max_gone="2") as orgs:
        mine, theirs = contacts(orgs.world.bigin), contacts(orgs.world.crm)
        for row in theirs[:2]:
            delete_record(orgs.world.crm, orgs.world.crm.modules["Contacts"], row.id, by=orgs.world.crm.admin())
        orgs.world.clock.advance(timedelta(minutes=20).total_seconds())
        for row in theirs[2:]:
            orgs.world.crm.tables["Contacts"].take(row.id)
        for row in mine:
            edit(orgs.world.bigin, row.id, {"Title": "Buyer"})
        report = orgs.sync()
        assert why(report).startswith("all 4 linked contact records are gone from Zoho CRM;")
        assert standing(orgs) == 2


def trickle(orgs: TwoOrgs, run: int) -> Report:
    """An hour later fifteen more contacts of Bigin are edited, and a run finds that."""
    orgs.world.clock.advance(3600)
    for row in contacts(orgs.world.bigin)[15 * run : 15 * (run + 1)]:
        edit(orgs.world.bigin, row.id, {"Title": "Buyer"})
    return orgs.sync()


def test_an_org_that_hides_everything_is_found_out_where_only_a_few_records_are_edited_at_a_time() -> None:
    with synced(NINETY) as orgs:
        hidden = hide(orgs)
        assert trickle(orgs, 0).stopped == {}, "fifteen of ninety may well be gone"
        report = trickle(orgs, 1)
        assert why(report).startswith("30 of 90 (33 %) linked contact records are gone from Zoho CRM;")
        assert standing(orgs) == 75
        orgs.world.crm.tables["Contacts"].put_many(hidden)
        turn(orgs.room, "contacts", Verb.RELEASE)
        orgs.world.clock.advance(3600)
        orgs.sync()
        assert standing(orgs) == len(NINETY), "what came back is in sync again"
        assert trickle(orgs, 2).stopped == {}


def test_what_a_person_let_go_counts_no_more_and_neither_does_what_is_longer_ago_than_a_day() -> None:
    with synced(NINETY) as orgs:
        hide(orgs)
        trickle(orgs, 0)
        orgs.world.clock.advance(timedelta(days=1).total_seconds())
        assert trickle(orgs, 1).stopped == {}
        assert trickle(orgs, 2).stopped != {}
        turn(orgs.room, "contacts", Verb.RELEASE)
        orgs.world.clock.advance(60)
        assert (orgs.sync().stopped, standing(orgs)) == ({}, 45)
        assert trickle(orgs, 3).stopped == {}
        assert trickle(orgs, 4).stopped != {}


def test_a_link_that_is_changed_on_both_sides_counts_once() -> None:
    with synced(max_updates="2", max_updates_percent="0") as orgs:
        for org, values in (
            (orgs.world.bigin, {"Title": "Buyer"}),
            (orgs.world.crm, {"Description": "Knows our prices"}),
        ):
            for row in contacts(org)[:2]:
                edit(org, row.id, values)
        report = orgs.sync()
        assert (report.stopped, report.writes) == ({}, 4)
        edit_first(orgs, {"Title": "Director"}, many=3)
        orgs.world.clock.advance(60)
        assert orgs.sync().stopped != {}


def test_what_is_filled_in_where_new_records_meet_counts_as_no_change_of_those_that_are_linked() -> None:
    with synced(max_updates="2", max_updates_percent="0") as orgs:
        for org, values in ((orgs.world.bigin, {"Title": "Buyer"}), (orgs.world.crm, {"Phone": "+49 30 5550101"})):
            org.seed("Contacts", [{"Last_Name": name, "Email": f"{name}@new.example", **values} for name in SIX])
        report = orgs.sync()
        assert (report.stopped, report.counts[CONTACT].linked) == ({}, len(SIX))


def test_what_a_person_let_go_of_one_org_does_not_count_for_the_other() -> None:
    with synced(NINETY) as orgs:
        hide(orgs)
        trickle(orgs, 0)
        for row in contacts(orgs.world.bigin)[40:70]:
            delete_record(orgs.world.bigin, orgs.world.bigin.modules["Contacts"], row.id, by=orgs.world.bigin.admin())
        orgs.world.clock.advance(3600)
        assert "are gone from Bigin" in str(orgs.sync().brake)
        turn(orgs.room, "contacts", Verb.RELEASE)
        orgs.world.clock.advance(60)
        assert (orgs.sync().stopped, standing(orgs)) == ({}, 45)
        assert "30 of 60 (50 %) linked contact records are gone from Zoho CRM" in str(trickle(orgs, 1).brake)


def test_a_plan_that_finds_an_org_emptied_leaves_it_to_the_sync_to_find_the_same() -> None:
    with synced(max_gone="2") as orgs:
        hide(orgs)
        planned = work(orgs.room, orgs.iid, why="test", full=True, dry=True)
        assert planned.brake is not None
        assert orgs.sync().brake == planned.brake


def test_a_clock_that_is_off_stops_the_run_until_it_is_put_right_or_more_is_allowed() -> None:
    with synced() as orgs:
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Buyer"})
        early = ShiftedClock(orgs.world.clock)
        early.advance(timedelta(hours=1).total_seconds())
        room = replace(orgs.room, clock=early)
        with pytest.raises(BrakePulled, match=r"the clock of Bigin is 1:00:00 behind .* Zoho CRM is 1:00:00") as caught:
            runs.sync(room)
        assert "BIGIN_SYNC_CLOCK_TOLERANCE=3660" in caught.value.hint
        run = runs.history(orgs.room, limit=1)[0]
        assert (run.state, run.why, (run.error or "")[:18]) == ("stopped", "by hand", "Nothing is written")
        lenient = orgs.room.settings.model_copy(update={"clock_tolerance": 3660})
        assert runs.sync(replace(room, settings=lenient)).writes == 1


def bin_all(orgs: TwoOrgs) -> None:
    """Somebody deletes every contact of CRM, and it is time to look at what was deleted."""
    for row in contacts(orgs.world.crm):
        delete_record(orgs.world.crm, orgs.world.crm.modules["Contacts"], row.id, by=orgs.world.crm.admin())
    orgs.world.clock.advance(timedelta(minutes=20).total_seconds())


def hide_all(orgs: TwoOrgs) -> None:
    hide(orgs)


@pytest.mark.parametrize("names", [SIX, NINETY], ids=["six", "ninety"])
@pytest.mark.parametrize(("accident", "full"), [(bin_all, False), (hide_all, True)], ids=["deleted", "hidden"])
def test_at_the_defaults_a_small_org_that_is_wholly_gone_stops_its_module(
    names: Sequence[str], accident: Callable[[TwoOrgs], None], full: bool
) -> None:
    with synced(names) as orgs:
        accident(orgs)
        report = work(orgs.room, orgs.iid, why="test", full=full)
        assert why(report).startswith(f"all {len(names)} linked contact records are gone from Zoho CRM;")
        assert standing(orgs) == len(names)


def test_at_the_defaults_a_small_org_of_which_much_is_gone_stops_its_module() -> None:
    with synced(NINETY) as orgs:
        hide(orgs)
        edit_first(orgs, {"Title": "Buyer"}, many=30)
        report = orgs.sync()
        assert why(report).startswith("30 of 90 (33 %) linked contact records are gone from Zoho CRM;")
        assert standing(orgs) == len(NINETY)


def test_at_the_defaults_a_small_org_of_which_a_field_is_emptied_stops_its_module() -> None:
    with synced(NINETY) as orgs:
        edit_first(orgs, {"Email": None}, many=30)
        report = orgs.sync()
        assert why(report).startswith("this run would empty 30 fields of the 90 linked contact records in ")
        assert report.writes == 0


@pytest.mark.parametrize("values", [{"Email": None}, {"Title": "Buyer"}], ids=["emptied", "changed"])
def test_at_the_defaults_a_small_org_of_which_every_record_is_changed_stops_its_module(
    values: Mapping[str, object],
) -> None:
    with synced(SOME) as orgs:
        edit_first(orgs, values, many=len(SOME))
        report = orgs.sync()
        assert "this run would change all 21 linked contact records in " in why(report)
        assert report.writes == 0


def test_at_the_defaults_a_handful_of_records_may_all_be_changed_and_all_be_deleted() -> None:
    with synced(SIX[:5]) as orgs:
        edit_first(orgs, {"Title": "Buyer"}, many=6)
        assert orgs.sync().writes == 5
        bin_all(orgs)
        report = orgs.sync()
        assert (report.stopped, report.counts[CONTACT].parted.total()) == ({}, 5)


def a_released_run(orgs: TwoOrgs, fault: Fault) -> None:
    """A module is stopped and let go on, and in the run that passes the brakes CRM fails each time."""
    orgs.world.clock.advance(60)
    assert orgs.sync().stopped
    turn(orgs.room, "contacts", Verb.RELEASE)
    orgs.world.faults.add(fault)
    report = orgs.sync()
    assert (report.stopped, report.writes) == ({}, 0)
    assert fault.struck
    orgs.world.faults.clear()
    orgs.world.clock.advance(timedelta(minutes=10).total_seconds())


def gateway(method: str) -> Fault:
    """Every write of this sort ends at a gateway: nobody knows what became of it."""
    return Fault(kind="html_502", product="crm", method=method, path="/Contacts$", times=0)


def test_changes_that_were_let_go_on_and_failed_are_tried_again_without_being_stopped_once_more() -> None:
    with synced(SIX, max_all_changed="5") as orgs:
        edit_first(orgs, {"Title": "Buyer"}, many=6)
        a_released_run(orgs, gateway("PUT"))
        report = orgs.sync()
        assert (report.stopped, report.writes) == ({}, 6)


def test_new_records_that_were_let_go_on_and_failed_are_tried_again_without_being_stopped_once_more() -> None:
    with synced(max_creates="2") as orgs:
        orgs.world.bigin.seed("Contacts", [{"Last_Name": name} for name in SIX])
        a_released_run(orgs, gateway("POST"))
        report = orgs.sync()
        assert (report.stopped, report.writes) == ({}, 6)


def test_what_was_let_go_on_and_failed_is_counted_again_once_it_is_edited() -> None:
    with synced(SIX, max_all_changed="5") as orgs:
        edit_first(orgs, {"Title": "Buyer"}, many=6)
        a_released_run(orgs, gateway("PUT"))
        edit_first(orgs, {"Title": "Head buyer"}, many=6)
        report = orgs.sync()
        assert why(report).startswith("this run would change all 6 linked contact records in ")
