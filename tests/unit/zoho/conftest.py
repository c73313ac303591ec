"""What holds for every test of the clients."""

from collections.abc import Iterator

import pytest

from tests.unit.zoho import stage


@pytest.fixture(autouse=True)
def _sides_are_closed() -> Iterator[None]:
    """No pool outlives the test it was opened in."""
    yield
    while stage.OPEN:
        stage.OPEN.pop().close()
