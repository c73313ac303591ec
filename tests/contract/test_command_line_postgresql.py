"""The whole way of a person, from the first connection to the daemon, with everything remembered in PostgreSQL."""

import json

import pytest

from bigin_sync.emulator.world import World
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.store.secrets import KEY_FILE
from tests import databases
from tests.contract.shell import Shell

WAY = (
    ("doctor",),
    ("owners", "list"),
    ("module", "configure", "contacts"),
    ("fields", "contacts"),
    ("plan", "contacts"),
    ("module", "activate", "contacts"),
    ("sync",),
    ("status",),
    ("modules",),
    ("module", "show", "contacts"),
    ("module", "edit", "contacts", "--set", "strategy=ask"),
    ("daemon", "--once"),
    ("conflicts", "list"),
    ("problems", "list"),
    ("history",),
    ("why", "Nordwind"),
    ("config", "export"),
    ("disconnect", "--yes"),
)


@pytest.fixture
def on_postgresql(shell: Shell, postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", databases.emptied(postgresql))
    return shell


def test_every_command_works_on_postgresql_and_makes_no_database_of_its_own(on_postgresql: Shell, world: World) -> None:
    world.crm.seed("Accounts", [{"Account_Name": "Nordwind"}])
    for label in ("bigin", "crm"):
        ran = on_postgresql.connect(label)
        assert ran.code == 0, ran.err
    for words in WAY:
        ran = on_postgresql.type(*words)
        assert ran.code == 0, (words, ran.err)
    assert [row.values["Account_Name"] for row in world.bigin.tables["Accounts"].rows.values()] == ["Nordwind"]
    runs = json.loads(on_postgresql.type("history", "--json").out)
    assert runs
    assert {file.name for file in on_postgresql.home.iterdir()} == {KEY_FILE, LAST_RUN}
