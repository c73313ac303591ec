"""The web door: an ASGI application that answers from a world, late on request, so that calls overlap."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.crowd import Crowd
from bigin_sync.emulator.replies import JSON_TYPE, ApiError, Reply
from bigin_sync.emulator.world import Answer, World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Door:
    """The application. The effect of a call takes place at once, its answer leaves after the latency.

    latency_read_ms, latency_write_ms: how long a read, or a write, takes from its arrival to its answer; what the door
    itself needs to make the answer is part of it. Calls under way count against the limits of calls at once meanwhile.
    """

    def __init__(self, world: World, *, latency_read_ms: float = 0, latency_write_ms: float = 0) -> None:
        self._world = world
        self._read = latency_read_ms / 1000
        self._write = latency_write_ms / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        call = await _call(scope, receive)
        found = self._world.weigh(call)
        if found is None:
            await self._serve(call, receive, send)
            return
        crowd, heavy = found
        try:
            crowd.enter(heavy=heavy)
        except ApiError as error:
            await _send(error.reply(), send)
            return
        try:
            await self._serve(call, receive, send)
        finally:
            _leave(crowd, heavy=heavy)

    async def _serve(self, call: Call, receive: Receive, send: Send) -> None:
        time = asyncio.get_running_loop().time
        due = time() + self._latency(call)
        answer = self._world.answer(call)
        await asyncio.sleep(max(0.0, due - time()) + answer.delay)
        if answer.reply is None:
            await _hang_up(receive, send)
        elif answer.torn:
            await _send_half(answer, receive, send)
        else:
            await _send(answer.reply, send)

    def _latency(self, call: Call) -> float:
        """Seconds; how people arrange the emulator itself is never slow."""
        if call.path.startswith("/emulator/"):
            return 0
        reads = call.method == "GET" or call.path.endswith(("/coql", "/token"))
        return self._read if reads else self._write


def _leave(crowd: Crowd, *, heavy: bool) -> None:
    crowd.leave(heavy=heavy)


async def _call(scope: Scope, receive: Receive) -> Call:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host, port = scope["server"]
    return Call(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=bytes(body),
        base_url=f"{scope['scheme']}://{headers.get('host', f'{host}:{port}')}",
    )


async def _send(reply: Reply, send: Send) -> None:
    payload = reply.payload()
    await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply, len(payload))})
    await send({"type": "http.response.body", "body": payload})


async def _send_half(answer: Answer, receive: Receive, send: Send) -> None:
    assert answer.reply is not None  # noqa: S101 -- a torn answer has one
    payload = answer.reply.payload()
    headers = _headers(answer.reply, len(payload))
    await send({"type": "http.response.start", "status": answer.reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": payload[: len(payload) // 2], "more_body": True})
    await _hang_up(receive, send)


def _headers(reply: Reply, length: int) -> list[tuple[bytes, bytes]]:
    named = dict(reply.headers)
    if reply.body is not None:
        named.setdefault("content-type", JSON_TYPE)
    if reply.status not in {204, 304}:
        named["content-length"] = str(length)
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]


async def _hang_up(receive: Receive, send: Send) -> None:
    """Breaks the connection off. ASGI knows no such thing, so the server's own transport is closed."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("this server does not let a connection be broken")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
