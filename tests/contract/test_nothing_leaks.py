"""Whatever commands are typed, no secret is found afterwards where it could be read, and no file by anybody else."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bigin_sync.admin import runs
from bigin_sync.clock import SystemClock
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import World
from bigin_sync.pairing.convert import RecordReader
from tests.commands import ACCESS, Ran
from tests.contract.shell import Shell

CLIENT_SECRET = "emulator-secret"
REFRESH = {label: f"1000.emulator.{label}" for label in ("bigin", "crm")}
PERSON = {"Last_Name": "Zwetschgenbaum", "Email": "nobody.else@zwetschge.example"}

OTHER = {"Last_Name": "Holunderstrauch", "Email": "somebody.else@holunder.example"}
IN_JSON = (
    *("status", "modules", "fields contacts", "owners list", "doctor", "plan", "history", "history 1", "parted"),
    *("conflicts list", "conflicts show c1", "problems list", "module show contacts", "why zwetschgenbaum"),
    *("config export", "sync"),
)
"""Every command that looks at something, and a sync."""


@pytest.fixture
def world() -> World:
    """Two orgs of this test alone, with one person."""
    world = World.default(SystemClock())
    world.bigin.seed("Contacts", [dict(PERSON)])
    return world


@pytest.fixture
def emulator(world: World) -> Iterator[str]:
    """The URL of their emulator."""
    with Serving(world) as door:
        yield door.url


def everything_typed(shell: Shell, world: World, access: set[str]) -> list[Ran]:
    """A day of a person, who also meets a failing org and a bug of ours. access: gathers the access tokens."""
    ran: list[Ran] = []
    send = httpx.Client.send

    def noted(client: httpx.Client, request: httpx.Request, *, auth: httpx.Auth | None = None) -> httpx.Response:
        answer = send(client, request, auth=auth)
        access.add(answer.request.headers.get("authorization", "").rpartition(" ")[2])
        return answer

    def bug(*_args: object, **_rest: object) -> None:
        raise RuntimeError(f"unexpected: refresh_token={REFRESH['crm']} client_secret={CLIENT_SECRET} {access}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "send", noted)
        ran += [shell.connect(label) for label in REFRESH]
        for words in ("module configure contacts", "plan", "module activate contacts", "sync", "status", "doctor"):
            ran.append(shell.type(*words.split(), BIGIN_SYNC_LOG_LEVEL="info"))
        assert [each.code for each in ran] == [0] * len(ran), ran
        wrong = (*ACCESS, "--refresh-token", "1000.not.right")
        ran.append(shell.type("connect", "crm", "--accounts-url", shell.url, *wrong))
        world.faults.add(Fault(kind="refuse", status=403, code="NO_PERMISSION", times=0))
        ran.append(shell.type("sync", "--full"))
        world.faults.clear()
        patch.setattr(runs, "sync", bug)
        ran.append(shell.type("sync", BIGIN_SYNC_LOG_LEVEL="debug"))
    assert all(each.code for each in ran[-3:]), ran[-3:]
    return ran


def test_no_secret_is_found_in_answers_logs_reports_or_the_database(shell: Shell, world: World) -> None:
    access: set[str] = set()
    ran = everything_typed(shell, world, access)
    secrets = {CLIENT_SECRET, "1000.not.right", *REFRESH.values(), *(token for token in access if token)}
    assert len(secrets) > 4
    said = "".join(each.out + each.err for each in ran)
    files = {path.name: path.read_bytes() for path in shell.home.rglob("*") if path.is_file()}
    assert any(name.startswith("crash-") for name in files)
    assert [secret for secret in secrets if secret in said] == []
    assert [(name, one) for name, content in files.items() for one in secrets if one.encode() in content] == []


def test_no_answer_in_json_holds_a_secret_and_no_crash_a_record(
    shell: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    access: set[str] = set()
    everything_typed(shell, world, access)
    for label, title in (("bigin", "Deputy"), ("crm", "Captain")):
        world.org(label).seed("Contacts", [{"Last_Name": "Ahorn", "Email": "ahorn@ahorn.example", "Title": title}])
    shell.type("module", "edit", "contacts", "--set", "strategy=ask")
    shell.type("sync")
    ran = [shell.type(*words.split(), "--json") for words in IN_JSON]
    assert all(json.loads(each.out) is not None for each in ran), ran
    held = {CLIENT_SECRET, *REFRESH.values(), *(token for token in access if token)}
    assert [(each, one) for each in ran for one in held if one in each.out + each.err] == []
    for path in crashes(shell):
        path.unlink()
    world.bigin.seed("Contacts", [{**OTHER}])

    def bug(_reader: RecordReader, row: dict[str, object]) -> None:
        raise ValueError(f"this row can't be read: {row}")

    monkeypatch.setattr(RecordReader, "read", bug)
    crashed = shell.type("sync", "--full", BIGIN_SYNC_LOG_LEVEL="debug")
    (report,) = (path.read_text(encoding="utf-8") for path in crashes(shell))
    assert (crashed.code, "ValueError" in report, "in bug" in report) == (4, True, True)
    looked_at = [shell.type(*words.split(), "--json") for words in ("status", "history")]
    everywhere = [report, *(each.out + each.err for each in (crashed, *looked_at))]
    values = [*PERSON.values(), *OTHER.values()]
    assert [(value, text) for value in values for text in everywhere if value in text] == []


def test_neither_a_code_nor_a_key_nor_a_password_in_the_environment_is_found_anywhere(
    shell: Shell, world: World
) -> None:
    key, password = "a-key-for-tokens", "a-password-of-a-database"
    code = world.oauth.mint_code(world.oauth.refresh_tokens[REFRESH["crm"]])
    words = ("connect", "crm", "--accounts-url", shell.url, *ACCESS)
    ran = [shell.type(*words, BIGIN_SYNC_SECRET_KEY=key, BIGIN_SYNC_CRM_GRANT_CODE=code)]
    ran.append(shell.type("status", BIGIN_SYNC_SECRET_KEY=key, BIGIN_SYNC_LOG_LEVEL="debug"))
    ran.append(shell.type("status", BIGIN_SYNC_SECRET_KEY="another"))
    nowhere = f"postgresql://somebody:{password}@127.0.0.1:9/nowhere"
    ran.append(shell.type("status", BIGIN_SYNC_DATABASE_URL=nowhere, BIGIN_SYNC_LOG_LEVEL="debug"))
    assert [each.code for each in ran[:2]] == [0, 0], ran
    assert (ran[-1].code, "nowhere on 127.0.0.1" in ran[-1].err) == (2, True), ran[-1]
    made = [token for token in world.oauth.refresh_tokens if token not in REFRESH.values()]
    held = {key, password, code, CLIENT_SECRET, *made}
    files = [path.read_bytes() for path in shell.home.rglob("*") if path.is_file()]
    assert [secret for secret in held for each in ran if secret in each.out + each.err] == []
    assert [secret for secret in held for content in files if secret.encode() in content] == []


def crashes(shell: Shell) -> list[Path]:
    """The reports of crashes that were kept."""
    return sorted(shell.home.glob("crash-*.txt"))


def test_what_is_kept_is_its_owners_alone_and_a_log_names_nobody(shell: Shell, world: World) -> None:
    ran = everything_typed(shell, world, set())
    kept = [path for path in shell.home.rglob("*") if path.is_file()]
    assert stat.S_IMODE(shell.home.stat().st_mode) == 0o700
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in kept} == {path.name: "0o600" for path in kept}
    logged = "".join(each.err for each in ran)
    assert [value for value in PERSON.values() if value in logged] == []
