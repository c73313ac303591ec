"""The database is gone, or is yesterday's again: nothing is doubled, and nothing is overwritten unseen."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from bigin_sync.admin import preview, runs
from bigin_sync.admin.disconnect import disconnect
from bigin_sync.admin.lines import WriteLine
from bigin_sync.admin.modules import activate, configure
from bigin_sync.admin.next_step import next_step
from bigin_sync.admin.status import status
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.errors import BrakePulled, NotConnected, UnknownSetting
from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import alive
from bigin_sync.jobs.work import work
from bigin_sync.settings import load_settings
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.sync.progress import Report
from tests import databases
from tests.flow.two_orgs import TwoOrgs, connect_both, contacts, edit, forget, opened

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
DAY = 24 * 3600

PEOPLE = (
    {"Last_Name": "Abendroth", "First_Name": "Ida", "Email": "ida@people.example", "Title": "Buyer"},
    {"Last_Name": "Brandt", "Phone": "+49 30 5550101", "Title": "Driver"},
    {"Last_Name": "Castellan", "First_Name": "Leo", "Title": "Clerk"},
)
"""Known again by e-mail, by phone and last name, and by nothing but the name."""


@pytest.fixture
def world() -> World:
    """Two orgs, and three people who are only in the Bigin one."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    world.bigin.seed("Contacts", [dict(person) for person in PEOPLE])
    return world


@contextmanager
def standing(world: World) -> Iterator[TwoOrgs]:
    """The two orgs with what the database knows of them; set up anew where it knows nothing."""
    with opened(world, clock=world.clock) as room:
        try:
            room.connected()
        except NotConnected:
            connect_both(room)
            configure(room, "contacts")
            activate(room, "contacts")
        yield TwoOrgs(world, room, room.integration())


def restore(backup: str) -> None:
    forget()
    databases.copy(backup, to=load_settings().database_url)


def back_up(path: Path) -> str:
    """The address of a copy in a file, made while nothing uses the database."""
    backup = f"sqlite:///{path}"
    databases.copy(load_settings().database_url, to=backup)
    return backup


def sync(world: World, *, after: float = 3600, restored: bool = False) -> Report:
    """A run of a program that is started for it, so much later."""
    world.clock.advance(after)
    with standing(world) as orgs:
        return work(orgs.room, orgs.iid, why="test", restored=restored)


def plan(world: World) -> list[WriteLine]:
    """The plan that a program makes which is started for it."""
    with standing(world) as orgs:
        return list(preview.lines(orgs.room, preview.plan(orgs.room).run_id))


def sync_as_planned(world: World, *, after: float = 3600) -> Report:
    """What somebody does with a database that was restored or lost: the plan is looked at, and then written."""
    plan(world)
    return sync(world, after=after, restored=True)


def named(org: Org, last_name: str) -> Row:
    (row,) = (row for row in contacts(org) if row.values["Last_Name"] == last_name)
    return row


def names(org: Org) -> list[object]:
    return [row.values["Last_Name"] for row in contacts(org)]


def both(world: World) -> tuple[Org, Org]:
    return world.bigin, world.crm


def overwritten(room: Room, report: Report) -> set[tuple[str, object]]:
    """Record and value, for each value that this run wrote another one over, as the journal keeps them."""
    lines = [line for line in runs.writes(room, report.run_id) if line.action in ("update", "merge")]
    return {(line.record, each.before) for line in lines for each in line.fields if each.before is not None}


def test_without_its_database_the_program_writes_nothing_where_nothing_was_changed(world: World) -> None:
    sync(world)
    forget()
    report = sync_as_planned(world, after=DAY)
    assert (report.writes, report.clean) == (0, True)
    assert sum(counts.linked for counts in report.counts.values()) == len(PEOPLE)
    assert [names(org) for org in both(world)] == [[person["Last_Name"] for person in PEOPLE]] * 2


def test_without_its_database_it_settles_as_at_a_first_meeting_shown_first_and_keeps_what_it_overwrites(
    world: World,
) -> None:
    sync(world)
    world.clock.advance(3600)
    edit(world.bigin, named(world.bigin, "Abendroth").id, {"Title": "Head of buying"})
    world.clock.advance(60)
    edit(world.crm, named(world.crm, "Abendroth").id, {"Description": "Knows our prices"})
    edit(world.crm, named(world.crm, "Brandt").id, {"Title": "Dispatcher"})
    forget()
    world.clock.advance(DAY)
    before = [[dict(row.values) for row in contacts(org)] for org in both(world)]
    for restored in (False, True):
        with pytest.raises(BrakePulled, match="another database") as caught:
            sync(world, restored=restored)
        assert "First: bigin-sync plan" in caught.value.hint
    assert sorted(line.action for line in plan(world)) == ["link"] * len(PEOPLE) + ["update"] * 2
    with pytest.raises(BrakePulled, match="another database"):
        sync(world)
    assert [[dict(row.values) for row in contacts(org)] for org in both(world)] == before
    report = sync(world, restored=True)
    with standing(world) as orgs:
        assert overwritten(orgs.room, report) == {("Ida Abendroth", "Head of buying"), ("Brandt", "Driver")}
    assert [names(org) for org in both(world)] == [[person["Last_Name"] for person in PEOPLE]] * 2


