"""A story in which the orgs are let go is disturbed like any other, though nothing runs then."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from bigin_sync.replay.reading import read
from tests.torture.kills import kill_in
from tests.torture.lies import lie_in
from tests.torture.stories import drawn_runs
from tests.torture.table import Tally

STORY = Path(__file__).parents[2] / "fixtures/disconnect-and-connect-again-writes-nothing.yaml"


def test_of_its_runs_those_are_drawn_at_which_both_orgs_are_connected() -> None:
    story = read(STORY)
    told = [number for number, step in enumerate(story.steps) if step.sync is not None]
    drawn = drawn_runs(story, Random(1), runs=None)
    assert (told, drawn) == ([0, 2, 5, 10, 11], [0, 5, 10, 11])


@pytest.mark.long
@pytest.mark.parametrize("disturb", [partial(kill_in, stops=1), partial(lie_in, lies=1)], ids=["killed", "lied to"])
def test_it_ends_as_if_nothing_had_happened(disturb: Callable[..., None]) -> None:
    tally = Tally()
    disturb(read(STORY), name=STORY.stem, luck=Random(1), tally=tally)
    assert tally.findings == []
    assert tally.faults
