"""The demo tells its story to the end, and the story is true."""

import io
import json
import shlex
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from rich.console import Console

from bigin_sync.cli.progress import watching
from bigin_sync.errors import PortInUse
from bigin_sync.replay import demo_set
from bigin_sync.replay.demo import tell

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_set, "READ_MS", 0)
    monkeypatch.setattr(demo_set, "WRITE_MS", 0)


@pytest.mark.long
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


class Heard(io.StringIO):
    """What is told, for somebody who waits for a part of it."""

    def __init__(self) -> None:
        super().__init__()
        self._more = threading.Condition()

    def write(self, text: str) -> int:
        with self._more:
            self._more.notify_all()
            return super().write(text)

    def heard(self, part: str, *, times: int = 1) -> str:
        """All that is told once a part of it is, so many times."""
        with self._more:
            assert self._more.wait_for(lambda: self.getvalue().count(part) >= times, timeout=PATIENCE), self.getvalue()
            return self.getvalue()


def invited(told: str) -> list[list[str]]:
    """The command lines that one is invited to paste: method, URL, header and body of each."""
    lines = [shlex.split(line) for line in told.splitlines() if line.startswith("curl ")]
    return [[words[2], words[3], words[5], words[7]] for words in lines]


def accepted(method: str, url: str, header: str, body: str | None = None) -> dict[str, Any]:
    """The row that an org answers when a command line is typed."""
    name, _, value = header.partition(": ")
    answer = httpx.request(method, url, headers={name: value}, content=body).raise_for_status()
    row: dict[str, Any] = answer.json()["data"][0]
    return row


@pytest.mark.long
def test_at_the_end_both_orgs_are_open_to_edits_and_the_daemon_carries_them_over() -> None:
    screen, stop = Heard(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(tell, Console(file=screen, width=140), stopping=lambda: stop, port=None, watching=watching)
        try:
            invitations = invited(screen.heard("The tokens are good for an hour."))
            assert [urlsplit(url).path for _, url, _, _ in invitations] == ["/bigin/v2/Contacts", "/crm/v8/Contacts"]
            one, other = invitations
            for here, there in ((one, other), (other, one)):
                assert accepted(*here)["code"] == "SUCCESS"
                ((edited,), (known,)) = (json.loads(body)["data"] for *_, body in (here, there))
                ((name, value),) = ((name, value) for name, value in edited.items() if name != "id")
                screen.heard(f"{name} → {value}", times=2)  # once as an invitation, once as what a sync did
                assert accepted("GET", f"{there[1]}/{known['id']}?fields={name}", there[2])[name] == value
            assert "Sync at" in screen.getvalue()
        finally:
            stop.set()
        assert ending.result(PATIENCE) == 0
    assert "Nothing is left of both orgs." in screen.getvalue()
    assert "What to try next" in screen.getvalue()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortInUse):
        tell(Console(file=io.StringIO()), stopping=None, port=taken.getsockname()[1], watching=watching)
