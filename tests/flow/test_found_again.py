"""A record whose creation was not confirmed is found whoever looks for it, and by whatever clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.admin.connect import connect
from bigin_sync.clock import Clock
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.users import User
from bigin_sync.emulator.world import World
from tests.flow.two_orgs import TwoOrgs, contacts, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A clock that goes as another one does, and shows another time."""

    right: Clock
    ahead: timedelta

    def now(self) -> datetime:
        return self.right.now() + self.ahead

    def elapsed(self) -> float:
        return self.right.elapsed()

    def sleep(self, seconds: float) -> None:
        self.right.sleep(seconds)


@contextmanager
def tolerant(ahead: timedelta) -> Iterator[None]:
    """A clock that is off stops every run, unless that much is allowed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIGIN_SYNC_CLOCK_TOLERANCE", str(60 + abs(ahead) // timedelta(seconds=1)))
        yield


@contextmanager
def lost(ahead: timedelta = timedelta()) -> Iterator[TwoOrgs]:
    """A contact of the Bigin org that was made in the CRM org, where the answer was lost."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    with tolerant(ahead), two_orgs(world, clock=Wrong(world.clock, ahead)) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Title": "Buyer"}])
        world.faults.add(Fault(kind="drop_after", product="crm", method="POST", path="/Contacts$"))
        orgs.sync()
        world.clock.advance(60)
        yield orgs


def promoted(org: Org) -> User:
    """Another person of an org, who may do whatever the administrator may."""
    admin = org.admin()
    other = next(user for user in org.users.values() if user.id != admin.id and user.status == "active")
    org.users[other.id] = replace(other, profile=admin.profile, role=admin.role)
    return org.users[other.id]


def made_once(orgs: TwoOrgs) -> bool:
    """Whether both orgs have the contact once, after some more runs."""
    for _ in range(3):
        orgs.sync()
        orgs.world.clock.advance(300)
    return [len(contacts(org)) for org in (orgs.world.bigin, orgs.world.crm)] == [1, 1]


def test_a_record_is_found_after_another_person_was_connected() -> None:
    with lost() as orgs:
        name = promoted(orgs.world.crm).first_name
        connect(
            orgs.room,
            "crm",
            client_id="1000.EMULATOR",
            client_secret="emulator-secret",
            refresh_token=f"1000.emulator.crm.{str(name).lower()}",
            accounts_url="http://127.0.0.1:8600",
        )
        assert made_once(orgs)


def test_a_record_is_found_though_our_clock_is_hours_ahead() -> None:
    with lost(timedelta(hours=3)) as orgs:
        assert made_once(orgs)


def test_a_record_is_found_though_our_clock_is_hours_behind() -> None:
    with lost(-timedelta(hours=3)) as orgs:
        assert made_once(orgs)
