"""Two small orgs behind a web door and a process that forks children, both made once for all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests import databases
from tests.process.forking import Nursery, nursery
from tests.process.small_world import SmallWorld
from tests.process.standing import Standing, standing


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    with SmallWorld(tmp_path_factory.mktemp("small")).served() as served:
        yield served


@pytest.fixture(scope="session")
def children() -> Iterator[Nursery]:
    with nursery() as opened:
        yield opened


@pytest.fixture(scope="session")
def undisturbed(small: SmallWorld, children: Nursery) -> Standing:
    """How everything stands after a first sync that nothing got in the way of."""
    home = small.begin()
    first, second = children.sync(home, times=2)
    assert first["writes"] > 0
    assert second["writes"] == 0
    return standing(small, home)


@pytest.fixture(params=databases.BOTH)
def elsewhere(request: pytest.FixtureRequest) -> str | None:
    """The database that takes the place of the file, if one does: on each of them a test is tried."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))
