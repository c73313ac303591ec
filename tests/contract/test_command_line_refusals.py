"""What the command line refuses, and in which words: `main` itself, called as the program calls it."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from random import Random
from socket import socket
from sqlite3 import connect

import pytest

from tests.commands import ACCESS
from tests.contract.shell import Shell


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["connect", "books", *ACCESS, "--refresh-token", "x"], "The products are bigin and crm."),
        (["connect", "bigin", "--refresh-token", "x"], "BIGIN_SYNC_BIGIN_CLIENT_ID"),
        (["connect", "bigin", *ACCESS, "--refresh-token", "x", "--dc", "moon"], "us|eu|in"),
        (["sync"], "bigin-sync connect bigin"),
        (["plan", "contacts"], "bigin-sync connect bigin"),
        (["replay", "nowhere.yaml"], "nowhere.yaml"),
        (["emulator", "--load", "nowhere"], "nowhere"),
        (["why"], "RECORD"),
        (["status", "--watch"], "it needs a terminal"),
        (["status", "--watch", "--json"], "it needs a terminal"),
        (["nonsense"], "nonsense"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_a_sentence(shell: Shell, words: list[str], says: str) -> None:
    ran = shell.type(*words)
    assert ran.code == 2
    assert says in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("words", [["sync"], ["status"], ["why", "Ana"], ["conflicts"], ["problems", "retry"]])
def test_with_json_an_error_is_a_json_document_and_a_sentence_beside_it(shell: Shell, words: list[str]) -> None:
    ran = shell.type(*words, "--json")
    error = json.loads(ran.out)["error"]
    assert (ran.code, error["exit_code"], error["what"]) == (2, 2, "Bigin is not connected.")
    assert error["next"] == "Connect it: bigin-sync connect bigin"
    assert [part for part in (error["what"], error["why"], error["next"]) if part not in ran.err] == []


def test_secrets_may_come_from_the_environment(shell: Shell) -> None:
    ran = shell.type(
        "connect",
        "bigin",
        "--accounts-url",
        shell.url,
        BIGIN_SYNC_BIGIN_CLIENT_ID="1000.EMULATOR",
        BIGIN_SYNC_BIGIN_CLIENT_SECRET="emulator-secret",
        BIGIN_SYNC_BIGIN_REFRESH_TOKEN="1000.emulator.bigin",
    )
    assert ran.code == 0, ran.err


def test_a_host_where_nobody_listens_is_told_as_unreachable(shell: Shell) -> None:
    url = f"http://127.0.0.1:{_unused_port()}"
    ran = shell.type("connect", "bigin", "--accounts-url", url, *ACCESS, "--refresh-token", "x")
    assert (ran.code, f"{url} cannot be reached" in ran.err) == (2, True)


def test_settings_that_do_not_fit_are_refused_by_name(shell: Shell) -> None:
    shell.connect("bigin")
    shell.connect("crm")
    for words, says in (
        (["module", "configure", "contacts", "--set", "strategy=newest"], "latest, crm, bigin, skip or ask"),
        (["module", "configure", "contacts", "--set", "strategy"], "--set KEY=VALUE"),
        (["module", "configure", "contacts", "--view", "Nobody's"], "All Contacts"),
        (["module", "configure", "contacts", "--map", "absent.yaml"], "absent.yaml"),
        (["module", "configure", "invoices"], "The modules are: contacts"),
        (["fields", "invoices"], "The modules are: contacts"),
        (["module", "activate", "contacts"], "bigin-sync module configure contacts"),
    ):
        ran = shell.type(*words)
        assert (ran.code, says in ran.err) == (2, True), ran


def test_a_misspelt_variable_is_refused_and_not_ignored(shell: Shell) -> None:
    ran = shell.type("modules", BIGIN_SYNC_HOEM="x")
    assert (ran.code, "BIGIN_SYNC_HOME" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _whole: b"this is no database, whatever it is called" * 99,
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:8192] + Random(1).randbytes(len(whole) - 16384) + whole[-8192:],
    ],
    ids=["another file", "cut", "overwritten in the middle"],
)
def test_a_damaged_database_is_told_with_the_way_of_a_copy_and_is_no_crash(
    shell: Shell, damage: Callable[[bytes], bytes]
) -> None:
    shell.connect("bigin")
    file = shell.home / "bigin-sync.db"
    file.write_bytes(damage(file.read_bytes()))
    for command in ("status", "sync", "daemon", "daemon --once"):
        ran = shell.type(*command.split())
        assert (ran.code, f"The database {file} is damaged" in ran.err, "docs/recovery.md" in ran.err) == (
            2,
            True,
            True,
        )
    doctor = shell.type("doctor")
    assert (doctor.code > 0, f"{file} is damaged" in doctor.out + doctor.err) == (True, True)
    assert list(shell.home.glob("crash-*")) == []


def test_the_doctor_finds_damage_that_nothing_else_has_met_so_far(shell: Shell) -> None:
    shell.connect("bigin")
    file = shell.home / "bigin-sync.db"
    with closing(connect(file)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    whole = bytearray(file.read_bytes())
    whole[(page - 1) * size : page * size] = bytes(size)
    file.write_bytes(whole)
    assert shell.type("modules").code == 0
    ran = shell.type("doctor")
    assert (ran.code, f"BAD  database: The database {file} is damaged" in ran.out) == (1, True)


def test_a_lost_key_is_told_with_commands_that_can_be_typed_as_they_stand(shell: Shell) -> None:
    for label in ("bigin", "crm"):
        shell.connect(label)
    (shell.home / "secret.key").unlink()
    ran = shell.type("sync")
    assert (ran.code, "bigin-sync connect bigin, then bigin-sync connect crm" in ran.err) == (2, True)


def test_a_database_server_that_does_not_answer_is_told_without_the_password(shell: Shell) -> None:
    url = f"postgresql://sync:hush-hush@127.0.0.1:{_unused_port()}/sync"
    for command in ("status", "sync", "daemon"):
        ran = shell.type(command, BIGIN_SYNC_DATABASE_URL=url)
        assert (ran.code, "can't be opened: Connection refused" in ran.err) == (2, True)
        assert "hush" not in ran.err + ran.out


def test_a_missing_driver_is_told_with_the_way_to_install_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    ran = shell.type("status", BIGIN_SYNC_DATABASE_URL="postgresql+psycopg://sync@db.example.org/sync")
    assert (ran.code, "pip install 'bigin-sync[postgres]'" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "url", ["postgresql://sync:hush@db.example.org:hush/sync", "postgresql+asyncpg://sync:hush@db.example.org/sync"]
)
def test_an_address_that_is_none_is_refused_without_being_quoted(shell: Shell, url: str) -> None:
    ran = shell.type("status", BIGIN_SYNC_DATABASE_URL=url)
    assert (ran.code, "BIGIN_SYNC_DATABASE_URL" in ran.err) == (2, True)
    assert "hush" not in ran.err + ran.out


def _unused_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_listing_takes_its_options_with_and_without_its_own_name(shell: Shell) -> None:
    shell.connect("bigin")
    shell.connect("crm")
    for listing in ("conflicts", "owners", "problems"):
        bare, named = shell.type(listing, "--json"), shell.type(listing, "list", "--json")
        assert (bare.code, bare.out) == (0, named.out), bare.err
        json.loads(bare.out)
        misplaced = shell.type(listing, "--json", "list")
        assert (misplaced.code, misplaced.out) == (2, ""), misplaced.out
        assert "belongs behind `list`" in " ".join(misplaced.err.split())
