"""What `make run` starts: after the story the daemon goes on, and edits through both APIs cross."""

import json
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.commands import PROGRAM

PATIENCE = 120.0
"""Seconds; the whole takes some twenty."""


@pytest.mark.long
def test_at_the_end_of_the_demo_the_daemon_carries_over_what_anybody_edits_through_either_api(tmp_path: Path) -> None:
    told = {"BIGIN_SYNC_HOME": str(tmp_path / "untouched"), "COLUMNS": "200"}
    command = [*PROGRAM, "demo", "--daemon"]
    with subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        too_long = threading.Timer(PATIENCE, process.kill)
        too_long.start()
        try:
            lines = iter(process.stdout)
            edits = list(_offered(lines))
            assert len(edits) == 2
            for method, url, token, values in edits:
                _edit(method, url, token, values)
                (changed,) = [value for name, value in values.items() if name != "id"]
                assert any("update" in line and changed in line for line in lines), "the daemon did not carry it over"
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            too_long.cancel()
            process.kill()


def _offered(lines: Iterator[str]) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """The command lines that the demo offers: method, URL, header with the token, and the values of one record."""
    for line in lines:
        if line.startswith("curl "):
            _, _, method, url, _, header, _, body = shlex.split(line)
            yield method, url, header, json.loads(body)["data"][0]
        if line.startswith("The tokens are good"):
            return


def _edit(method: str, url: str, header: str, values: dict[str, str]) -> None:
    name, _, token = header.partition(": ")
    answer = httpx.request(method, url, headers={name: token}, json={"data": [values]}, timeout=PATIENCE)
    assert answer.json()["data"][0]["status"] == "success", answer.text
