"""A PostgreSQL server that is restarted in the middle of a run."""

import httpx
import pytest
from sqlalchemy import create_engine

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from tests import databases
from tests.flow.two_orgs import LABELS, contacts, two_orgs

PEOPLE = 5

BREAK = """
    SELECT count(*) FILTER (WHERE state <> 'idle'), count(*) FILTER (WHERE state = 'idle' AND pg_terminate_backend(pid))
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""Breaks every connection on which nothing is going on; how many of the others there are, and how many it broke."""


class Restarting(httpx.BaseTransport):
    """A line on which the connections to the database break whenever a record has been made over it."""

    def __init__(self, world: World, url: str) -> None:
        self._inner = mock_transport(world)
        self._server = create_engine(url)
        self.restarts = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if request.method == "POST" and request.url.path.endswith("/Contacts"):
            self._restart()
        return answer

    def _restart(self) -> None:
        """Break the connections once the run does nothing but wait for this very answer."""
        with self._server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            busy, broken = True, 0
            while busy or not broken:
                busy, more = connection.exec_driver_sql(BREAK).one()
                broken += more
        self.restarts += 1

    def close(self) -> None:
        self._server.dispose()


def test_a_server_that_is_restarted_while_a_call_is_under_way_is_not_even_noticed(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", databases.emptied(postgresql))
    world = World.default(ShiftedClock())
    world.crm.seed("Contacts", [{"Last_Name": f"Berg {number}"} for number in range(PEOPLE)])
    line = Restarting(world, postgresql)
    with two_orgs(world, transports=dict.fromkeys(LABELS, line)) as orgs:
        assert orgs.sync().writes > 0
        assert line.restarts > 0
        assert orgs.sync().writes == 0
    assert len(contacts(world.bigin)) == PEOPLE
