"""What the campaign takes for an edit that lost by the strategy, and what for one that was undone."""

import pytest

from bigin_sync.model.side import Side
from tests.torture.past import Held, Past, rightly_gone

NOON = 43200


def the_past(side: Side, *held: tuple[int, str, bool], modified: int = 0) -> Past:
    """What a field has held: since which second after noon, what, and whether it was the sync that wrote it."""
    changes = [Held(NOON + at, value, ours) for at, value, ours in held]
    return Past(side, changes, [*(one.at for one in changes[1:]), *([NOON + modified] if modified else [])])


def test_what_was_written_over_with_an_old_value_of_the_other_side_was_undone() -> None:
    here = the_past(Side.RIGHT, (0, "old", False), (10, "t1", False), (20, "old", True))
    assert not rightly_gone("t1", "old", here=here, there=the_past(Side.LEFT, (0, "old", False)))


def test_what_was_written_over_with_what_had_come_from_the_other_side_before_was_undone() -> None:
    there = the_past(Side.LEFT, (0, "old", False), (5, "t0", False), modified=15)
    here = the_past(Side.RIGHT, (0, "old", False), (8, "t0", True), (10, "t1", False), (20, "t0", True))
    assert not rightly_gone("t1", "t0", here=here, there=there)


def test_what_nobody_wrote_makes_nobody_lose() -> None:
    here = the_past(Side.RIGHT, (0, "old", False), (10, "t1", False), (20, "made up", True))
    assert not rightly_gone("t1", "made up", here=here, there=the_past(Side.LEFT, (0, "old", False)))


def test_what_is_written_over_what_had_crossed_wins_whenever_it_was() -> None:
    there = the_past(Side.LEFT, (0, "old", False), (12, "t1", True), (12, "t2", False))
    here = the_past(Side.RIGHT, (0, "old", False), (10, "t1", False), (20, "t2", True), modified=19)
    assert rightly_gone("t1", "t2", here=here, there=there)


@pytest.mark.parametrize(
    ("there", "here", "rightly"), [(9, 10, False), (10, 10, False), (11, 10, True), (30, 10, False)]
)
def test_of_two_who_wrote_at_once_only_the_later_wins(*, there: int, here: int, rightly: bool) -> None:
    left = the_past(Side.LEFT, (0, "old", False), (5, "t2", False), modified=there)
    right = the_past(Side.RIGHT, (0, "old", False), (here, "t1", False), (20, "t2", True))
    assert rightly_gone("t1", "t2", here=right, there=left) is rightly


def test_in_the_same_second_what_was_written_in_the_crm_stands() -> None:
    left = the_past(Side.LEFT, (0, "old", False), (10, "t1", False), (20, "t2", True))
    assert rightly_gone("t1", "t2", here=left, there=the_past(Side.RIGHT, (0, "old", False), (10, "t2", False)))


def test_what_was_written_over_what_was_on_its_way_wins_in_whichever_second() -> None:
    there = the_past(Side.LEFT, (0, "old", False), (10, "t2", False))
    here = the_past(Side.RIGHT, (0, "old", False), (10, "t1", False), (20, "t2", True))
    assert rightly_gone("t1", "t2", here=here, there=there, sent=True)
    assert not rightly_gone("t1", "t2", here=here, there=there)


def test_what_was_there_before_the_sync_wins_at_a_first_meeting_if_its_record_was_modified_later() -> None:
    there = the_past(Side.RIGHT, (0, "old", False), modified=15)
    here = the_past(Side.LEFT, (0, "older", False), (10, "t1", False), (20, "old", True))
    assert rightly_gone("t1", "old", here=here, there=there)
    assert not rightly_gone("t1", "old", here=here, there=the_past(Side.RIGHT, (0, "old", True), modified=15))
