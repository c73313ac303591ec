"""A synced contact whose edit the CRM refuses, for as long as a test says and with the code it says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.store import inbox
from bigin_sync.store.inbox import Entry, State
from tests.flow.two_orgs import LABELS, TwoOrgs, edit, two_orgs

CONTACT = Kind("contact")
NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
BAD = "Poison"
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Refusing(httpx.BaseTransport):
    """A line to orgs of which the CRM refuses records of a certain title, one by one. code: as what; None: not now."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.code: str | None = "INTERNAL_ERROR"
        self.failed = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        wanted = self.code is not None and request.method in ("POST", "PUT")
        if wanted and request.url.path.startswith("/crm/v8/Contacts"):
            rows = json.loads(request.content)["data"]
            if any(row.get("Title") == BAD for row in rows):
                self.failed += 1
                verdict: dict[str, object] = {
                    "code": self.code,
                    "status": "error",
                    "message": "It is refused",
                    "details": {},
                }
                return httpx.Response(400, json={"data": [verdict] * len(rows)})
        return self._inner.handle_request(request)


@contextmanager
def refusing() -> Iterator[tuple[TwoOrgs, Refusing]]:
    """Both orgs, of which nothing is synced yet."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Refusing(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        yield orgs, line


@contextmanager
def edit_refused() -> Iterator[tuple[TwoOrgs, Refusing]]:
    """A synced contact whose new title the CRM refuses."""
    with refusing() as (orgs, line):
        (id,) = orgs.world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
        runs(orgs, 2, every=10 * MINUTE)
        edit(orgs.world.bigin, id, {"Title": BAD})
        orgs.world.clock.advance(MINUTE)
        yield orgs, line


def runs(orgs: TwoOrgs, times: int, *, every: float) -> None:
    """So many runs, and the time after each of them."""
    for _ in range(times):
        orgs.sync()
        orgs.world.clock.advance(every)


def entry(orgs: TwoOrgs) -> Entry:
    """What the inbox holds of the one contact that is not settled."""
    with orgs.room.db.read() as session:
        (found,) = inbox.slice(session, orgs.iid, kind=CONTACT, states=list(State), limit=10)
    return found
