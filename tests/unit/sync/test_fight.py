"""Two automations that undo each other are told from people by how often within how short a time."""

from datetime import timedelta

import pytest

from bigin_sync.model.side import Side
from bigin_sync.sync.fight import Blow, FightLimits, fighting
from tests.unit.sync.copies import moment

LIMITS = FightLimits(rounds=3, within=timedelta(minutes=10))
L, R = Side.LEFT, Side.RIGHT


def blows(*sides: Side, every: int = 30) -> list[Blow]:
    """Updates of these sides, one after the other, each with other values."""
    return [Blow(moment(every * (number + 1)), side, str(number)) for number, side in enumerate(sides)]


def undoing(turns: int, *, every: int) -> list[Blow]:
    """Updates of the two sides in turn, each side always with the same values."""
    return [blow._replace(values=blow.side.value) for blow in blows(*[R, L] * turns, every=every)]


def test_more_than_three_turns_of_each_side_are_a_fight() -> None:
    assert fighting(blows(R, L, R, L, R, L, R, L), LIMITS, now=moment(300))


def test_three_turns_of_each_side_are_not_a_fight_yet() -> None:
    assert not fighting(blows(R, L, R, L, R, L, R), LIMITS, now=moment(300))


@pytest.mark.parametrize("side", Side)
def test_somebody_who_edits_one_side_over_and_over_fights_nobody(side: Side) -> None:
    assert not fighting(blows(*[side] * 20), LIMITS, now=moment(600))


def test_several_updates_of_one_side_in_a_row_are_one_turn() -> None:
    assert not fighting(blows(R, R, R, R, L, L, L, L, every=20), LIMITS, now=moment(300))


def test_what_was_written_longer_ago_counts_no_more() -> None:
    some = blows(R, L, R, L, R, L, R, L)
    assert fighting(some, LIMITS, now=moment(600))
    assert not fighting(some, LIMITS, now=moment(660))


def test_what_was_written_before_a_person_let_it_go_on_counts_no_more() -> None:
    some = blows(R, L, R, L, R, L, R, L)
    assert not fighting(some, LIMITS, now=moment(300), since=moment(240))
    again = [*some, *(blow._replace(at=blow.at + timedelta(seconds=240)) for blow in some)]
    assert fighting(again, LIMITS, now=moment(500), since=moment(240))


SLOW = 900
"""Seconds between two runs that are too far apart for what happened within minutes."""


def test_values_that_come_back_more_than_three_times_a_day_on_each_side_are_a_fight() -> None:
    assert not fighting(undoing(4, every=SLOW), LIMITS, now=moment(9 * SLOW)), (
        "the first values of a side come back three times"
    )
    assert fighting(undoing(5, every=SLOW), LIMITS, now=moment(11 * SLOW))


def test_people_who_edit_both_sides_in_turn_all_day_fight_nobody() -> None:
    assert not fighting(blows(*[R, L] * 20, every=SLOW), LIMITS, now=moment(41 * SLOW))


def test_values_that_came_back_longer_ago_than_a_day_count_no_more() -> None:
    assert not fighting(undoing(5, every=SLOW), LIMITS, now=moment(SLOW) + timedelta(days=1))


def test_values_that_came_back_before_a_person_let_it_go_on_count_no_more() -> None:
    assert not fighting(undoing(6, every=SLOW), LIMITS, now=moment(13 * SLOW), since=moment(4 * SLOW))
