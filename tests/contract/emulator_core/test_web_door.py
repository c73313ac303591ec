"""The web door: real sockets, calls that overlap, connections that break."""

import asyncio
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.server import Door
from bigin_sync.emulator.world import World
from bigin_sync.errors import PortInUse


@contextmanager
def connected(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=20) as client:
        client.headers["Authorization"] = token(client)
        yield client


def token(client: httpx.Client) -> str:
    form = {"grant_type": "refresh_token", "client_id": "1000.EMULATOR", "client_secret": "emulator-secret"}
    body = client.post("/oauth/v2/token", data={**form, "refresh_token": "1000.emulator.crm"}).json()
    assert body["api_domain"] == str(client.base_url)
    return f"Zoho-oauthtoken {body['access_token']}"


def test_the_web_door_answers_as_the_other_does(world: World, crm: httpx.Client) -> None:
    world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    with Serving(world) as door, connected(door.url) as client:
        for path in (
            "/crm/v8/Contacts?fields=Last_Name",
            "/crm/v8/org",
            "/crm/v8/Deals?fields=id",
            "/crm/v8/nowhere/x/y/z/q",
        ):
            mine, other = client.get(path), crm.get(f"https://emulator.example{path}")
            assert (mine.status_code, mine.content) == (other.status_code, other.content)
            assert mine.headers.get("content-type") == other.headers.get("content-type")


@pytest.mark.parametrize("kind", ["drop_after", "torn"])
def test_a_connection_breaks_after_the_effect_took_place(world: World, kind: str) -> None:
    with Serving(world) as door, connected(door.url) as client:
        world.faults.add(Fault(kind=kind, method="POST"))  # type: ignore[arg-type]  # -- both are kinds
        with pytest.raises(httpx.TransportError):
            client.post("/crm/v8/Contacts", json={"data": [{"Last_Name": "Weber"}]})
        assert len(world.crm.tables["Contacts"]) == 1
        assert client.get("/crm/v8/org").status_code == 200


def test_a_call_too_many_is_refused_while_another_waits_for_its_answer(world: World, crm: httpx.Client) -> None:
    world.crm.switches.turn({"concurrency": 1})
    statuses: list[int] = []

    async def call(door: Door, *, begun: asyncio.Event, held: asyncio.Event) -> None:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                begun.set()
                await held.wait()

        await door(request(crm), receive, send)

    async def overlap() -> None:
        door, begun, held, free = Door(world, latency_read_ms=1), asyncio.Event(), asyncio.Event(), asyncio.Event()
        free.set()
        first = asyncio.create_task(call(door, begun=begun, held=held))
        await begun.wait()
        await call(door, begun=begun, held=free)
        held.set()
        await first
        await call(door, begun=begun, held=free)

    asyncio.run(overlap())
    assert statuses == [200, 429, 200]
    assert (world.crowds["crm"].peak, world.crowds["crm"].inside) == (1, 0)


def test_what_the_door_needs_to_make_an_answer_is_part_of_the_latency(
    world: World, crm: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(round(seconds, 3))

    async def one_that_takes(needed: float) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        # The clock of the loop stands still but for what the answer takes.
        shown = iter((now, now + needed))
        with monkeypatch.context() as patch:
            patch.setattr(loop, "time", lambda: next(shown, now + needed))
            patch.setattr(asyncio, "sleep", rest)
            await Door(world, latency_read_ms=250)(request(crm), hear, tell)

    async def hear() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def tell(_message: MutableMapping[str, Any]) -> None:
        """Nobody listens."""

    asyncio.run(one_that_takes(0.1))
    asyncio.run(one_that_takes(0.4))
    assert rests == [0.15, 0.0]


def request(client: httpx.Client) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/crm/v8/org",
        "query_string": b"",
        "server": ("127.0.0.1", 1),
        "headers": [(b"authorization", client.headers["Authorization"].encode())],
    }


def test_a_port_that_is_taken_is_told(world: World) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortInUse):
            Serving(world, port=taken.getsockname()[1])
