"""A story in which the orgs are let go is disturbed like any other, though nothing runs then."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from bigin_sync.replay.reading import read
from tests.torture.kills import kill_in
from tests.torture.lies import lie_in
from tests.torture.table import Tally

STORY = Path(__file__).parents[2] / "fixtures/disconnect-and-connect-again-writes-nothing.yaml"


@pytest.mark.long
@pytest.mark.parametrize("disturb", [partial(kill_in, stops=1), partial(lie_in, lies=1)], ids=["killed", "lied to"])
def test_it_ends_as_if_nothing_had_happened(disturb: Callable[..., None]) -> None:
    tally = Tally()
    disturb(read(STORY), name=STORY.stem, luck=Random(1), tally=tally)
    assert tally.findings == []
    assert tally.faults
