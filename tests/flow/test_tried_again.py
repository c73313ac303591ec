"""What an org refused for a cause that ends unannounced is written once it has ended, and is not tried all the time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bigin_sync.admin import problems, why
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.jobs.work import work
from bigin_sync.store.inbox import State
from bigin_sync.sync.again import EVERY, TRIES
from tests.flow.refusing import BAD, CONTACT, DAY, HOUR, MINUTE, Refusing, edit_refused, entry, refusing, runs
from tests.flow.two_orgs import TwoOrgs, contacts, edit

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

IDAS, OTHER = "ida@lindqvist.example", "ida@other.example"


def crosses_a_day_later(orgs: TwoOrgs, line: Refusing) -> bool:
    """Whether the edit arrives once nothing refuses it any more, though nobody touches either record."""
    tried, line.code = line.failed, None
    runs(orgs, 3, every=DAY / 2)
    assert line.failed == tried
    return contacts(orgs.world.crm)[0].values["Title"] == BAD


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        pytest.param("RECORD_LOCKED", "locked", id="its lock has ended"),
        pytest.param("LIMIT_EXCEEDED", "limit", id="there is room for it"),
        pytest.param("NO_PERMISSION", "forbidden", id="its right is given"),
        pytest.param("DUPLICATE_DATA", "duplicate", id="a value that nobody was named for is free"),
    ],
)
def test_what_was_refused_is_written_once_its_cause_has_ended(code: str, cause: str) -> None:
    with edit_refused() as (orgs, line):
        line.code = code
        runs(orgs, 3, every=HOUR)
        assert (line.failed, entry(orgs).state, entry(orgs).cause) == (1, State.PROBLEM, cause)
        assert crosses_a_day_later(orgs, line)


@pytest.mark.parametrize("code", ["DEPENDENT_SERVICE_ERROR", "INTERNAL_ERROR"])
def test_a_record_is_written_once_its_org_has_recovered(code: str) -> None:
    with edit_refused() as (orgs, line):
        line.code = code
        runs(orgs, TRIES, every=2 * HOUR)
        assert (line.failed, entry(orgs).state, entry(orgs).cause) == (TRIES, State.PROBLEM, "transient")
        assert crosses_a_day_later(orgs, line)


def test_a_new_record_is_made_once_there_is_room_for_it() -> None:
    with refusing() as (orgs, line):
        line.code = "LIMIT_EXCEEDED"
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": BAD}])
        runs(orgs, 3, every=HOUR)
        assert (line.failed, contacts(orgs.world.crm)) == (1, [])
        assert crosses_a_day_later(orgs, line)


def test_what_was_refused_before_it_was_noted_when_to_try_again_is_tried_too() -> None:
    with edit_refused() as (orgs, line):
        line.code = "RECORD_LOCKED"
        runs(orgs, 1, every=HOUR)
        with orgs.room.db.write() as session:
            session.connection().exec_driver_sql("UPDATE inbox SET next_try_at = NULL")
        line.code = None
        runs(orgs, 1, every=HOUR)
        assert contacts(orgs.world.crm)[0].values["Title"] == BAD


@pytest.mark.parametrize(("code", "until_then"), [("RECORD_LOCKED", 1), ("DEPENDENT_SERVICE_ERROR", TRIES)])
def test_what_is_refused_for_good_is_tried_once_a_day_and_is_no_news(code: str, until_then: int) -> None:
    with edit_refused() as (orgs, line):
        line.code = code
        runs(orgs, until_then, every=2 * HOUR)
        assert line.failed == until_then
        for _ in range(3):
            runs(orgs, 2, every=12 * HOUR)
            assert entry(orgs).state is State.PROBLEM
        assert line.failed == until_then + 2
        report = orgs.sync()
        assert line.failed == until_then + 3
        told = report.counts[CONTACT]
        assert (told.news, told.to_json()["problem"], told.seen, report.writes) == (False, 1, 1, 0)


def test_a_problem_that_was_told_once_is_listed_with_the_time_of_its_next_try() -> None:
    with edit_refused() as (orgs, line):
        line.code = "RECORD_LOCKED"
        due = orgs.world.clock.now() + EVERY
        orgs.sync()
        (told,) = problems.listing(orgs.room)
        assert told.next_try == due
        assert "once a day, with the next sync after bigin-sync problems retry, and at once when" in told.way_out
        explained = why.why(orgs.room, "Weber").explanation
        assert explained is not None
        assert ("Next try", f"{due:%Y-%m-%d %H:%M:%S} UTC") in explained.facts


def test_a_record_that_is_modified_where_it_was_locked_is_tried_at_once() -> None:
    with edit_refused() as (orgs, line):
        line.code = "RECORD_LOCKED"
        runs(orgs, 2, every=HOUR)
        line.code = None
        (locked,) = contacts(orgs.world.crm)
        edit(orgs.world.crm, locked.id, {})
        orgs.world.clock.advance(MINUTE)
        orgs.sync()
        assert contacts(orgs.world.crm)[0].values["Title"] == BAD


def test_a_record_that_is_modified_while_it_stays_locked_is_asked_for_once_more_and_no_oftener() -> None:
    with edit_refused() as (orgs, line):
        line.code = "RECORD_LOCKED"
        runs(orgs, 2, every=HOUR)
        edit(orgs.world.crm, contacts(orgs.world.crm)[0].id, {})
        runs(orgs, 4, every=HOUR)
        assert line.failed == 2


@contextmanager
def address_taken() -> Iterator[tuple[TwoOrgs, str]]:
    """Mats, synced as Ida is, is to have her address, which the CRM refuses. With her id in the Bigin org."""
    with refusing() as (orgs, _line):
        people = [{"Last_Name": "Lindqvist", "Email": IDAS}, {"Last_Name": "Sand", "Email": "mats@sand.example"}]
        ida, mats = orgs.world.bigin.seed("Contacts", people)
        runs(orgs, 2, every=10 * MINUTE)
        edit(orgs.world.bigin, mats, {"Email": IDAS})
        runs(orgs, 3, every=HOUR)
        assert (entry(orgs).cause, mail_of("Sand", orgs)) == ("duplicate", "mats@sand.example")
        yield orgs, ida


def mail_of(name: str, orgs: TwoOrgs) -> object:
    (mail,) = (row.values["Email"] for row in contacts(orgs.world.crm) if row.values["Last_Name"] == name)
    return mail


def in_crm(name: str, orgs: TwoOrgs) -> str:
    (id,) = (row.id for row in contacts(orgs.world.crm) if row.values["Last_Name"] == name)
    return id


def test_a_value_is_taken_at_once_when_the_record_that_had_it_gives_it_up_there() -> None:
    with address_taken() as (orgs, _ida):
        edit(orgs.world.crm, in_crm("Lindqvist", orgs), {"Email": OTHER})
        orgs.world.clock.advance(MINUTE)
        orgs.sync()
        assert (mail_of("Sand", orgs), mail_of("Lindqvist", orgs)) == (IDAS, OTHER)


def test_a_value_is_taken_in_the_run_that_carries_over_that_the_other_record_gave_it_up() -> None:
    with address_taken() as (orgs, ida):
        edit(orgs.world.bigin, ida, {"Email": OTHER})
        orgs.world.clock.advance(MINUTE)
        orgs.sync()
        assert (mail_of("Sand", orgs), mail_of("Lindqvist", orgs)) == (IDAS, OTHER)


def test_a_value_is_taken_once_the_record_that_had_it_is_deleted() -> None:
    with address_taken() as (orgs, _ida):
        crm = orgs.world.crm
        delete_record(crm, crm.modules["Contacts"], in_crm("Lindqvist", orgs), by=crm.admin())
        orgs.world.clock.advance(HOUR)
        orgs.sync()
        assert mail_of("Sand", orgs) == IDAS


def test_a_plan_leaves_a_problem_what_it_is() -> None:
    with edit_refused() as (orgs, line):
        line.code = "RECORD_LOCKED"
        orgs.sync()
        orgs.world.clock.advance(2 * DAY)
        work(orgs.room, orgs.iid, why="test", dry=True)
        assert (entry(orgs).state, entry(orgs).cause) == (State.PROBLEM, "locked")
        assert crosses_a_day_later(orgs, line)
