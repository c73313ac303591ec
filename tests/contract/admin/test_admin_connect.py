"""Connecting orgs, against the emulator."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bigin_sync.admin import modules, runs
from bigin_sync.admin.connect import Connection, connect
from bigin_sync.admin.next_step import next_step
from bigin_sync.clock import SystemClock
from bigin_sync.emulator.oauth import Grant
from bigin_sync.emulator.scopes import all_scopes
from bigin_sync.errors import (
    AlreadyConnected,
    BiginSyncError,
    KeyMissing,
    MissingScope,
    ModuleMissing,
    NotAdministrator,
    UnknownSetting,
    Unreachable,
    WrongCredentials,
)
from bigin_sync.jobs.clients import opened
from bigin_sync.model.side import Side
from bigin_sync.store import orgs
from tests.contract.admin.stage import URL, Stage, another_org


def test_connecting_tells_what_was_found_and_what_comes_next(stage: Stage) -> None:
    assert "connect bigin" in next_step(stage.room)
    found = stage.connect("bigin")
    assert (found.label, found.org_name, found.user_name, found.renewed) == (
        "bigin",
        "Harbour & Pine",
        "Mara Lindqvist",
        False,
    )
    assert {kind.kind for kind in found.kinds} == {spec.kind for spec in stage.room.pairing.kinds}
    assert found.owners is None
    assert "connect crm" in next_step(stage.room)
    assert "4 users are paired" in (stage.connect("crm").owners or "")
    assert "module configure contacts" in next_step(stage.room)


def test_connecting_the_same_org_again_renews_it_and_keeps_the_links(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Accounts", {"Account_Name": "Nordwind"})
    runs.sync(stage.room)
    assert stage.connect("crm").renewed
    assert runs.sync(stage.room).writes == 0


def test_the_next_process_uses_the_token_that_was_stored(stage: Stage) -> None:
    stage.connect("bigin")
    stage.connect("crm")
    asked = stage.world.calls["", "token"]
    with opened(stage.room, stage.room.integration()) as clients:
        clients[Side.LEFT].me()
    assert stage.world.calls["", "token"] == asked


def test_secrets_are_not_readable_in_the_database(stage: Stage, tmp_path: Path) -> None:
    stage.connect("bigin")
    raw = b"".join(path.read_bytes() for path in (tmp_path / "home").glob("state.db*"))
    assert b"Harbour" in raw
    assert b"emulator-secret" not in raw
    assert b"1000.emulator.bigin" not in raw


def test_a_lost_key_is_told_as_such(stage: Stage, tmp_path: Path) -> None:
    stage.ready()
    (tmp_path / "home" / "secret.key").unlink()
    with pytest.raises(KeyMissing, match="connect"):
        runs.sync(stage.room)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"client_secret": "nonsense"}, WrongCredentials, "client id and secret"),
        ({"client_id": "1000.NOBODY"}, WrongCredentials, "client id and secret"),
        ({"refresh_token": "1000.emulator.nobody"}, WrongCredentials, "refresh token or grant code"),
        ({"grant_code": "1000.used.before"}, WrongCredentials, "refresh token or grant code"),
        ({"refresh_token": "1000.emulator.bigin.jonas"}, NotAdministrator, "Jonas Keller"),
        ({"accounts_url": "", "dc": "moon"}, UnknownSetting, "us|eu"),
    ],
)
def test_what_is_wrong_with_the_credentials_is_told(
    stage: Stage, changes: dict[str, str], error: type[BiginSyncError], says: str
) -> None:
    given: dict[str, Any] = dict(changes)
    if given.get("accounts_url") == "":
        given["accounts_url"] = None
    with pytest.raises(error) as caught:
        stage.connect("bigin", **given)
    assert says in str(caught.value)
    assert caught.value.hint
    with stage.room.db.read() as session:
        assert orgs.current(session, "bigin_crm") is None


@pytest.mark.parametrize("both", [True, False])
def test_a_code_and_a_token_are_one_too_many_and_neither_is_one_too_few(stage: Stage, both: bool) -> None:
    given: dict[str, Any] = {"grant_code": "1000.a.b", "refresh_token": "1000.c.d"} if both else {}
    with pytest.raises(WrongCredentials, match="either a grant code or a refresh token"):
        connect(stage.room, "bigin", client_id="1000.EMULATOR", client_secret="x", accounts_url=URL, **given)


@pytest.mark.parametrize("missing", ["modules", "settings", "users", "org"])
def test_a_missing_scope_is_named_before_anything_is_stored(stage: Stage, missing: str) -> None:
    scopes = frozenset(scope for scope in all_scopes("crm") if f".{missing}." not in scope)
    grant = Grant(product="crm", user_id=stage.world.crm.admin_id, scopes=scopes)
    stage.world.oauth.allow("1000.emulator.narrow", grant)
    with pytest.raises(MissingScope, match=r"ZohoCRM\.modules\.ALL"):
        stage.connect("crm", refresh_token="1000.emulator.narrow")


def test_an_org_without_the_module_is_refused(stage: Stage) -> None:
    del stage.world.bigin.modules["Accounts"]
    with pytest.raises(ModuleMissing, match="Accounts"):
        stage.connect("bigin")


def test_a_host_that_does_not_answer_is_told_as_unreachable(stage: Stage) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there", request=request)

    room = replace(stage.room, clock=SilentClock(), transports={"bigin": httpx.MockTransport(nobody)})
    with pytest.raises(Unreachable, match=r"emulator\.example cannot be reached"):
        connect(room, "bigin", client_id="a", client_secret="b", refresh_token="c", accounts_url=URL)


def test_another_org_is_refused_once_records_are_linked(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Accounts", {"Account_Name": "Nordwind"})
    runs.sync(stage.room)
    with pytest.raises(AlreadyConnected, match="1 pairs of records"):
        _connect_other_org(stage)


def test_another_org_replaces_the_first_as_long_as_nothing_is_linked(stage: Stage) -> None:
    stage.connect("bigin")
    assert not _connect_other_org(stage).renewed


def test_there_is_no_third_product(stage: Stage) -> None:
    with pytest.raises(UnknownSetting, match="bigin and crm"):
        stage.connect("books")


class SilentClock(SystemClock):
    """The machine's clock, without the waiting."""

    def sleep(self, seconds: float) -> None:
        """Nothing."""


def _connect_other_org(stage: Stage) -> Connection:
    """Connect a Bigin org that is another one by its id."""
    line = another_org(stage, id="4999999000000020005", company_name="Another Harbour")
    room = replace(stage.room, transports={"bigin": line})
    return connect(
        room,
        "bigin",
        client_id="1000.EMULATOR",
        client_secret="emulator-secret",
        refresh_token="1000.emulator.bigin",
        accounts_url=URL,
    )


def test_an_org_without_products_is_connected_and_only_their_module_is_refused(stage: Stage) -> None:
    del stage.world.bigin.modules["Products"]
    stage.ready()
    runs.sync(stage.room)
    with pytest.raises(ModuleMissing, match="Products"):
        modules.configure(stage.room, "pipelines")
