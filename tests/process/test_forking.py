"""Children that the forking process forks: whatever becomes of one, its test is told."""

import signal
from pathlib import Path

import pytest

from tests.process import forking

ORDER = {"times": 1, "last": None, "telling": False}


def test_a_child_that_hangs_is_ended_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(forking, "LONGEST", 0.05)
    monkeypatch.setattr(forking, "sync", lambda *_, **__: signal.pause())
    told = forking.answer({**ORDER, "home": str(tmp_path)}, tmp_path / "told.json")
    assert told == {"ended": -signal.SIGALRM, "runs": [], "error": "SIGALRM"}


def test_a_child_that_fails_tells_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(forking, "sync", fail)
    told = forking.answer({**ORDER, "home": str(tmp_path)}, tmp_path / "told.json")
    assert (told["ended"], told["runs"], "OSError: the disk is full" in told["error"]) == (1, [], True)
