"""The demo tells its story to the end, and the story is true."""

import io
import socket
from pathlib import Path

import pytest
from rich.console import Console

from bigin_sync.cli.progress import watching
from bigin_sync.errors import PortInUse
from bigin_sync.replay import demo_set
from bigin_sync.replay.demo import tell


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_set, "READ_MS", 0)
    monkeypatch.setattr(demo_set, "WRITE_MS", 0)


def test_the_story_is_told_to_its_end_and_both_orgs_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGIN_SYNC_HOME", str(tmp_path / "untouched"))
    screen = io.StringIO()
    assert tell(Console(file=screen, width=140), stopping=None, port=None, watching=watching) == 0
    told = screen.getvalue()
    assert "the later change wins" in told
    assert "only a person can tell" in told
    assert "0 records written" in told
    for name, value in (("Mobile", "+49 30 23125 777"), ("Title", "Head of everything"), ("Title", "Managing partner")):
        alike = [line for line in told.splitlines() if f" {name} " in line and line.count(value) == 2]
        assert len(alike) == 1, f"{name} {value}"
    assert not (tmp_path / "untouched").exists()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortInUse):
        tell(Console(file=io.StringIO()), stopping=None, port=taken.getsockname()[1], watching=watching)
