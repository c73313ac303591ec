"""Brakes: numbers that look like an accident stop a run before its first write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bigin_sync.sync.brakes import NO_BRAKES, BrakeLimits, Tally, clocks_off, may_vanish, pulled, vanished

QUIET = Tally("contact", creates=0, updates=0, blanks=0, linked=10_000, first=False)
CRM = frozenset({"Zoho CRM"})
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


def allowed(brake: str, much: str = "100 and 50 %") -> str:
    """The end of a reason: what is allowed, and the settings that say so."""
    return f"allowed are {much} of those linked (max_{brake}, max_{brake}_percent)"


def test_a_quiet_plan_may_run() -> None:
    assert pulled(QUIET, LIMITS) == []
    assert pulled(replace(QUIET, linked=0), BrakeLimits()) == []


@pytest.mark.parametrize(
    ("tally", "reason"),
    [
        (
            replace(QUIET, creates=6_000, creates_in=CRM),
            f"create 6000 contact records in Zoho CRM, with 10000 linked; {allowed('creates')}",
        ),
        (
            replace(QUIET, updates=6_000, updates_in=CRM | {"Bigin"}),
            f"change 6000 of 10000 (60 %) linked contact records in Bigin and Zoho CRM; {allowed('updates')}",
        ),
        (
            replace(QUIET, blanks=1_100, updates_in=CRM),
            f"empty 1100 fields of the 10000 linked contact records in Zoho CRM; {allowed('blanks', '10 and 10 %')}",
        ),
    ],
)
def test_a_plan_that_exceeds_both_the_count_and_the_share_is_stopped_with_the_reason(tally: Tally, reason: str) -> None:
    assert pulled(tally, LIMITS) == [f"this run would {reason}"]


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


def test_what_is_counted_is_told_once_with_all_that_stands_against_it() -> None:
    (reason,) = pulled(replace(QUIET, updates=130, linked=130, updates_in=CRM), BrakeLimits())
    told = "this run would change all 130 linked contact records in Zoho CRM"
    assert reason == f"{told}; {allowed('updates')} and all, or nearly all, of 20 (max_all_changed)"
    (reason,) = vanished(130, BrakeLimits(), kind="contact", linked=130, where="Zoho CRM")
    told = "all 130 linked contact records are gone from Zoho CRM"
    assert reason == f"{told}; {allowed('gone', '20 and 25 %')} and all of 5 (max_all_gone)"


def test_without_any_link_everything_is_the_whole_and_no_percentage_of_nothing_is_told() -> None:
    (reason,) = pulled(replace(QUIET, linked=0, creates=101), LIMITS)
    assert "create 101 contact records, with none linked; allowed" in reason


def test_a_brake_that_is_taken_off_stops_nothing() -> None:
    much = replace(QUIET, creates=900_000, updates=900_000, blanks=900_000)
    assert pulled(much, NO_BRAKES) == pulled(replace(much, first=True), NO_BRAKES) == []
    assert vanished(10_000, NO_BRAKES, kind="contact", linked=10_000, where="Bigin") == []


def test_a_first_sync_may_create_as_much_as_it_finds() -> None:
    assert pulled(replace(QUIET, first=True, linked=0, creates=90_000, updates=90_000), LIMITS) == []


def test_a_first_sync_stops_at_its_ceiling() -> None:
    ceiling = replace(LIMITS, first_creates=500)
    first = replace(QUIET, first=True, creates=500, creates_in=CRM)
    assert pulled(first, ceiling) == []
    assert pulled(replace(first, creates=501), ceiling) == [
        "the first sync would create 501 contact records in Zoho CRM; allowed are 500 (max_first_creates)"
    ]


def test_a_first_sync_has_a_ceiling_for_changes_too() -> None:
    first = replace(QUIET, first=True, updates=501)
    assert pulled(first, replace(LIMITS, first_updates=501)) == []
    assert pulled(first, replace(LIMITS, first_updates=500)) == [
        "the first sync would change 501 contact records; allowed are 500 (max_first_updates)"
    ]


@pytest.mark.parametrize(
    ("updates", "linked", "told"),
    [
        (200, 200, ["all 200"]),
        (180, 200, ["180 of 200 (90 %)"]),
        (179, 200, []),
        (100, 100, []),
    ],
)
def test_a_run_that_changes_every_linked_record_or_nearly_is_stopped_unless_they_are_few(
    updates: int, linked: int, told: list[str]
) -> None:
    reasons = pulled(replace(QUIET, updates=updates, linked=linked), BrakeLimits(updates=None, all_changed=100))
    limit = "allowed are all, or nearly all, of 100 (max_all_changed)"
    assert reasons == [f"this run would change {each} linked contact records; {limit}" for each in told]


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
    first = replace(QUIET, creates=90, blanks=6, linked=100, creates_in=CRM)
    assert pulled(first, LIMITS) == []
    second = replace(QUIET, creates=20, blanks=5, linked=190).after(first, created=90, updated=1)
    (reason,) = pulled(second, LIMITS)
    told = "this run would create 110 contact records in Zoho CRM, with 190 linked"
    assert reason == f"{told}; {allowed('creates')}; 91 are written already"


@pytest.mark.parametrize(
    ("gone", "linked", "reasons"),
    [
        (20, 30, []),
        (101, 404, []),
        (21, 42, ["21 of 42 (50 %)"]),
        (400, 400, ["all 400"]),
        (6, 6, ["all 6"]),
        (6, 7, []),
        (5, 5, []),
        (-20, 0, []),
    ],
)
def test_links_are_not_given_up_where_too_many_of_them_are_concerned(
    gone: int, linked: int, reasons: list[str]
) -> None:
    told = vanished(gone, BrakeLimits(), kind="contact", linked=linked, where="Bigin")
    assert [each.partition("; ")[0] for each in told] == [
        f"{each} linked contact records are gone from Bigin" for each in reasons
    ]


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
        "the clock of Bigin is 3:00:02 ahead of this machine's (allowed are 0:05:00)",
        "the clock of Zoho CRM is 0:06:00 behind this machine's (allowed are 0:05:00)",
    ]
