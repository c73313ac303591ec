"""Two emulated orgs and a room to work in, for tests of what a person can ask for."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bigin_sync.admin import connect, modules
from bigin_sync.admin.connect import Connection
from bigin_sync.clock import SystemClock
from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.settings import Settings

URL = "https://emulator.example"
PATHS = {"bigin": "/bigin/v2", "crm": "/crm/v8"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A world and a room, with people who use the products' own APIs."""

    world: World
    room: Room
    line: httpx.Client
    headers: dict[str, dict[str, str]]

    def connect(self, label: str, **changes: Any) -> Connection:  # noqa: ANN401 -- a case gives what it likes
        """Connect one org as its administrator."""
        given: dict[str, Any] = {
            "client_id": "1000.EMULATOR",
            "client_secret": "emulator-secret",
            "accounts_url": URL,
        } | changes
        if "grant_code" not in given:
            given.setdefault("refresh_token", f"1000.emulator.{label}")
        return connect.connect(self.room, label, **given)

    def ready(self, **changes: str) -> None:
        """Both orgs connected, the contacts module switched on."""
        for label in PATHS:
            self.connect(label)
        modules.configure(self.room, "contacts", changes=changes)
        modules.activate(self.room, "contacts")

    def make(self, label: str, module: str, *rows: Mapping[str, object]) -> list[str]:
        """People create records."""
        return [item["details"]["id"] for item in self._send("POST", label, module, list(rows))]

    def edit(self, label: str, module: str, id: str, **values: object) -> None:
        """A person edits a record."""
        self._send("PUT", label, module, [{"id": id, **values}])

    def record(self, label: str, module: str, id: str) -> dict[str, object]:
        """A record as the product shows it."""
        found: dict[str, object] = self.call("GET", label, f"{module}/{id}").json()["data"][0]
        return found

    def _send(self, verb: str, label: str, module: str, rows: list[Mapping[str, object]]) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call(verb, label, module, body={"data": rows}).json()["data"]
        assert all(item["code"] == "SUCCESS" for item in items), items
        return items

    def call(self, verb: str, label: str, path: str, *, body: object = None) -> httpx.Response:
        """One call of a person, who signs in again when the token has expired."""
        answer = self.line.request(verb, f"{PATHS[label]}/{path}", headers=self.headers[label], json=body)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.headers[label] = _signed_in(self.line, label)
            answer = self.line.request(verb, f"{PATHS[label]}/{path}", headers=self.headers[label], json=body)
        return answer.raise_for_status()


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A fresh stage; the clock can be moved with `world.clock.advance`."""
    clock = ShiftedClock(SystemClock())
    world = World.default(clock)
    settings = Settings(home=folder, database_url=f"sqlite:///{folder / 'state.db'}")
    transports = {label: mock_transport(world) for label in PATHS}
    with (
        httpx.Client(transport=mock_transport(world), base_url=URL) as line,
        Room.open(settings, clock=clock, transports=transports) as room,
    ):
        yield Stage(world, room, line, {label: _signed_in(line, label) for label in PATHS})


def _signed_in(line: httpx.Client, label: str) -> dict[str, str]:
    form = {
        "grant_type": "refresh_token",
        "client_id": "1000.EMULATOR",
        "client_secret": "emulator-secret",
        "refresh_token": f"1000.emulator.{label}.jonas",
    }
    token = line.post("/oauth/v2/token", data=form).json()
    return {"Authorization": f"Zoho-oauthtoken {token['access_token']}"}


def another_org(stage: Stage, **facts: str) -> httpx.BaseTransport:
    """A line to an org that is like the emulated one but for these facts of it, such as its id."""
    inner = mock_transport(stage.world)

    def answer(request: httpx.Request) -> httpx.Response:
        response = inner.handle_request(request)
        if not request.url.path.endswith("/org"):
            return response
        body = json.loads(response.read())
        body["org"][0] |= facts
        return httpx.Response(200, json=body)

    return httpx.MockTransport(answer)
