from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.errors import (
    AccessLost,
    Bug,
    LeaseLost,
    MissingScope,
    OutOfCredits,
    RequestRefused,
    Unavailable,
)
from bigin_sync.jobs.backoff import LONGEST, for_a_person, rest_after, unforeseen

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def pause(error: Exception, failures: int = 1) -> float:
    return (rest_after(error, failures=failures, now=NOW).until - NOW).total_seconds()


def test_out_of_credits_rests_until_there_are_new_ones_and_says_so() -> None:
    until = NOW + timedelta(hours=5)
    rest = rest_after(OutOfCredits("The credits are used up.", until=until), failures=1, now=NOW)
    assert rest.until == until
    assert "2026-03-02 14:00 UTC" in rest.why
    assert pause(OutOfCredits("Used up.")) == LONGEST.total_seconds()


def test_what_may_pass_by_itself_is_tried_again_later_and_later_but_never_given_up() -> None:
    pauses = [pause(Unavailable("The host cannot be reached."), failures) for failures in range(1, 12)]
    assert pauses[:4] == [15, 30, 60, 120]
    assert pauses[-1] == LONGEST.total_seconds()
    assert pauses == sorted(pauses)


def test_another_process_at_work_is_waited_for_shortly_each_time() -> None:
    assert {pause(LeaseLost("Another is at work."), failures) for failures in (1, 5, 50)} == {10}


@pytest.mark.parametrize("error", [AccessLost("Access was taken away."), MissingScope("A scope is missing.")])
def test_what_needs_a_person_is_left_in_peace_and_told(error: Exception) -> None:
    assert pause(error) == LONGEST.total_seconds()
    assert for_a_person(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Mrs Larkspur"),
        Bug("Mrs Larkspur is counted twice."),
        RequestRefused("Mrs Larkspur is not allowed.", code="INVALID_DATA", status=400),
    ],
)
def test_no_reason_quotes_a_record(error: Exception) -> None:
    assert "Larkspur" not in rest_after(error, failures=1, now=NOW).why


def test_only_mistakes_of_the_program_are_unforeseen() -> None:
    assert unforeseen(ValueError())
    assert unforeseen(Bug("A promise was broken."))
    assert not unforeseen(LeaseLost("Another is at work."))
