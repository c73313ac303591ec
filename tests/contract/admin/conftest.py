"""A fresh stage for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.admin.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Two emulated orgs without a record, and a room in a folder of its own."""
    with staged(tmp_path / "home") as found:
        yield found
