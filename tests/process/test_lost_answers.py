"""Whichever answer to a write is lost, the next run finds out what became of it: the same end, nothing doubled."""

from itertools import count
from pathlib import Path

import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.faults import Fault, Kind
from bigin_sync.emulator.records import Writer
from bigin_sync.emulator.validate import Place
from bigin_sync.errors import StopRun, TryLater
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.sync.progress import Report
from tests.process.small_world import LABELS, SmallWorld, settings_of
from tests.process.standing import Standing, standing

pytestmark = pytest.mark.long

RECORDS = r"/(Accounts|Contacts)$"


def sync(small: SmallWorld, home: Path) -> Report:
    """One run, by the clock of the orgs, so that its pauses pass at once."""
    lines = {label: mock_transport(small.world) for label in LABELS}
    with Room.open(settings_of(home), clock=small.world.clock, transports=lines) as room:
        return work(room, room.integration(), why="test")


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "kind", ["drop_after", *(pytest.param(kind, marks=pytest.mark.torture) for kind in ("torn", "html_502"))]
)
def test_a_write_whose_answer_is_lost_is_made_once(
    small: SmallWorld, undisturbed: Standing, method: str, kind: Kind
) -> None:
    for nth in count(1):
        home = small.begin()
        fault = Fault(kind=kind, method=method, path=RECORDS, nth=nth)
        small.world.faults.add(fault)
        first = sync(small, home)
        if not fault.struck:
            assert nth > 3, "hardly anything was written"
            return
        sync(small, home)
        assert standing(small, home) == undisturbed, f"{method} {nth}, whose run wrote {first.writes}"
        assert sync(small, home).writes == 0


@pytest.mark.parametrize("kind", ["drop_after", "torn", "fail_after"])
def test_when_every_answer_to_a_write_is_lost_for_a_while_nothing_is_made_twice(
    small: SmallWorld, undisturbed: Standing, kind: Kind
) -> None:
    home = small.begin()
    faults = [Fault(kind=kind, method=method, path=RECORDS, times=6) for method in ("POST", "PUT")]
    small.world.faults.add(*faults)
    for _ in range(8):
        try:
            sync(small, home)
        except (StopRun, TryLater):
            continue
    assert all(fault.struck for fault in faults)
    assert standing(small, home) == undisturbed
    assert sync(small, home).writes == 0


def contacts(small: SmallWorld) -> dict[str, int]:
    """How many contacts each org has."""
    return {label: len(small.world.org(label).tables["Contacts"].rows) for label in LABELS}


def test_an_edit_made_before_a_lost_record_is_found_again_crosses_and_nothing_is_made_twice(small: SmallWorld) -> None:
    home = small.begin()
    small.world.faults.add(Fault(kind="drop_after", method="POST", path="/crm/v8/Contacts$"))
    sync(small, home)
    crm = small.world.crm
    ben = crm.users[small.places["crm"].people["Ben"]]
    writer = Writer(org=crm, module=crm.module("Contacts"), user=ben, now=crm.now() + 1, version=8, trigger=())
    writer.update(small.places["crm"].find("contact", "Vera Oduya"), {"Title": "Reviewed"}, place=Place(0))
    sync(small, home)
    assert contacts(small) == {"bigin": 10, "crm": 10}
    assert small.places["bigin"].find("contact", "Vera Oduya").values["Title"] == "Reviewed"
    assert (standing(small, home).unsettled, sync(small, home).writes) == ([], 0)


def test_fewer_twins_found_than_lost_are_held_until_a_person_knows_one_of_them(small: SmallWorld) -> None:
    home = small.begin()
    small.world.faults.add(Fault(kind="drop_after", method="POST", path="/crm/v8/Contacts$"))
    sync(small, home)
    table = small.world.crm.tables["Contacts"]
    gone = next(row for row in table.rows.values() if row.values.get("First_Name") == "Kim")
    crm = small.world.crm
    delete_record(crm, crm.module("Contacts"), gone.id, by=crm.admin())
    sync(small, home)
    assert contacts(small) == {"bigin": 10, "crm": 9}
    with Room.open(settings_of(home), clock=small.world.clock) as room:
        held = conflicts.listing(room)
        assert len(held) == 3
        conflicts.resolve(room, held[0].id, held[0].answers[0])
    sync(small, home)
    assert contacts(small) == {"bigin": 10, "crm": 10}
    assert (standing(small, home).unsettled, sync(small, home).writes) == ([], 0)
