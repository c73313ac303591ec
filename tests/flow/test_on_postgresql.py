"""The scenarios of `fixtures/` go on PostgreSQL as they are told."""

import pytest

from bigin_sync.replay.play import play
from bigin_sync.replay.scenario import Scenario
from tests import databases
from tests.flow.test_fixtures import STORIES


@pytest.mark.parametrize("story", STORIES if databases.SERVER else [], ids=lambda story: story.path.stem)
def test_the_story_goes_on_postgresql_as_it_is_told(postgresql: str, story: Scenario) -> None:
    assert play(story, database_url=databases.emptied(postgresql)).faults == []
