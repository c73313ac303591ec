"""Both clients read and make associations against the emulated services."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.model.outcome import Cause, Refused, Stored
from bigin_sync.zoho.client import ZohoSide, open_side
from bigin_sync.zoho.oauth import Credentials

START = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
DEALS = {"bigin": "Pipelines", "crm": "Deals"}
NOBODY = "4876512000009999999"


@pytest.fixture
def world() -> World:
    return World.default(ShiftedClock(FixedClock(START)), crm_pipelines=True)


@pytest.fixture(params=["bigin", "crm"])
def side(request: pytest.FixtureRequest, world: World) -> Iterator[ZohoSide]:
    product = str(request.param)
    credentials = Credentials(
        "1000.EMULATOR", "emulator-secret", f"1000.emulator.{product}", "https://emulated.example"
    )
    opened = open_side(product, credentials, clock=world.clock, transport=mock_transport(world))
    yield opened
    opened.close()


def a_deal(world: World, side: ZohoSide) -> str:
    return world.org(side.label).seed(DEALS[side.label], [{"Deal_Name": "Ropes", "Stage": "Qualification"}])[0]


def products(world: World, side: ZohoSide, number: int) -> list[str]:
    rows = [{"Product_Name": f"Rope {count}"} for count in range(number)]
    return list(world.org(side.label).seed("Products", rows))


def test_what_is_joined_is_read_from_either_end(world: World, side: ZohoSide) -> None:
    deal, (rope,) = a_deal(world, side), products(world, side, 1)
    module = DEALS[side.label]
    assert side.related(module, deal, listed="Products") == []
    (outcome,) = side.relate(module, deal, listed="Products", ids=[rope])
    assert isinstance(outcome, Stored)
    assert side.related(module, deal, listed="Products") == [rope]
    assert side.related("Products", rope, listed=module) == [deal]


def test_joining_twice_changes_nothing(world: World, side: ZohoSide) -> None:
    deal, (rope,) = a_deal(world, side), products(world, side, 1)
    for _ in range(2):
        (outcome,) = side.relate(DEALS[side.label], deal, listed="Products", ids=[rope])
        assert isinstance(outcome, Stored)
    assert side.related(DEALS[side.label], deal, listed="Products") == [rope]


def test_a_long_list_is_read_page_by_page(world: World, side: ZohoSide) -> None:
    deal, ropes = a_deal(world, side), products(world, side, 250)
    for start in range(0, len(ropes), 100):
        side.relate(DEALS[side.label], deal, listed="Products", ids=ropes[start : start + 100])
    assert sorted(side.related(DEALS[side.label], deal, listed="Products")) == sorted(ropes)


def test_a_list_is_read_by_token_past_what_pages_by_number_show(world: World, side: ZohoSide) -> None:
    deal, ropes = a_deal(world, side), products(world, side, 2_030)
    for rope in ropes:
        world.org(side.label).links.join((DEALS[side.label], deal), ("Products", rope), facts={})
    assert side.related(DEALS[side.label], deal, listed="Products") == ropes[::-1]


def test_a_product_that_is_gone_does_not_keep_the_others_away(world: World, side: ZohoSide) -> None:
    deal, (rope,) = a_deal(world, side), products(world, side, 1)
    lost, kept = side.relate(DEALS[side.label], deal, listed="Products", ids=[NOBODY, rope])
    assert isinstance(lost, Refused)
    assert lost.cause is Cause.MISSING
    assert isinstance(kept, Stored)
    assert side.related(DEALS[side.label], deal, listed="Products") == [rope]


def test_an_org_tells_its_related_lists(side: ZohoSide) -> None:
    names = {row["api_name"] for row in side.related_lists(DEALS[side.label])}
    assert "Products" in names
    assert DEALS[side.label] in {row["api_name"] for row in side.related_lists("Products")}


def test_only_the_crm_is_asked_which_stages_a_pipeline_has(side: ZohoSide) -> None:
    layouts = side.layouts(DEALS[side.label])
    told = [row for layout in layouts for row in side.pipelines(str(layout["id"]))]
    names = [(row["actual_value"], [stage["actual_value"] for stage in row["maps"]]) for row in told]
    if side.label == "bigin":
        assert names == []
    else:
        assert ("Renewals", ["Qualification", "Negotiation/Review", "Closed Won", "Closed Lost"]) in names
