"""The door for tests and replay: an httpx transport that answers from a world, without a socket."""

from collections.abc import Iterator

import httpx

from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.world import World


def mock_transport(world: World) -> httpx.MockTransport:
    """A transport that answers every request from the world, whatever the host; it may serve several threads.

    A broken connection comes out as `httpx.ReadError`. A late answer pushes the world's clock, and is
    `httpx.ReadTimeout` when the caller's patience is shorter than that.
    """

    def handle(request: httpx.Request) -> httpx.Response:
        answer = world.answer(call_of(request))
        patience = _patience(request)
        if answer.delay:
            world.clock.sleep(answer.delay if patience is None else min(answer.delay, patience))
        if patience is not None and answer.delay > patience:
            raise httpx.ReadTimeout("the answer came too late", request=request)
        if answer.reply is None:
            raise httpx.ReadError("the connection was closed", request=request)
        payload = answer.reply.payload()
        headers = dict(answer.reply.headers)
        if answer.torn:
            return httpx.Response(answer.reply.status, headers=headers, stream=_Torn(payload, request))
        return httpx.Response(answer.reply.status, headers=headers, content=payload)

    return httpx.MockTransport(handle)


def call_of(request: httpx.Request) -> Call:
    """An httpx request as the emulator sees it."""
    url = request.url
    port = f":{url.port}" if url.port is not None else ""
    return Call(
        method=request.method,
        path=url.path,
        query=url.query.decode("ascii"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
        base_url=f"{url.scheme}://{url.host}{port}",
    )


def _patience(request: httpx.Request) -> float | None:
    timeout = request.extensions.get("timeout")
    read = timeout.get("read") if isinstance(timeout, dict) else None
    return float(read) if isinstance(read, (int, float)) else None


class _Torn(httpx.SyncByteStream):
    """Half of a body, then a broken connection."""

    def __init__(self, payload: bytes, request: httpx.Request) -> None:
        self._payload = payload
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._payload[: len(self._payload) // 2]
        raise httpx.ReadError("the connection was closed", request=self._request)
