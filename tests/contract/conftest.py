"""An emulator in a thread, and a shell beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import World
from tests.contract.shell import Shell


@pytest.fixture(scope="module")
def world() -> World:
    """Two empty orgs that a module's tests share."""
    return World.default(SystemClock())


@pytest.fixture(scope="module")
def emulator(world: World) -> Iterator[str]:
    """The URL of an emulator in a thread."""
    with Serving(world) as door:
        yield door.url


@pytest.fixture
def shell(tmp_path: Path, emulator: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A fresh state folder beside the emulator."""
    return Shell(tmp_path / "state", emulator, monkeypatch, capsys)
