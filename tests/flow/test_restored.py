"""What comes back from a recycle bin goes on where it was; what stays there costs next to nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record, restore_record
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.recycle_bin import Gone
from bigin_sync.emulator.world import World
from bigin_sync.jobs.work import work
from tests.flow.two_orgs import TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
HOUR = 3600


def delete(org: Org, id: str) -> None:
    delete_record(org, org.modules["Contacts"], id, by=org.admin())


def run(orgs: TwoOrgs, *, after: float) -> int:
    """A run so many seconds later; how many calls it made to read contacts of the Bigin org."""
    orgs.world.clock.advance(after)
    before = orgs.world.calls["bigin", "list"]
    orgs.sync()
    return orgs.world.calls["bigin", "list"] - before


@contextmanager
def synced(people: int) -> Iterator[TwoOrgs]:
    """So many contacts of the Bigin org, synced."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    with two_orgs(world, clock=world.clock, changes={"max_gone": "none", "max_all_gone": "none"}) as orgs:
        world.bigin.seed(
            "Contacts", [{"Last_Name": f"Person {n}", "Email": f"p{n}@people.example"} for n in range(people)]
        )
        run(orgs, after=0)
        run(orgs, after=HOUR / 2)
        yield orgs


def test_an_edit_made_just_before_a_deletion_crosses_when_the_record_is_restored() -> None:
    with synced(1) as orgs:
        bigin = orgs.world.bigin
        (row,) = contacts(bigin)
        orgs.world.clock.advance(HOUR)
        edit(bigin, row.id, {"Phone": "+49 30 5550122"})
        delete(bigin, row.id)
        run(orgs, after=HOUR)
        orgs.world.clock.advance(HOUR)
        restore_record(bigin, row.id)
        assert contacts(bigin)[0].modified < bigin.now() - HOUR, "here a restored record looks as it did"
        run(orgs, after=HOUR)
        assert contacts(orgs.world.crm)[0].values["Phone"] == "+49 30 5550122"


def test_deleted_records_are_asked_for_often_on_the_first_day_and_once_a_day_later() -> None:
    with synced(250) as orgs:
        idle = run(orgs, after=HOUR)
        for row in contacts(orgs.world.bigin):
            delete(orgs.world.bigin, row.id)
        run(orgs, after=HOUR)
        assert run(orgs, after=HOUR) == idle + 3
        run(orgs, after=24 * HOUR)
        assert run(orgs, after=HOUR) == idle
        # The fields are read anew once a day as well, and with them four lists that tell an org's word for a deal.
        assert run(orgs, after=24 * HOUR) == idle + 3 + 4


def test_a_record_deleted_for_good_is_never_asked_for_again() -> None:
    with synced(1) as orgs:
        bigin, idle = orgs.world.bigin, run(orgs, after=HOUR)
        (row,) = contacts(bigin)
        bigin.tables["Contacts"].take(row.id)
        bigin.bin.drop(
            Gone(
                id=row.id,
                module="Contacts",
                name="Person 0",
                deleted=bigin.now(),
                deleted_by=bigin.admin_id,
                created_by=row.created_by,
                row=None,
            )
        )
        run(orgs, after=HOUR)
        assert run(orgs, after=HOUR) == idle