def test_yesterdays_database_is_left_alone_until_somebody_has_seen_the_plan(world: World, tmp_path: Path) -> None:
    sync(world)
    backup = back_up(tmp_path / "yesterday.db")
    sync(world)
    restore(backup)
    edit(world.bigin, named(world.bigin, "Abendroth").id, {"Title": "Head of buying"})
    for restored in (False, True, False):
        with pytest.raises(BrakePulled, match="older than the last run") as caught:
            sync(world, restored=restored)
        assert "First: bigin-sync plan" in caught.value.hint
    assert [line.action for line in plan(world)] == ["update"]
    with pytest.raises(BrakePulled) as caught:
        sync(world)
    assert "bigin-sync sync --restored" in caught.value.hint
    assert [sync(world, restored=True).writes, sync(world).writes] == [1, 0]


def test_without_its_database_each_module_is_shown_first_when_its_turn_comes(world: World) -> None:
    sync(world)
    forget()
    world.clock.advance(DAY)
    sync_as_planned(world)
    with standing(world) as orgs:
        configure(orgs.room, "pipelines")
        activate(orgs.room, "pipelines")
        preview.plan(orgs.room, ["contacts"])
        assert work(orgs.room, orgs.iid, why="test", modules=["contacts"]).clean
        with alive(orgs.room, orgs.iid) as vital:
            keeper = Keeper(orgs.room, orgs.iid, bounds=Bounds(60, 60), vital=vital, stop=Event())
            assert [keeper.look() is None for _ in range(2)] == [False, True]
            assert keeper.rest() is None, "contacts go on"
        assert any("bigin-sync sync --restored" in notice.text for notice in status(orgs.room).notices)
    with pytest.raises(BrakePulled, match="no plan of all"):
        sync(world, restored=True)
    assert [sync_as_planned(world).clean, sync(world).clean] == [True, True]


def test_the_right_database_that_is_put_back_after_a_new_one_goes_on_by_itself(world: World, tmp_path: Path) -> None:
    sync(world)
    right = back_up(tmp_path / "right.db")
    forget()
    world.clock.advance(DAY)
    plan(world)
    restore(right)
    assert sync(world).writes == 0


def test_a_daemon_leaves_a_new_database_alone_and_says_what_to_type(world: World) -> None:
    sync(world)
    forget()
    world.clock.advance(DAY)
    with standing(world) as orgs, alive(orgs.room, orgs.iid) as vital:
        keeper = Keeper(orgs.room, orgs.iid, bounds=Bounds(60, 60), vital=vital, stop=Event())
        assert keeper.look() is None
        rest = keeper.rest()
        assert rest is not None
        assert "bigin-sync plan" in rest.why
        assert "bigin-sync sync --restored" in rest.why
        assert [notice.text for notice in status(orgs.room).notices] == [rest.why]
        assert "bigin-sync plan" in next_step(orgs.room)


def test_orgs_that_were_let_go_on_purpose_are_set_up_anew_without_a_question(world: World) -> None:
    sync(world)
    with standing(world) as orgs:
        disconnect(orgs.room)
    forget()
    assert [sync(world).writes, sync(world).writes] == [0, 0]
    forget()
    with pytest.raises(BrakePulled):
        sync(world)


def test_other_orgs_are_set_up_in_the_same_folder_without_a_question(world: World) -> None:
    sync(world)
    forget()
    note = load_settings().home / LAST_RUN
    told = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**told, "orgs": [told["orgs"][0], "4711"]}), encoding="utf-8")
    assert sync(world).clean


def test_a_note_of_an_earlier_version_is_understood(world: World, tmp_path: Path) -> None:
    sync(world)
    old = back_up(tmp_path / "old.db")
    sync(world)
    note = load_settings().home / LAST_RUN
    told = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({"integration": told["integration"], "fence": told["fence"], "older": None}), "utf-8")
    restore(old)
    with pytest.raises(BrakePulled, match="older than the last run"):
        sync(world)


def test_a_note_of_the_last_run_that_is_no_note_is_made_anew(world: World) -> None:
    sync(world)
    note = load_settings().home / LAST_RUN
    for rubbish in (
        "",
        "[]",
        "{",
        '{"fence": 1}',
        note.read_text(encoding="utf-8").replace('"fence":', '"fence":"2","was":'),
    ):
        note.write_text(rubbish, encoding="utf-8")
        assert sync(world).writes == 0
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    note.unlink()
    assert sync(world).writes == 0
    assert note.exists()


