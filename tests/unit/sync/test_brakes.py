"""Brakes: numbers that look like an accident stop a run before its first write."""

from dataclasses import replace

import pytest

from bigin_sync.sync.brakes import BrakeLimits, Tally, pulled

QUIET = Tally("contact", creates=0, updates=0, blanks=0, linked=10_000, first=False)
LIMITS = BrakeLimits(
    creates=100,
    creates_percent=50.0,
    updates=100,
    updates_percent=50.0,
    blanks=10,
    blanks_percent=10.0,
    first_creates=None,
)


def test_a_quiet_plan_may_run() -> None:
    assert pulled(QUIET, LIMITS) == []
    assert pulled(replace(QUIET, linked=0), BrakeLimits()) == []


@pytest.mark.parametrize(
    ("tally", "reason"),
    [
        (replace(QUIET, creates=6_000), "this run would create 6000 contact records (60 % of those linked)"),
        (replace(QUIET, updates=10_000), "this run would update 10000 contact records (100 % of those linked)"),
        (replace(QUIET, blanks=1_100), "this run would empty fields of 1100 contact records (11 % of those linked)"),
    ],
)
def test_a_plan_that_exceeds_both_the_count_and_the_share_is_stopped_with_the_reason(tally: Tally, reason: str) -> None:
    assert pulled(tally, LIMITS) == [reason]


@pytest.mark.parametrize(
    "tally",
    [
        replace(QUIET, creates=5_000, updates=5_000, blanks=1_000),
        replace(QUIET, linked=10, creates=100, updates=100, blanks=10),
    ],
    ids=["many, but a small share", "a large share, but few"],
)
def test_a_plan_that_exceeds_only_one_of_the_two_may_run(tally: Tally) -> None:
    assert pulled(tally, LIMITS) == []


def test_every_reason_is_told_at_once() -> None:
    assert len(pulled(replace(QUIET, creates=9_000, updates=9_000, blanks=9_000), LIMITS)) == 3


def test_without_any_link_everything_is_the_whole() -> None:
    assert pulled(replace(QUIET, linked=0, creates=101), LIMITS) != []


def test_a_brake_that_is_taken_off_stops_nothing() -> None:
    off = BrakeLimits(creates=None, updates=None, blanks=None)
    assert pulled(replace(QUIET, creates=90_000, updates=90_000, blanks=90_000), off) == []


def test_a_first_sync_may_create_as_much_as_it_finds() -> None:
    assert pulled(replace(QUIET, first=True, linked=0, creates=90_000, updates=90_000), LIMITS) == []


def test_a_first_sync_stops_at_its_ceiling() -> None:
    ceiling = replace(LIMITS, first_creates=500)
    first = replace(QUIET, first=True, creates=500)
    assert pulled(first, ceiling) == []
    assert pulled(replace(first, creates=501), ceiling) == [
        "the first sync would create 501 contact records, the ceiling is 500"
    ]