@contextmanager
def parted_company(*, gone: str) -> Iterator[tuple[TwoOrgs, Org, Org, str, str]]:
    """A contact, and a company that was deleted in one org: that org, the other one, and its ids in both."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    here, there = (world.bigin, world.crm) if gone == "bigin" else (world.crm, world.bigin)
    with two_orgs(world, clock=world.clock) as orgs:
        world.bigin.seed("Accounts", [{"Account_Name": "Larkspur"}])
        world.bigin.seed("Contacts", [{"Last_Name": "Lind", "Email": "ida@larkspur.example"}])
        run(orgs, after=0)
        lost, left = (next(iter(org.tables["Accounts"].rows)) for org in (here, there))
        world.clock.advance(HOUR)
        delete_record(here, here.modules["Accounts"], lost, by=here.admin())
        run(orgs, after=HOUR)
        yield orgs, here, there, lost, left


@pytest.mark.parametrize("gone", ["bigin", "crm"])
def test_who_is_given_a_deleted_company_has_it_on_both_sides_once_it_is_restored(gone: str) -> None:
    with parted_company(gone=gone) as (orgs, here, there, lost, left):
        edit(there, contacts(there)[0].id, {"Account_Name": left})
        run(orgs, after=HOUR)
        assert contacts(here)[0].values.get("Account_Name") is None
        restore_record(here, lost)
        run(orgs, after=HOUR)
        assert contacts(here)[0].values.get("Account_Name") == lost


@pytest.mark.parametrize("gone", ["bigin", "crm"])
def test_who_is_entered_with_a_deleted_company_has_it_on_both_sides_once_it_is_restored(gone: str) -> None:
    with parted_company(gone=gone) as (orgs, here, there, lost, left):
        there.seed("Contacts", [{"Last_Name": "Sand", "Email": "mats@sand.example", "Account_Name": left}])
        run(orgs, after=HOUR)
        restore_record(here, lost)
        run(orgs, after=HOUR)
        _ida, mats = contacts(here)
        assert mats.values.get("Account_Name") == lost


def test_a_task_of_a_deleted_contact_is_made_once_the_contact_is_restored() -> None:
    with synced(1) as orgs:
        configure(orgs.room, "activities")
        activate(orgs.room, "activities")
        bigin, crm = orgs.world.bigin, orgs.world.crm
        (there,) = contacts(crm)
        delete(crm, there.id)
        run(orgs, after=HOUR)
        (ida,) = contacts(bigin)
        bigin.seed("Tasks", [{"Subject": "Ring", "Related_To": ida.id, "$se_module": "Contacts"}])
        run(orgs, after=HOUR)
        assert not crm.tables["Tasks"].rows
        restore_record(crm, there.id)
        run(orgs, after=HOUR)
        assert [row.values["Subject"] for row in crm.tables["Tasks"].rows.values()] == ["Ring"]


@pytest.mark.parametrize("gone", ["bigin", "crm"])
def test_who_was_taken_out_of_a_deleted_company_does_not_come_back_with_it(gone: str) -> None:
    with parted_company(gone=gone) as (orgs, here, there, lost, _left):
        restore_record(here, lost)
        edit(here, contacts(here)[0].id, {"Account_Name": lost})
        run(orgs, after=HOUR)
        assert contacts(there)[0].values["Account_Name"] is not None
        here.switches.turn({"company_delete_cascades": False})
        delete_record(here, here.modules["Accounts"], lost, by=here.admin())
        run(orgs, after=HOUR)
        edit(there, contacts(there)[0].id, {"Account_Name": None})
        run(orgs, after=HOUR)
        restore_record(here, lost)
        edit(here, contacts(here)[0].id, {"Phone": "+49 30 5550100"})
        run(orgs, after=HOUR)
        assert [contacts(org)[0].values.get("Account_Name") for org in (here, there)] == [None, None]
        assert contacts(there)[0].values["Phone"] == "+49 30 5550100"


@contextmanager
def member(*, gone: str) -> Iterator[tuple[TwoOrgs, Org, Org, str, str]]:
    """A contact that was just put into a company in one org, and so in the other one, where that is to be deleted."""
    with parted_company(gone=gone) as (orgs, here, there, lost, left):
        here.switches.turn({"company_delete_cascades": False})
        restore_record(here, lost)
        run(orgs, after=HOUR)
        edit(there, contacts(there)[0].id, {"Account_Name": left})
        run(orgs, after=HOUR)
        assert contacts(here)[0].values["Account_Name"] == lost
        yield orgs, here, there, lost, left


def look(orgs: TwoOrgs, *, after: float, dry: bool) -> None:
    """A run so many seconds later, and another one when what it has read is not read again."""
    orgs.world.clock.advance(after)
    work(orgs.room, orgs.iid, why="test", dry=dry)
    orgs.world.bigin.seed("Contacts", [{"Last_Name": "Sand", "Email": "mats@sand.example"}])
    orgs.world.crm.seed("Contacts", [{"Last_Name": "Rohan", "Email": "una@rohan.example"}])
    orgs.world.clock.advance(HOUR)
    work(orgs.room, orgs.iid, why="test", dry=dry)


@pytest.mark.parametrize("dry", [False, True], ids=["synced", "planned"])
@pytest.mark.parametrize("gone", ["bigin", "crm"])
def test_who_leaves_a_company_that_was_deleted_and_restored_right_after_it_was_sent_leaves_it_on_both_sides(
    gone: str, *, dry: bool
) -> None:
    with member(gone=gone) as (orgs, here, there, lost, left):
        delete_record(here, here.modules["Accounts"], lost, by=here.admin())
        look(orgs, after=60, dry=dry)
        assert contacts(there)[0].values["Account_Name"] == left
        restore_record(here, lost)
        run(orgs, after=HOUR)
        edit(here, contacts(here)[0].id, {"Account_Name": None})
        run(orgs, after=HOUR)
        assert [contacts(org)[0].values.get("Account_Name") for org in (here, there)] == [None, None]


@pytest.mark.parametrize("gone", ["bigin", "crm"])
def test_who_was_edited_while_the_company_was_deleted_stays_in_it_once_it_is_restored_before_a_run(gone: str) -> None:
    with member(gone=gone) as (orgs, here, there, lost, left):
        run(orgs, after=HOUR)
        delete_record(here, here.modules["Accounts"], lost, by=here.admin())
        orgs.world.clock.advance(HOUR)
        edit(here, contacts(here)[0].id, {"Phone": "+49 30 5550100"})
        look(orgs, after=60, dry=True)
        restore_record(here, lost)
        run(orgs, after=60)
        run(orgs, after=HOUR)
        assert [contacts(org)[0].values.get("Account_Name") for org in (here, there)] == [lost, left]
        assert contacts(there)[0].values["Phone"] == "+49 30 5550100"
