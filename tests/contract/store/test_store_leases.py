from datetime import datetime, timedelta

import pytest

from bigin_sync.errors import LeaseLost
from bigin_sync.store import leases
from bigin_sync.store.db import Database
from bigin_sync.store.leases import Lease
from tests.contract.store.conftest import HandClock

MINUTE = timedelta(minutes=1)


def acquire(db: Database, iid: int, holder: str = "a") -> Lease | None:
    with db.write() as session:
        return leases.acquire(session, iid, holder=holder, duration=MINUTE)


def acquired(db: Database, iid: int, holder: str = "a") -> Lease:
    lease = acquire(db, iid, holder)
    assert lease is not None
    return lease


def check(db: Database, iid: int, fence: int) -> None:
    with db.write() as session:
        leases.check(session, iid, fence)


def renew(db: Database, iid: int, fence: int) -> datetime:
    with db.write() as session:
        return leases.renew(session, iid, fence=fence, duration=MINUTE)


def test_a_lease_that_runs_is_given_to_nobody_else(db: Database, iid: int, clock: HandClock) -> None:
    lease = acquired(db, iid)
    clock.sleep(59)
    assert acquire(db, iid, "b") is None
    assert acquire(db, iid, "a") is None
    with db.read() as session:
        assert leases.current(session, iid) == lease


def test_every_lease_has_a_higher_fence(db: Database, iid: int, clock: HandClock) -> None:
    first = acquired(db, iid)
    with db.write() as session:
        leases.release(session, iid, fence=first.fence)
    second = acquired(db, iid, "b")
    clock.sleep(60)
    third = acquired(db, iid, "c")
    assert first.fence < second.fence < third.fence


def test_who_lost_the_lease_can_not_write_renew_or_release_it(db: Database, iid: int, clock: HandClock) -> None:
    lost = acquired(db, iid)
    clock.sleep(60)
    taken = acquired(db, iid, "b")
    with pytest.raises(LeaseLost):
        check(db, iid, lost.fence)
    with pytest.raises(LeaseLost):
        renew(db, iid, lost.fence)
    with db.write() as session:
        leases.release(session, iid, fence=lost.fence)
    check(db, iid, taken.fence)


def test_an_expired_lease_that_nobody_took_over_still_holds(db: Database, iid: int, clock: HandClock) -> None:
    lease = acquired(db, iid)
    clock.sleep(3600)
    check(db, iid, lease.fence)
    with db.read() as session:
        assert leases.current(session, iid) is None
    assert renew(db, iid, lease.fence) == clock.now() + MINUTE
    assert acquire(db, iid, "b") is None


def test_a_released_lease_allows_no_more_writes(db: Database, iid: int) -> None:
    lease = acquired(db, iid)
    with db.write() as session:
        leases.release(session, iid, fence=lease.fence)
    with pytest.raises(LeaseLost):
        check(db, iid, lease.fence)


def test_without_any_lease_nothing_may_be_written(db: Database, iid: int) -> None:
    with pytest.raises(LeaseLost):
        check(db, iid, 0)
    with db.read() as session:
        assert leases.current(session, iid) is None
