"""Credits that run out in the middle stop the run, and nothing else; what is counted is what the org has counted."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.admin.modules import activate, configure
from bigin_sync.admin.status import status
from bigin_sync.admin.watch import DaemonState
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.world import World
from bigin_sync.errors import OutOfCredits
from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.vital import alive
from bigin_sync.model.side import BOTH
from bigin_sync.store import credits, notices, orgs
from tests.flow.two_orgs import TwoOrgs, contacts, edit, two_orgs

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
FEW = 60


def grant(both: TwoOrgs, daily: int) -> None:
    """From now on both orgs have so many credits a day, as far as the program knows."""
    with both.room.db.write(both.iid) as session:
        for side in BOTH:
            org = orgs.get(session, both.iid, side=side)
            assert org is not None
            orgs.checked(session, both.iid, side=side, capabilities={**org.capabilities, "daily_credits": daily})


def counted(both: TwoOrgs) -> dict[str, int]:
    with both.room.db.read() as session:
        return {both.room.pairing.label(side): credits.used(session, both.iid, side=side) for side in BOTH}


def test_a_run_that_is_out_of_credits_says_until_when_and_the_next_days_finish_without_doubling() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    names = sorted(f"P{n}" for n in range(600))
    world.bigin.seed("Contacts", [{"Last_Name": name, "Email": f"{name}@people.example"} for name in names])
    with two_orgs(world, clock=world.clock) as both:
        charged = {label: ledger.ever for label, ledger in world.ledgers.items()}
        before = counted(both)
        grant(both, FEW)
        with pytest.raises(OutOfCredits) as refused:
            both.sync()
        until = refused.value.until
        assert until is not None
        assert timedelta(0) < until - world.clock.now() <= timedelta(days=1, minutes=2)
        assert {label: number - before[label] for label, number in counted(both).items()} == {
            label: ledger.ever - charged[label] for label, ledger in world.ledgers.items()
        }
        begun = len(contacts(world.crm))
        assert 0 < begun < len(names)
        for _day in range(6):
            world.clock.advance(timedelta(days=1, minutes=2).total_seconds())
            with suppress(OutOfCredits):
                both.sync()
        for org in (world.bigin, world.crm):
            assert sorted(str(row.values["Last_Name"]) for row in contacts(org)) == names
        report = both.sync()
        assert (report.writes, report.clean) == (0, True)


def test_a_first_sync_that_has_used_up_its_share_pauses_while_edits_go_on_crossing() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    (id,) = world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
    with two_orgs(world, clock=world.clock) as both, alive(both.room, both.iid) as vital:
        keeper = Keeper(both.room, both.iid, bounds=Bounds(60, 60), vital=vital, stop=threading.Event())
        assert keeper.look() is not None
        configure(both.room, "pipelines")
        activate(both.room, "pipelines")
        world.bigin.seed("Products", [{"Product_Name": f"P{n}", "Product_Code": f"C{n}"} for n in range(600)])
        spent = max(counted(both).values())
        grant(both, int((spent + FEW) / 0.8))
        world.clock.advance(60)
        assert [keeper.look() is None for _ in range(2)] == [False, True]
        assert keeper.rest() is None
        begun = len(world.crm.tables["Products"].rows)
        assert 0 < begun < 600
        with both.room.db.read() as session:
            told = [notice.text for notice in notices.unseen(session, both.iid)]
        assert any("The first sync of Pipelines" in text and "pauses" in text for text in told)
        edit(world.bigin, id, {"Title": "Head of purchasing"})
        world.clock.advance(60)
        assert keeper.look() is not None
        assert contacts(world.crm)[0].values["Title"] == "Head of purchasing"
        for _ in range(3):
            world.clock.advance(timedelta(days=1, minutes=2).total_seconds())
            for _look in range(3):
                keeper.look()
        assert len(world.crm.tables["Products"].rows) == 600


def test_the_status_says_that_the_credits_are_used_up_and_when_it_goes_on() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    world.bigin.seed("Contacts", [{"Last_Name": f"P{n}", "Email": f"p{n}@people.example"} for n in range(600)])
    with two_orgs(world, clock=world.clock) as both, alive(both.room, both.iid) as vital:
        grant(both, FEW)
        keeper = Keeper(both.room, both.iid, bounds=Bounds(60, 60), vital=vital, stop=threading.Event())
        assert keeper.look() is None
        rest = keeper.rest()
        assert rest is not None
        vital.beat()
        now = status(both.room)
        assert now.daemon is not None
        assert (now.daemon.state, now.daemon.trouble_until) == (DaemonState.RESTING, rest.until)
        assert now.daemon.trouble is not None
        assert f"used up. There are new ones from {rest.until:%Y-%m-%d %H:%M} UTC." in now.daemon.trouble
        keeper.look()
        assert keeper.rest() == rest
