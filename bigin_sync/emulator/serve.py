"""Runs the web door: until a signal, or in a thread of its own."""

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from bigin_sync.emulator.server import Door
from bigin_sync.emulator.world import World
from bigin_sync.errors import PortInUse

HOST = "127.0.0.1"
_START_PATIENCE = 10.0
_END_PATIENCE = 10.0
"""Seconds; a server that has not ended by then ends with the process."""


def serve(
    world: World, *, host: str = HOST, port: int = 8600, latency_read_ms: float = 0, latency_write_ms: float = 0
) -> None:
    """Answers calls until SIGINT or SIGTERM. Raises `PortInUse`."""
    server, listener = _server(
        world, host=host, port=port, latency_read_ms=latency_read_ms, latency_write_ms=latency_write_ms
    )
    with listener:
        server.run(sockets=[listener])


class Serving:
    """A web door in a thread of its own, for as long as the `with` block lasts; `url` is its base URL.

    port 0 takes a free one. Raises `PortInUse`.
    """

    def __init__(self, world: World, *, port: int = 0, latency_read_ms: float = 0, latency_write_ms: float = 0) -> None:
        self._server, self._listener = _server(
            world, host=HOST, port=port, latency_read_ms=latency_read_ms, latency_write_ms=latency_write_ms
        )
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(_START_PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_END_PATIENCE)
        self._listener.close()

    def _run(self) -> None:
        # The socket listens already: a caller that is quicker than the server waits in its backlog.
        self._ready.set()
        self._server.run(sockets=[self._listener])


def _server(
    world: World, *, host: str, port: int, latency_read_ms: float, latency_write_ms: float
) -> tuple[uvicorn.Server, socket.socket]:
    listener = _listen(host, port)
    door = Door(world, latency_read_ms=latency_read_ms, latency_write_ms=latency_write_ms)
    config = uvicorn.Config(
        door,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config), listener


def _listen(host: str, port: int) -> socket.socket:
    # asyncio sends small packets at once only where the protocol is named; without it every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise PortInUse(port) from error
    return listener
