"""A record over which an org fails each time is tried more and more rarely, and is told to a person in the end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.store import inbox
from bigin_sync.store.inbox import Entry, State
from bigin_sync.sync.again import TRIES
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
BAD = "Poison"
MINUTE = 60
DAY = 24 * 60 * MINUTE


class Stumbling(httpx.BaseTransport):
    """A line to orgs of which the CRM fails over records of a certain title, one by one."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.failed = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method in ("POST", "PUT") and request.url.path.startswith("/crm/v8/Contacts"):
            rows = json.loads(request.content)["data"]
            if any(row.get("Title") == BAD for row in rows):
                self.failed += 1
                verdict = {"code": "INTERNAL_ERROR", "status": "error", "message": "Internal error", "details": {}}
                return httpx.Response(400, json={"data": [verdict] * len(rows)})
        return self._inner.handle_request(request)


@contextmanager
def stumbling() -> Iterator[tuple[TwoOrgs, Stumbling]]:
    """Both orgs, of which nothing is synced yet."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Stumbling(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        yield orgs, line


@contextmanager
def update_failing() -> Iterator[tuple[TwoOrgs, Stumbling]]:
    """A synced contact whose new title the CRM fails over."""
    with stumbling() as (orgs, line):
        (id,) = orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
        for _ in range(2):
            orgs.sync()
            orgs.world.clock.advance(10 * MINUTE)
        edit(orgs.world.bigin, id, {"Title": BAD})
        orgs.world.clock.advance(MINUTE)
        yield orgs, line


def runs(orgs: TwoOrgs, times: int, *, every: float) -> None:
    for _ in range(times):
        orgs.sync()
        orgs.world.clock.advance(every)


def entry(orgs: TwoOrgs) -> Entry:
    with orgs.room.db.read() as session:
        (found,) = inbox.slice(session, orgs.iid, kind=CONTACT, states=list(State), limit=10)
    return found


def test_an_update_that_fails_is_tried_once_in_a_run_and_later_each_time() -> None:
    with update_failing() as (orgs, line):
        orgs.sync()
        assert line.failed == 1
        orgs.world.clock.advance(30)
        runs(orgs, 18, every=30)
        assert line.failed == 4, "after nought, one, three and seven minutes"


def test_a_run_that_only_tried_again_is_no_news() -> None:
    with update_failing() as (orgs, line):
        orgs.sync()
        runs(orgs, 1, every=10 * MINUTE)
        report = orgs.sync()
        assert line.failed == 2
        assert not report.counts[CONTACT].news


def test_what_fails_each_time_becomes_a_problem_and_an_edit_is_tried_at_once() -> None:
    with update_failing() as (orgs, line):
        runs(orgs, TRIES + 4, every=DAY)
        assert line.failed == TRIES
        told = entry(orgs)
        assert told.state is State.PROBLEM
        assert "INTERNAL_ERROR" in str(told.why)
        assert f"{TRIES} tries" in str(told.why)
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Title": "Buyer"})
        runs(orgs, 1, every=MINUTE)
        assert contacts(orgs.world.crm)[0].values["Title"] == "Buyer"


def test_a_new_record_that_fails_each_time_is_looked_for_and_becomes_a_problem() -> None:
    with stumbling() as (orgs, line):
        orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": BAD}])
        runs(orgs, 2, every=30)
        assert line.failed == 1
        runs(orgs, 3 * TRIES, every=DAY)
        assert line.failed == TRIES
        assert entry(orgs).state is State.PROBLEM
        assert contacts(orgs.world.crm) == []
