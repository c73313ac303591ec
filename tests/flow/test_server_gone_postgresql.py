"""A PostgreSQL server that is restarted in the middle of a run."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.pool import Pool

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from tests import databases
from tests.flow.two_orgs import LABELS, contacts, two_orgs

PEOPLE = 5

LAST_WORD_S = 10
"""How long the server may take to say that it ends a connection."""


class Breaking:
    """Breaks, once it has begun, every connection that comes to rest.

    Nobody else can be using it then: a connection that is broken as soon as it looks idle from outside may have been
    tried by the pool just before, and be in use by the time it breaks.
    """

    def __init__(self, server: psycopg.Connection[Any]) -> None:
        self._server = server
        self.begun = False
        self.broken = 0

    def at_rest(self, connection: psycopg.Connection[Any] | None, _record: object) -> None:
        """The pool has got this connection back; None for one that had been broken before."""
        if self.begun and connection is not None:
            self._server.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
            heard, _, _ = select.select([connection.fileno()], [], [], LAST_WORD_S)
            assert heard, "the server did not end the connection"
            self.broken += 1


class Line(httpx.BaseTransport):
    """A line over which a record is made just when the server begins to be restarted."""

    def __init__(self, world: World, server: Breaking) -> None:
        self._inner = mock_transport(world)
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if request.method == "POST" and request.url.path.endswith("/Contacts"):
            self._server.begun = True
        return answer


@contextmanager
def breaking(url: str) -> Iterator[Breaking]:
    """A server of which every pool of this process tells when it gets a connection back."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        server = Breaking(connection)
        event.listen(Pool, "checkin", server.at_rest)
        try:
            yield server
        finally:
            event.remove(Pool, "checkin", server.at_rest)


def test_a_server_that_is_restarted_between_two_transactions_is_not_even_noticed(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", databases.emptied(postgresql))
    world = World.default(ShiftedClock())
    world.crm.seed("Contacts", [{"Last_Name": f"Berg {number}"} for number in range(PEOPLE)])
    with (
        breaking(postgresql) as server,
        two_orgs(world, transports=dict.fromkeys(LABELS, Line(world, server))) as orgs,
    ):
        assert orgs.sync().writes > 0
        assert server.broken > 0
        assert orgs.sync().writes == 0
    assert len(contacts(world.bigin)) == PEOPLE
