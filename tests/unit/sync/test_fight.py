"""Two automations that undo each other are told from people by how often within how short a time."""

from datetime import timedelta

import pytest

from bigin_sync.model.side import Side
from bigin_sync.sync.fight import Blow, FightLimits, fighting
from tests.unit.sync.copies import moment

LIMITS = FightLimits(rounds=3, within=timedelta(minutes=10))
L, R = Side.LEFT, Side.RIGHT


def blows(*sides: Side, every: int = 30) -> list[Blow]:
    """Updates of these sides, one after the other."""
    return [(moment(every * (number + 1)), side) for number, side in enumerate(sides)]


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
    again = [*some, *((at + timedelta(seconds=240), side) for at, side in some)]
    assert fighting(again, LIMITS, now=moment(500), since=moment(240))
