"""The database is gone, or is yesterday's again: nothing is doubled, and nothing is overwritten unseen."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bigin_sync.admin import preview, runs
from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.errors import BrakePulled, NotConnected, UnknownSetting
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.settings import load_settings
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.sync.progress import Report
from tests import databases
from tests.flow.two_orgs import TwoOrgs, connect_both, contacts, edit, forget, opened

pytestmark = pytest.mark.usefixtures("each_database")

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
    report = sync(world, after=DAY)
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
    with standing(world) as orgs:
        before = [[dict(row.values) for row in contacts(org)] for org in both(world)]
        shown = list(preview.lines(orgs.room, preview.plan(orgs.room).run_id))
        assert [[dict(row.values) for row in contacts(org)] for org in both(world)] == before
        assert sorted(line.action for line in shown) == ["link"] * len(PEOPLE) + ["update"] * 2
        report = orgs.sync()
        assert overwritten(orgs.room, report) == {("Ida Abendroth", "Head of buying"), ("Brandt", "Driver")}
    assert [names(org) for org in both(world)] == [[person["Last_Name"] for person in PEOPLE]] * 2


def test_yesterdays_database_is_left_alone_until_somebody_has_seen_the_plan(world: World, tmp_path: Path) -> None:
    sync(world)
    backup = back_up(tmp_path / "yesterday.db")
    sync(world)
    restore(backup)
    edit(world.bigin, named(world.bigin, "Abendroth").id, {"Title": "Head of buying"})
    for _ in range(3):
        with pytest.raises(BrakePulled, match="older than the last run") as caught:
            sync(world)
        assert "bigin-sync sync --restored" in caught.value.hint
    with standing(world) as orgs:
        shown = list(preview.lines(orgs.room, preview.plan(orgs.room).run_id))
    assert [line.action for line in shown] == ["update"]
    with pytest.raises(BrakePulled):
        sync(world)
    assert [sync(world, restored=True).writes, sync(world).writes] == [1, 0]


def test_a_note_of_the_last_run_that_is_no_note_is_made_anew(world: World) -> None:
    sync(world)
    note = load_settings().home / LAST_RUN
    for rubbish in ("", "[]", "{", '{"fence": 1}', note.read_text(encoding="utf-8").replace("null", '"2"')):
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
    report = sync(world, after=DAY, restored=True)
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
    world.clock.advance(DAY)
    with standing(world) as orgs:
        report = work(orgs.room, orgs.iid, why="test", restored=True)
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
    report = sync(world, after=DAY)
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
