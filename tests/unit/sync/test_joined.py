"""What is joined crosses, what is parted stays parted, and what is joined again crosses again."""

import itertools
from collections.abc import Iterator

import pytest

from bigin_sync.model.side import BOTH, Side
from bigin_sync.sync.joined import Seen, Verdict

NONE: frozenset[Side] = frozenset()
LEFT, RIGHT, EITHER = frozenset({Side.LEFT}), frozenset({Side.RIGHT}), frozenset(BOTH)
SETS = (NONE, LEFT, RIGHT, EITHER)


def every() -> Iterator[Seen]:
    """All that can be seen: only a side that was read can show anything."""
    for was, shown, read in itertools.product(SETS, repeat=3):
        if shown <= read:
            yield Seen(was, shown, read)


@pytest.mark.parametrize("seen", [*every()])
def test_only_what_is_new_on_one_side_is_joined_on_the_other_and_nothing_twice(seen: Seen) -> None:
    verdict = seen.verdict()
    if verdict.missing is not None:
        assert seen.shown == {verdict.missing.other}
        assert verdict.missing.other not in seen.was
    assert verdict.on <= seen.was | seen.shown
    assert seen.was - seen.read <= verdict.on, "what was not looked at is as it was"


@pytest.mark.parametrize("side", BOTH)
def test_a_story_of_two_records(side: Side) -> None:
    here, there = frozenset({side}), frozenset({side.other})
    assert Seen(NONE, here, EITHER).verdict() == Verdict(NONE, missing=side.other), "joined here"
    assert Seen(EITHER, there, EITHER).verdict() == Verdict(there), "parted here"
    assert Seen(there, there, there).verdict() == Verdict(there), "modified there: what is joined there is old"
    assert Seen(there, NONE, there).verdict() == Verdict(NONE), "parted there as well"
    assert Seen(NONE, there, there).verdict() == Verdict(NONE, missing=side), "joined there anew"
    assert Seen(there, here, EITHER).verdict() == Verdict(NONE, missing=side.other), "joined here, and parted there"
    assert Seen(there, here, here).verdict() == Verdict(EITHER), "joined here, and known to be joined there"


@pytest.mark.parametrize("side", BOTH)
def test_a_deleted_record_is_not_parted(side: Side) -> None:
    seen = Seen(EITHER, frozenset({side.other}), EITHER)
    assert seen.parted == {side}
    assert seen.but_for(seen.parted).verdict() == Verdict(EITHER)
