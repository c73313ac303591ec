"""A record over which an org fails each time is tried more and more rarely, and is told to a person in the end."""

import pytest

from bigin_sync.store.inbox import State
from bigin_sync.sync.again import TRIES
from tests.flow.refusing import BAD, CONTACT, HOUR, MINUTE, edit_refused, entry, refusing, runs
from tests.flow.two_orgs import contacts, edit

pytestmark = pytest.mark.usefixtures("each_database")


def test_an_update_that_fails_is_tried_once_in_a_run_and_later_each_time() -> None:
    with edit_refused() as (orgs, line):
        orgs.sync()
        assert line.failed == 1
        orgs.world.clock.advance(30)
        runs(orgs, 18, every=30)
        assert line.failed == 4, "after nought, one, three and seven minutes"


def test_a_run_that_only_tried_again_is_no_news() -> None:
    with edit_refused() as (orgs, line):
        orgs.sync()
        runs(orgs, 1, every=10 * MINUTE)
        report = orgs.sync()
        assert line.failed == 2
        assert not report.counts[CONTACT].news


@pytest.mark.long
def test_what_fails_each_time_becomes_a_problem_and_an_edit_is_tried_at_once() -> None:
    with edit_refused() as (orgs, line):
        runs(orgs, TRIES + 4, every=2 * HOUR)
        assert line.failed == TRIES
        told = entry(orgs)
        assert told.state is State.PROBLEM
        assert "INTERNAL_ERROR" in str(told.why)
        assert f"{TRIES} tries" in str(told.why)
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Buyer"})
        runs(orgs, 1, every=MINUTE)
        assert contacts(orgs.world.crm)[0].values["Title"] == "Buyer"


@pytest.mark.long
def test_a_new_record_that_fails_each_time_is_looked_for_and_becomes_a_problem() -> None:
    with refusing() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": BAD}])
        runs(orgs, 2, every=30)
        assert line.failed == 1
        runs(orgs, 2 * TRIES, every=2 * HOUR)
        assert line.failed == TRIES
        assert entry(orgs).state is State.PROBLEM
        assert contacts(orgs.world.crm) == []
