"""The forecast of a plan is what the orgs then charge for it."""

from datetime import UTC, datetime

import pytest

from bigin_sync.admin import preview
from bigin_sync.admin.forecast import days, expense, forecast
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.model.step import Verb
from bigin_sync.store.journal import State, Tally
from bigin_sync.zoho.crm import CRM
from tests.flow.two_orgs import contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


def spent(world: World) -> dict[str, int]:
    """All credits that each org has charged so far."""
    return {product: ledger.ever for product, ledger in world.ledgers.items()}


@pytest.mark.long
def test_the_orgs_charge_for_a_plan_what_was_forecast() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    world.bigin.seed("Contacts", [{"Last_Name": f"P{n}", "Email": f"p{n}@people.example"} for n in range(255)])
    with two_orgs(world, clock=world.clock) as orgs:
        orgs.sync()
        world.clock.advance(3600)
        for row in contacts(world.bigin)[:120]:
            edit(world.bigin, row.id, {"Title": "Buyer"})
        world.bigin.seed("Contacts", [{"Last_Name": f"Q{n}", "Email": f"q{n}@people.example"} for n in range(123)])
        world.crm.seed("Contacts", [{"Last_Name": f"R{n}", "Email": f"r{n}@people.example"} for n in range(14)])
        preview.plan(orgs.room)
        world.clock.advance(3600)
        begun = spent(world)
        told = {line.label: line for line in forecast(orgs.room, preview.plan(orgs.room))}
        looked = spent(world)
        world.clock.advance(3600)
        orgs.sync()
        charged = spent(world)
    # What the sync itself looks at is about what the plan before it has looked at.
    rest = {label: (charged[label] - looked[label]) - (looked[label] - begun[label]) for label in told}
    assert {label: line.credits for label, line in told.items()} == pytest.approx(rest, abs=2)
    assert (told["bigin"].credits, told["crm"].credits) == (2, 12 + 13 + 2)
    assert [(told[label].calls, told[label].days) for label in ("bigin", "crm")] == [(1, 1), (6, 1)]
    assert told["crm"].seconds > told["bigin"].seconds > 0


def test_a_forecast_counts_batches_kind_by_kind_and_only_what_is_written_there() -> None:
    tallies = [
        Tally(Kind(kind), verb, target, State.PLANNED, number)
        for kind, verb, target, number in (
            ("company", Verb.CREATE, Side.RIGHT, 101),
            ("contact", Verb.CREATE, Side.RIGHT, 99),
            ("contact", Verb.MERGE, Side.RIGHT, 5),
            ("contact", Verb.UPDATE, Side.RIGHT, 6),
            ("contact", Verb.UPDATE, Side.LEFT, 7),
            ("contact", Verb.LINK, None, 500),
        )
    ]
    cost = expense(tallies, Side.RIGHT, prices=CRM.prices, concurrency=5)
    assert (cost.calls, cost.credits) == (2 + 1 + 1 + 1, 11 + 10 + 2 + 1)


@pytest.mark.parametrize(("wanted", "left", "number"), [(0, 0, 1), (10, 10, 1), (11, 10, 2), (111, 10, 3)])
def test_what_exceeds_the_credits_of_today_takes_more_days(wanted: int, left: int, number: int) -> None:
    assert days(wanted, left=left, daily=100) == number
