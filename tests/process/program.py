"""The program typed in processes of its own, beside an emulator in another one."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.commands import CLIENT, PROGRAM, SECRET, Ran, connecting

API = {"bigin": "/bigin/v2", "crm": "/crm/v8"}


@dataclass(frozen=True, slots=True)
class Shell:
    """A state folder, and commands typed there. The emulator's URL is `url`."""

    home: Path
    url: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def type(self, *words: str, given: str = "", **environment: str) -> Ran:
        """Run one command to its end; nobody sits at the terminal. given: what it finds on standard input."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BIGIN_SYNC_")}
        done = subprocess.run(
            [*PROGRAM, *words],
            env={**inherited, "BIGIN_SYNC_HOME": str(self.home), **self.extra, **environment},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def connect(self, label: str) -> Ran:
        """Connect one of the emulated orgs."""
        return self.type(*connecting(label, url=self.url))


@contextmanager
def emulating(*words: str) -> Iterator[str]:
    """The URL of an emulator that was started with these words; it has to end well."""
    command = [*PROGRAM, "emulator", "--port", str(_free_port()), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
        assert process.returncode == 0


def person(url: str, label: str, *, token: str = "") -> httpx.Client:
    """A client that is the administrator of an emulated org, or whoever else a refresh token belongs to."""
    form = {"grant_type": "refresh_token", "client_id": CLIENT, "client_secret": SECRET}
    asked = {**form, "refresh_token": token or f"1000.emulator.{label}"}
    given = httpx.post(f"{url}/oauth/v2/token", data=asked).json()["access_token"]
    return httpx.Client(base_url=f"{url}{API[label]}", headers={"Authorization": f"Zoho-oauthtoken {given}"})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
