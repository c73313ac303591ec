"""What an org stores otherwise than we sent it is nobody's edit, also if it is first seen by a last look."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from tests.flow.test_edits_in_between import NINE, runs
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, titles, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

LONG, SHORT = "Head of purchasing", "Head o"


class Cutting(httpx.BaseTransport):
    """A line to a Bigin org that keeps six letters of a title, and no company. silent: updates do not arrive. lost:
    they do, and nobody hears of it.
    """

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.silent = False
        self.lost = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "PUT" or not request.url.path.startswith("/bigin/"):
            return self._inner.handle_request(request)
        if self.silent:
            raise httpx.ReadTimeout("no answer")
        body = json.loads(request.content)
        for row in body["data"]:
            if "Title" in row:
                row["Title"] = row["Title"][:6]
            row.pop("Account_Name", None)
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        answer = self._inner.handle_request(
            httpx.Request(request.method, request.url, headers=headers, content=json.dumps(body).encode())
        )
        if self.lost:
            raise httpx.ReadTimeout("no answer")
        return answer


@contextmanager
def synced(strategy: str) -> Iterator[tuple[TwoOrgs, Cutting]]:
    """One contact in both orgs, a buyer."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Cutting(world)
    settings = {"strategy": strategy}
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line), changes=settings) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
        runs(orgs, 2)
        yield orgs, line


def test_what_an_org_cut_is_no_edit_though_it_is_first_seen_right_before_an_update_that_fails() -> None:
    with synced("ask") as (orgs, line):
        world = orgs.world
        (here,), (there,) = contacts(world.bigin), contacts(world.crm)
        edit(world.bigin, here.id, {"Phone": "+49 30 5550111"})
        edit(world.crm, there.id, {"Phone": "+49 30 5550122"})
        runs(orgs, 1)

        # Its list lags, so what the org made of our write is seen only by the look before the next one.
        world.bigin.switches.turn({"read_lag": 120})
        edit(world.crm, there.id, {"Title": LONG})
        orgs.sync()
        assert titles(orgs) == [SHORT, LONG]
        edit(world.crm, there.id, {"Mobile": "+49 170 5550100"})
        world.clock.advance(5)
        line.silent = True
        orgs.sync()
        line.silent = False
        edit(world.crm, there.id, {"Mobile": None})
        runs(orgs, 4)
        assert titles(orgs) == [SHORT, LONG]


def test_what_an_org_cut_of_an_update_that_went_unanswered_is_not_typed_by_a_person() -> None:
    with synced("crm") as (orgs, line):
        edit(orgs.world.crm, contacts(orgs.world.crm)[0].id, {"Title": LONG})
        line.lost = True
        orgs.sync()
        line.lost = False
        runs(orgs, 3)
        assert titles(orgs) == [SHORT, LONG]


def test_a_lookup_that_an_org_left_out_is_not_emptied_by_a_person() -> None:
    with synced("latest") as (orgs, _line):
        bigin, crm = orgs.world.bigin, orgs.world.crm
        (company,) = crm.seed("Accounts", [{"Account_Name": "Larkspur"}])
        edit(crm, contacts(crm)[0].id, {"Account_Name": company})
        runs(orgs, 3)
        edit(bigin, contacts(bigin)[0].id, {"Phone": "+49 30 5550100"})
        runs(orgs, 2)
        assert [contacts(org)[0].values.get("Account_Name") for org in (bigin, crm)] == [None, company]
        assert contacts(crm)[0].values["Phone"] == "+49 30 5550100"
