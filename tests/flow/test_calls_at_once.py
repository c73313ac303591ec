"""How many calls are under way to an org at a time."""

from dataclasses import replace

import pytest

from bigin_sync.emulator.world import World
from bigin_sync.jobs import clients
from bigin_sync.model.side import BOTH
from tests.flow.two_orgs import two_orgs

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.mark.parametrize(("wanted", "found"), [(None, 5), (2, 2), (25, 10)])
def test_as_many_calls_are_under_way_as_the_environment_wants_and_the_org_allows(
    wanted: int | None, found: int
) -> None:
    world = World.default()
    with two_orgs(world) as orgs:
        more = {} if wanted is None else {"calls_at_once": wanted}
        room = replace(orgs.room, settings=orgs.room.settings.model_copy(update=more))
        with clients.opened(room, orgs.iid) as sides:
            assert [sides[side].concurrency for side in BOTH] == [found, found]
