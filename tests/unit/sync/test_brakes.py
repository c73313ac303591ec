"""Brakes: numbers that look like an accident stop a run before its first write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bigin_sync.sync.brakes import NO_BRAKES, BrakeLimits, Tally, clocks_off, may_vanish, pulled, vanished

QUIET = Tally("contact", creates=0, updates=0, blanks=0, linked=10_000, first=False)
LIMITS = BrakeLimits(
    creates=100,
    creates_percent=50.0,
    updates=100,
    updates_percent=50.0,
    blanks=10,
    blanks_percent=10.0,
    all_changed=None,
    first_creates=None,
    first_updates=None,
)


def test_a_quiet_plan_may_run() -> None:
    assert pulled(QUIET, LIMITS) == []
    assert pulled(replace(QUIET, linked=0), BrakeLimits()) == []


@pytest.mark.parametrize(
    ("tally", "reason"),
    [
        (replace(QUIET, creates=6_000), "this run would create 6000 contact records (60 % of those linked)"),
        (replace(QUIET, updates=10_000), "this run would update 10000 contact records (100 % of those linked)"),
        (replace(QUIET, blanks=1_100), "this run would empty 1100 fields of contact records (11 % of those linked)"),
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
    much = replace(QUIET, creates=900_000, updates=900_000, blanks=900_000)
    assert pulled(much, NO_BRAKES) == pulled(replace(much, first=True), NO_BRAKES) == []
    assert vanished(10_000, NO_BRAKES, kind="contact", linked=10_000, where="Bigin") == []


def test_a_first_sync_may_create_as_much_as_it_finds() -> None:
    assert pulled(replace(QUIET, first=True, linked=0, creates=90_000, updates=90_000), LIMITS) == []


def test_a_first_sync_stops_at_its_ceiling() -> None:
    ceiling = replace(LIMITS, first_creates=500)
    first = replace(QUIET, first=True, creates=500)
    assert pulled(first, ceiling) == []
    assert pulled(replace(first, creates=501), ceiling) == [
        "the first sync would create 501 contact records, the ceiling is 500"
    ]


def test_a_first_sync_has_a_ceiling_for_changes_too() -> None:
    first = replace(QUIET, first=True, updates=501)
    assert pulled(first, replace(LIMITS, first_updates=501)) == []
    assert pulled(first, replace(LIMITS, first_updates=500)) == [
        "the first sync would change 501 contact records, the ceiling is 500"
    ]


@pytest.mark.parametrize(
    ("updates", "linked", "told"),
    [
        (200, 200, ["all 200 contact records that are linked"]),
        (180, 200, ["180 of the 200 contact records that are linked, nearly all"]),
        (179, 200, []),
        (100, 100, []),
    ],
)
def test_a_run_that_changes_every_linked_record_or_nearly_is_stopped_unless_they_are_few(
    updates: int, linked: int, told: list[str]
) -> None:
    reasons = pulled(replace(QUIET, updates=updates, linked=linked), BrakeLimits(updates=None, all_changed=100))
    assert reasons == [f"this run would change {each}" for each in told]


@pytest.mark.parametrize(
    ("tally", "stops"),
    [
        (replace(QUIET, updates=89, linked=90), True),
        (replace(QUIET, updates=80, linked=90), False),
        (replace(QUIET, updates=500, linked=900), True),
        (replace(QUIET, updates=400, linked=900), False),
        (replace(QUIET, creates=501, linked=40), True),
        (replace(QUIET, creates=150, linked=40), False),
    ],
)
def test_the_brakes_as_they_come_stop_what_concerns_most_of_an_org(tally: Tally, *, stops: bool) -> None:
    assert bool(pulled(tally, BrakeLimits())) is stops


def test_what_earlier_rounds_of_a_run_have_written_counts_with_what_follows_from_it() -> None:
    first = replace(QUIET, creates=90, blanks=6, linked=100)
    assert pulled(first, LIMITS) == []
    second = replace(QUIET, creates=20, blanks=5, linked=190).after(first, created=90, updated=1)
    assert pulled(second, LIMITS) == [
        "this run would create 110 contact records (58 % of those linked); 91 are written already"
    ]


@pytest.mark.parametrize(
    ("gone", "linked", "reasons"),
    [
        (20, 30, []),
        (101, 404, []),
        (21, 42, ["21 of 42 linked contact records (50 %) are gone from Bigin"]),
        (400, 400, ["all 400 linked contact records are gone from Bigin"]),
        (6, 6, ["all 6 linked contact records are gone from Bigin"]),
        (6, 7, []),
        (5, 5, []),
        (-20, 0, []),
    ],
)
def test_links_are_not_given_up_where_too_many_of_them_are_concerned(
    gone: int, linked: int, reasons: list[str]
) -> None:
    assert vanished(gone, BrakeLimits(), kind="contact", linked=linked, where="Bigin") == reasons


def test_what_earlier_rounds_have_written_of_what_was_only_tried_again_does_not_count() -> None:
    first = replace(QUIET, creates=2, linked=100)
    second = replace(QUIET, creates=1, linked=190).after(first, created=200, updated=300)
    assert (second.creates, second.updates, second.written) == (3, 0, 500)


@pytest.mark.parametrize(
    ("gone", "limits", "counted"),
    [
        (6, BrakeLimits(), True),
        (5, BrakeLimits(), False),
        (21, BrakeLimits(all_gone=None), True),
        (20, BrakeLimits(all_gone=None), False),
        (6, BrakeLimits(gone=None), True),
        (10_000, NO_BRAKES, False),
    ],
)
def test_links_are_counted_only_where_as_many_are_gone_as_might_stop_a_run(
    gone: int, limits: BrakeLimits, counted: bool
) -> None:
    assert may_vanish(gone, limits) is not counted


def test_clocks_may_differ_by_so_much_and_no_more() -> None:
    bound = timedelta(minutes=5)
    assert clocks_off({"Bigin": bound, "Zoho CRM": -bound}, bound) == []
    assert clocks_off({"Bigin": timedelta(hours=3, seconds=2), "Zoho CRM": timedelta(minutes=-6)}, bound) == [
        "the clock of Bigin is 3:00:02 ahead of this machine's",
        "the clock of Zoho CRM is 0:06:00 behind this machine's",
    ]
