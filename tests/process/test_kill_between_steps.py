"""Whenever a first sync is killed, the next run finishes it: the same end, nothing doubled, nothing lost.

The run is a real process that talks HTTP to the emulator. It is killed (SIGKILL) at one of its steps: before a call
leaves, after it took effect but before its answer is read, before a commit, after it. Then it is run again undisturbed.
"""

import random
from itertools import count

import pytest

from tests.chance import seed
from tests.process.forking import Nursery
from tests.process.small_world import SmallWorld
from tests.process.standing import Standing, standing

STRIPES = 4
"""The walk in pieces, for as many workers as there are."""

PART = 6
"""Of the telling steps one in so many is tried in every run of the tests, drawn anew; `make torture` tries them all."""

LOOKS = 5
"""After one kill in so many, the first one to begin with, one more run is watched doing nothing."""

AFRESH = 3
"""Series of kills tried in every `make long`; all of them are far too many."""


def test_the_undisturbed_end_has_every_record_once_on_both_sides(undisturbed: Standing) -> None:
    for label, kinds in undisturbed.records.items():
        assert {kind: len(rows) for kind, rows in kinds.items()} == {"company": 6, "contact": 10}, label
    assert len(undisturbed.links) == 16
    assert (undisturbed.unsettled, undisturbed.conflicts, undisturbed.open_writes) == ([], [], 0)


@pytest.mark.parametrize("first", [1, *(pytest.param(one, marks=pytest.mark.long) for one in range(2, STRIPES + 1))])
@pytest.mark.parametrize(
    ("telling", "many"), [(True, 40), pytest.param(False, 100, marks=pytest.mark.torture)], ids=["telling", "every"]
)
def test_a_first_sync_killed_at_any_step_ends_as_if_nothing_had_happened(
    small: SmallWorld, children: Nursery, undisturbed: Standing, first: int, *, telling: bool, many: int
) -> None:
    drawn = random.Random(f"{seed()} {first}").randrange(PART) if telling else 0
    for nth, step in enumerate(count(first + drawn * STRIPES, STRIPES * (PART if telling else 1))):
        home = small.begin()
        if not children.sync_until(home, step, telling=telling):
            assert step > many, "the run was hardly looked at"
            return
        children.sync(home)
        assert standing(small, home) == undisturbed, f"killed at step {step}"
        # Where everything stands the same, nothing is left to write; a look at some of them says so once more.
        if nth % LOOKS == 0:
            (idle,) = children.sync(home)
            assert idle["writes"] == 0, f"killed at step {step}"


@pytest.mark.long
def test_a_sync_killed_again_while_it_recovers_ends_as_if_nothing_had_happened(
    small: SmallWorld, children: Nursery, undisturbed: Standing
) -> None:
    drawn = random.Random(20_310_506)
    for _ in range(AFRESH):
        kills = [drawn.randrange(40, 150), drawn.randrange(10, 110), drawn.randrange(10, 110)]
        home = small.begin()
        for step in kills:
            children.sync_until(home, step)
        _, idle = children.sync(home, times=2)
        assert standing(small, home) == undisturbed, f"killed at steps {kills}"
        assert idle["writes"] == 0, f"killed at steps {kills}"


@pytest.mark.torture
def test_every_kill_is_survived_with_another_kill_right_behind_it(
    small: SmallWorld, children: Nursery, undisturbed: Standing
) -> None:
    for first in count(40, 15):
        home = small.begin()
        if not children.sync_until(home, first):
            return
        for second in range(10, 110, 20):
            children.sync_until(home, second)
            children.sync_until(home, second + 3)
        _, idle = children.sync(home, times=2)
        assert standing(small, home) == undisturbed, f"killed at step {first}"
        assert idle["writes"] == 0, f"killed at step {first}"
