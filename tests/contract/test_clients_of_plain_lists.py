"""Both clients in orgs whose lists heed neither `ids=` nor `If-Modified-Since`, which is not confirmed for Bigin v2."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.zoho.client import PRODUCTS, ZohoSide, open_side
from bigin_sync.zoho.oauth import Credentials
from bigin_sync.zoho.side import Capabilities, Cursor

START = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
FIELDS = ("Last_Name", "Phone", "Description")
"""A text of several lines among them, which COQL of Bigin does not answer."""

Open = Callable[[Capabilities | None], ZohoSide]


@pytest.fixture
def world() -> World:
    return World.default(ShiftedClock(FixedClock(START)))


@pytest.fixture(params=["bigin", "crm"])
def org(request: pytest.FixtureRequest, world: World) -> Org:
    found = world.org(request.param)
    found.switches.turn({"ids": False, "modified_since": False})
    return found


@pytest.fixture
def opened(world: World, org: Org) -> Iterator[Open]:
    token = f"1000.emulator.{org.product}"
    credentials = Credentials("1000.EMULATOR", "emulator-secret", token, "https://emulated.example")
    sides: list[ZohoSide] = []

    def open_one(can: Capabilities | None) -> ZohoSide:
        transport = mock_transport(world)
        sides.append(open_side(org.product, credentials, clock=world.clock, capabilities=can, transport=transport))
        return sides[-1]

    yield open_one
    for side in sides:
        side.close()


def seeded(org: Org, number: int) -> list[str]:
    return org.seed("Contacts", [{"Last_Name": f"Weber {count}"} for count in range(number)])


def found_out(opened: Open) -> Capabilities:
    side = opened(None)
    return side.probe({"Contacts": side.fields("Contacts")})


def test_the_probe_finds_out_that_ids_are_not_heeded(org: Org, opened: Open) -> None:
    seeded(org, 3)
    assert not found_out(opened).ids
    org.switches.turn({"ids": True})
    assert found_out(opened).ids


@pytest.mark.parametrize("queries", [True, False])
@pytest.mark.parametrize("believed", [True, False])
def test_exactly_the_records_asked_for_are_fetched(org: Org, opened: Open, queries: bool, believed: bool) -> None:
    contacts = seeded(org, 5)
    side = opened(replace(found_out(opened), coql=queries, ids=believed))
    rows = side.fetch("Contacts", [contacts[0], contacts[3], "1111111111111111111"], fields=FIELDS).rows
    assert sorted(str(row["id"]) for row in rows) == [contacts[0], contacts[3]]
    assert all(set(FIELDS) <= row.keys() for row in rows)


def test_an_incremental_reading_by_lists_gives_what_changed_and_an_idle_one_nothing(
    world: World, org: Org, opened: Open
) -> None:
    contacts = seeded(org, 450)
    world.clock.advance(600)
    side = opened(replace(PRODUCTS[org.product].cautious, coql=False))
    *_, last = side.read("Contacts", fields=FIELDS, cursor=Cursor())
    world.clock.advance(600)
    (idle,) = side.read("Contacts", fields=FIELDS, cursor=last.cursor)
    assert idle.rows == []
    world.clock.advance(600)
    side.update("Contacts", [{"id": contacts[7], "Phone": "555"}], unmodified_since=None)
    (page,) = side.read("Contacts", fields=FIELDS, cursor=idle.cursor)
    assert [row["id"] for row in page.rows] == [contacts[7]]


def test_deleted_records_are_told_from_the_given_moment_on(world: World, org: Org, opened: Open) -> None:
    old, new, _ = seeded(org, 3)
    for record in (old, new):
        delete_record(org, org.modules["Contacts"], record, by=org.admin())
        world.clock.advance(60)
    side = opened(None)
    (page,) = side.deleted("Contacts", since=START + timedelta(seconds=30))
    assert [gone.id for gone in page] == [new]
