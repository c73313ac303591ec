from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigin_sync.errors import OutOfCredits
from bigin_sync.model.side import Side
from bigin_sync.store import credits as store_credits
from bigin_sync.store.credits import Ledger
from bigin_sync.store.db import Database
from bigin_sync.store.tables_setup import IntegrationRow
from tests.contract.store.conftest import HandClock

DAY = 24 * 3600


def ledger(db: Database, iid: int, *, budget: int = 1_000, reserve: int = 0) -> Ledger:
    return Ledger(db, iid, side=Side.LEFT, budget=budget, reserve=reserve)


def used(db: Database, iid: int, *, side: Side = Side.LEFT) -> int:
    with db.read() as session:
        return store_credits.used(session, iid, side=side)


def test_what_is_used_is_known_to_the_credit(db: Database, iid: int, clock: HandClock) -> None:
    one = ledger(db, iid)
    for number in range(7):
        one.book(3)
        assert used(db, iid) == 3 * (number + 1)
        clock.sleep(40)
    assert used(db, iid, side=Side.RIGHT) == 0


def test_the_call_beyond_the_budget_is_refused_and_not_counted(db: Database, iid: int) -> None:
    one = ledger(db, iid, budget=250, reserve=10)
    for _ in range(24):
        one.book(10)
    with pytest.raises(OutOfCredits):
        one.book(1)
    assert used(db, iid) == 240


def test_the_refusal_says_when_enough_credits_are_back(db: Database, iid: int, clock: HandClock) -> None:
    one = ledger(db, iid, budget=10)
    one.book(4)
    clock.sleep(3600)
    one.book(6)
    with pytest.raises(OutOfCredits) as refusal:
        one.book(5)
    until = refusal.value.until
    assert until == datetime(2026, 3, 3, 10, 1, tzinfo=UTC)
    with pytest.raises(OutOfCredits) as refusal:
        one.book(4)
    assert refusal.value.until == datetime(2026, 3, 3, 9, 1, tzinfo=UTC)
    clock.sleep((refusal.value.until - clock.now()).total_seconds() - 1)
    with pytest.raises(OutOfCredits):
        one.book(4)
    clock.sleep(1)
    one.book(4)


def test_a_call_dearer_than_the_whole_budget_has_no_time_at_which_it_may_go(db: Database, iid: int) -> None:
    one = ledger(db, iid, budget=3)
    with pytest.raises(OutOfCredits) as refusal:
        one.book(4)
    assert refusal.value.until is None


def test_two_processes_share_one_budget(db: Database, iid: int) -> None:
    one, other = ledger(db, iid, budget=300), ledger(db, iid, budget=300)
    booked = 0
    for each in (one, other) * 200:
        try:
            each.book(1)
        except OutOfCredits:
            break
        booked += 1
    assert used(db, iid) == booked <= 300


def test_credits_are_back_after_a_day_and_a_minute_at_most(db: Database, iid: int, clock: HandClock) -> None:
    one = ledger(db, iid, budget=100)
    clock.sleep(59)
    one.book(100)
    clock.sleep(DAY)
    with pytest.raises(OutOfCredits):
        one.book(1)
    clock.sleep(1)
    one.book(100)
    assert used(db, iid) == 100


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(st.integers(1, 30), st.sampled_from(["minute", "hours", "another"])), max_size=60))
def test_no_window_of_a_day_ever_holds_more_than_the_budget(
    db: Database, clock: HandClock, steps: list[int | str]
) -> None:
    with db.write() as session:
        row = IntegrationRow(pairing="p", name="n", state="active", created_at=clock.now(), settings={})
        session.add(row)
        session.flush()
        iid = row.id
    assert iid is not None
    one = ledger(db, iid, budget=200)
    calls: list[tuple[datetime, int]] = []
    for step in steps:
        if step == "minute":
            clock.sleep(61)
        elif step == "hours":
            clock.sleep(7 * 3600)
        elif step == "another":
            one = ledger(db, iid, budget=200)
        elif isinstance(step, int):
            try:
                one.book(step)
            except OutOfCredits:
                continue
            calls.append((clock.now(), step))
    for at, _ in calls:
        assert sum(credits for when, credits in calls if at - timedelta(seconds=DAY) < when <= at) <= 200
