"""An update that Bigin keeps waiting, or refuses with others, is decided anew if its record was edited meanwhile."""

import json
from collections.abc import Callable

import httpx
import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from tests.flow.test_edits_in_between import NINE, runs
from tests.flow.two_orgs import LABELS, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

REFUSED = "Poison"
ENVELOPES = {
    429: {"code": "TOO_MANY_REQUESTS", "status": "error", "message": "too many", "details": {}},
    400: {"code": "INVALID_DATA", "status": "error", "message": "the body is not valid", "details": {}},
}


class Waiting(httpx.BaseTransport):
    """A line on which updates of Bigin are kept waiting for some times, or refused as a whole for one of them.

    then: what happens while the first one is. updates: how many have arrived in the end.
    """

    def __init__(self, world: World, *, status: int) -> None:
        self._inner = mock_transport(world)
        self._status = status
        self.times = 0
        self.then: Callable[[], object] | None = None
        self.updates = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "PUT" or not request.url.path.startswith("/bigin/"):
            return self._inner.handle_request(request)
        if self._stopped(json.loads(request.content)["data"]):
            then, self.then = self.then, None
            if then is not None:
                then()
            return httpx.Response(self._status, json=ENVELOPES[self._status])
        self.updates += 1
        return self._inner.handle_request(request)

    def _stopped(self, rows: list[dict[str, object]]) -> bool:
        if self._status == httpx.codes.BAD_REQUEST:
            return any(row.get("Title") == REFUSED for row in rows)
        self.times -= 1
        return self.times >= 0


def retitle(org: Org, name: str, title: str) -> None:
    (id,) = (row.id for row in contacts(org) if row.values["Last_Name"] == name)
    edit(org, id, {"Title": title})


def told(world: World) -> list[object]:
    """Ada's title in Bigin, and in CRM."""
    return [
        row.values["Title"]
        for org in (world.bigin, world.crm)
        for row in contacts(org)
        if row.values["Last_Name"] == "Ada"
    ]


@pytest.mark.parametrize("edited", [True, False], ids=["edited meanwhile", "left alone"])
@pytest.mark.parametrize("status", [429, 400], ids=["kept waiting", "refused with another one"])
@pytest.mark.parametrize("strategy", ["ask", "bigin"])
def test_what_was_edited_before_its_update_is_sent_again_is_not_overwritten(
    strategy: str, status: int, edited: bool
) -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Waiting(world, status=status)
    with two_orgs(
        world, clock=world.clock, transports=dict.fromkeys(LABELS, line), changes={"strategy": strategy}
    ) as orgs:
        people = [{"Last_Name": name, "Email": f"{name}@weber.example", "Title": "Buyer"} for name in ("Ada", "Ben")]
        world.bigin.seed("Contacts", people)
        runs(orgs, 2)
        retitle(world.crm, "Ada", "Owner")
        retitle(world.crm, "Ben", REFUSED)
        line.times = 2
        line.then = lambda: retitle(world.bigin, "Ada", "Retired") if edited else None
        runs(orgs, 3)
        assert line.then is None
        if not edited:
            assert (told(world), line.updates) == (["Owner", "Owner"], 1)
        elif strategy == "bigin":
            assert told(world) == ["Retired", "Retired"]
        else:
            assert told(world) == ["Retired", "Owner"]
            assert [one.field for one in conflicts.listing(orgs.room)] == ["Title"]
