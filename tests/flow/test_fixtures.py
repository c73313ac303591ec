"""Every scenario of `fixtures/` goes as it is told, whatever the machine's own clock says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bigin_sync.replay.play import play
from bigin_sync.replay.reading import read, scenario_files
from bigin_sync.replay.scenario import Scenario
from tests.standstill import standstill

FIXTURES = Path(__file__).parents[2] / "fixtures"
STORIES = [read(path) for path in scenario_files([FIXTURES])]


@pytest.fixture(autouse=True, scope="module")
def _the_machine_s_clock_stands_still() -> Iterator[None]:
    """Whoever asked the machine for the time instead of the scenario's clock would find himself in another century."""
    with standstill("1999-12-31 23:59:59"):
        yield


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.path.stem)
def test_the_story_goes_as_it_is_told(story: Scenario) -> None:
    assert play(story).faults == []


def test_no_two_stories_have_the_same_title() -> None:
    titles = [story.title for story in STORIES]
    assert sorted(set(titles)) == sorted(titles)
