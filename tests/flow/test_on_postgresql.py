"""The scenarios of `fixtures/` go on PostgreSQL as they are told: some in every run of the tests, all if asked for."""

import pytest

from bigin_sync.replay.play import play
from bigin_sync.replay.scenario import Scenario
from tests import databases
from tests.flow.test_fixtures import STORIES

ONE_IN = 32

SHARED = [
    story if number % ONE_IN == 0 else pytest.param(story, marks=pytest.mark.postgres)
    for number, story in enumerate(STORIES)
]


@pytest.mark.parametrize("story", SHARED, ids=[story.path.stem for story in STORIES])
def test_the_story_goes_on_postgresql_as_it_is_told(postgresql: str, story: Scenario) -> None:
    assert play(story, database_url=databases.emptied(postgresql)).faults == []