def test_the_right_database_that_is_put_back_after_an_older_one_goes_on_by_itself(world: World, tmp_path: Path) -> None:
    sync(world)
    old = back_up(tmp_path / "old.db")
    sync(world)
    sync(world)
    right = back_up(tmp_path / "right.db")
    restore(old)
    with pytest.raises(BrakePulled):
        sync(world)
    restore(right)
    assert [sync(world).writes, sync(world).writes] == [0, 0]


def test_an_older_database_stays_one_however_often_it_is_tried(world: World, tmp_path: Path) -> None:
    sync(world)
    old = back_up(tmp_path / "old.db")
    sync(world)
    restore(old)
    for _ in range(5):
        with pytest.raises(BrakePulled):
            sync(world)


def test_that_a_database_was_restored_must_be_noted(world: World, tmp_path: Path) -> None:
    sync(world)
    old = back_up(tmp_path / "old.db")
    sync(world)
    restore(old)
    plan(world)
    note = load_settings().home / LAST_RUN
    note.unlink()
    note.mkdir()
    with pytest.raises(UnknownSetting, match="can't be noted"):
        sync(world, restored=True)
    assert [file.name for file in note.parent.glob("last-run*")] == [LAST_RUN]
    note.rmdir()
    assert sync(world, restored=True).writes == 0


def test_yesterdays_database_takes_up_the_records_it_made_since(world: World, tmp_path: Path) -> None:
    sync(world)
    backup = back_up(tmp_path / "yesterday.db")
    for number, email in enumerate(("new@people.example", None)):
        world.bigin.seed("Contacts", [{"Last_Name": f"Newcomer {number}", **({"Email": email} if email else {})}])
    world.crm.seed("Contacts", [{"Last_Name": "Otherside", "Email": "other@people.example"}])
    sync(world)
    restore(backup)
    report = sync_as_planned(world, after=DAY)
    assert (report.writes, report.clean) == (0, True)
    assert [sorted(map(str, names(org))) for org in both(world)] == [
        ["Abendroth", "Brandt", "Castellan", "Newcomer 0", "Newcomer 1", "Otherside"]
    ] * 2


def test_yesterdays_database_calls_a_change_on_both_sides_a_conflict(world: World, tmp_path: Path) -> None:
    sync(world)
    backup = back_up(tmp_path / "yesterday.db")
    edit(world.bigin, named(world.bigin, "Brandt").id, {"Title": "Lorry driver"})
    sync(world)
    world.clock.advance(60)
    edit(world.crm, named(world.crm, "Brandt").id, {"Title": "Dispatcher"})
    edit(world.bigin, named(world.bigin, "Brandt").id, {"Description": "Night shift"})
    restore(backup)
    report = sync_as_planned(world, after=DAY)
    with standing(world) as orgs:
        assert overwritten(orgs.room, report) == {("Brandt", "Lorry driver")}
        assert any("both" in remark for line in runs.writes(orgs.room, report.run_id) for remark in line.remarks)
    for org in both(world):
        assert named(org, "Brandt").values["Description"] == "Night shift"
        assert named(org, "Brandt").values["Title"] == "Dispatcher"


def test_without_its_database_records_that_nothing_but_a_name_tells_apart_are_held_not_doubled(world: World) -> None:
    sync(world)
    world.clock.advance(3600)
    edit(world.crm, named(world.crm, "Castellan").id, {"Title": "Notary"})
    for org in both(world):
        org.seed("Contacts", [{"Last_Name": "Twin", "Title": "Left"}, {"Last_Name": "Twin", "Title": "Right"}])
    forget()
    report = sync_as_planned(world, after=DAY)
    assert (report.writes, report.clean) == (0, False)
    assert [sorted(map(str, names(org))) for org in both(world)] == [
        ["Abendroth", "Brandt", "Castellan", "Twin", "Twin"]
    ] * 2
    assert [named(org, "Castellan").values["Title"] for org in both(world)] == ["Clerk", "Notary"]


def test_people_of_one_name_in_two_companies_are_held_once_the_companies_are_known(world: World) -> None:
    for org, company in zip(both(world), ("Amber Works", "Basalt Works"), strict=True):
        made = {name: org.seed("Accounts", [{"Account_Name": name}])[0] for name in ("Amber Works", "Basalt Works")}
        org.seed("Contacts", [{"Last_Name": "Dorn", "Account_Name": made[company]}])
    report = sync(world)
    assert not report.clean
    assert [names(org).count("Dorn") for org in both(world)] == [1, 1]
    assert [len(org.tables["Accounts"].rows) for org in both(world)] == [2, 2]
    sync(world)
    assert [names(org).count("Dorn") for org in both(world)] == [1, 1]
