"""The real program in processes of its own, against the emulator in another."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import PROGRAM
from tests.process.program import Shell, emulating, person


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """The URL of an emulator in a process of its own."""
    with emulating() as url:
        yield url


@pytest.fixture
def shell(tmp_path: Path, emulator: str) -> Shell:
    """A fresh state folder beside the emulator."""
    return Shell(tmp_path / "state", emulator)


@pytest.mark.long
def test_from_nothing_to_a_sync_the_program_itself_says_what_comes_next(shell: Shell) -> None:
    _people_make_records(shell.url)
    assert "bigin-sync connect bigin" in shell.type("status").err
    first = shell.connect("bigin")
    assert (first.code, "Harbour & Pine" in first.out) == (0, True)
    assert "bigin-sync connect crm" in first.err
    assert "bigin-sync module configure contacts" in shell.connect("crm").err
    assert shell.type("module", "configure", "contacts").code == 0
    plan = shell.type("plan", "--json")
    assert plan.code == 0
    planned = {(each["action"], each["product"]) for each in json.loads(plan.out)["lines"]}
    assert {("create", "Zoho CRM"), ("link", "")} <= planned
    assert "bigin-sync sync" in shell.type("module", "activate", "contacts").err
    done = shell.type("sync")
    assert done.code == 0, done.err
    assert "reading contact (Bigin)" in done.err
    again = json.loads(shell.type("sync", "--json").out)
    assert [sum({**each["created"], **each["updated"]}.values()) for each in again["counts"]] == [0, 0]
    assert "linked" in shell.type("why", "process@nordwind.example").out
    assert shell.type("doctor").code == 0


@pytest.mark.torture
def test_a_module_rests_and_goes_on_from_one_process_to_the_next(shell: Shell) -> None:
    for label in ("bigin", "crm"):
        shell.connect(label)
    for words in (("module", "configure", "contacts"), ("module", "activate", "contacts"), ("sync",)):
        assert shell.type(*words).code == 0
    assert shell.type("module", "pause", "contacts").code == 0
    assert shell.type("sync").code == 2
    assert shell.type("module", "resume", "contacts").code == 0
    assert shell.type("disconnect", "--yes").code == 0
    assert "bigin-sync connect bigin" in shell.type("sync").err
    for label in ("bigin", "crm"):
        assert "Renewed" in shell.connect(label).out
    again = json.loads(shell.type("sync", "--full", "--json").out)
    assert [sum({**each["created"], **each["updated"]}.values()) for each in again["counts"]] == [0, 0]


def test_wrong_credentials_are_told_and_never_shown(shell: Shell) -> None:
    words = ["connect", "bigin", "--accounts-url", shell.url, "--client-id", "1000.EMULATOR"]
    ran = shell.type(*words, "--client-secret", "hush-hush", "--refresh-token", "1000.aaa.bbb")
    assert (ran.code, "client id and secret" in ran.err) == (2, True)
    assert "hush-hush" not in ran.err + ran.out
    assert "1000.aaa.bbb" not in ran.err + ran.out


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc to look into")
def test_no_secret_stands_in_the_list_of_processes_while_it_is_at_work(shell: Shell) -> None:
    secrets = {"--client-secret": "hush-hush", "--refresh-token": "1000.aaa.bbb"}
    typed = [word for pair in secrets.items() for word in pair]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [*PROGRAM, "connect", "crm", "--accounts-url", url, "--client-id", "1000.EMULATOR", *typed]
        with subprocess.Popen(command, env={**os.environ, "BIGIN_SYNC_HOME": str(shell.home)}) as process:
            try:
                call, _ = silent.accept()
                with call:
                    asked = call.recv(65536).decode()
                    shown = Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8").split("\0")
            finally:
                process.kill()
    while_asking = "POST /oauth/v2/token" in asked
    assert while_asking
    assert "connect" in shown
    assert [word for word in shown if any(secret in word for secret in secrets.values())] == []
    assert [shown[shown.index(option) + 1] for option in secrets] == ["***", "***"]


def test_secrets_can_come_from_standard_input(shell: Shell) -> None:
    words = ["connect", "bigin", "--accounts-url", shell.url, "--client-id", "1000.EMULATOR"]
    words += ["--refresh-token", "-", "--client-secret", "-"]
    assert shell.type(*words, given="emulator-secret\n1000.emulator.bigin\n").code == 0
    ran = shell.type(*words, given="emulator-secret\n")
    assert (ran.code, "Standard input has no line" in ran.err) == (2, True)


def test_a_port_in_use_is_told_with_another_one(shell: Shell) -> None:
    port = int(shell.url.rpartition(":")[2])
    ran = shell.type("emulator", "--port", str(port))
    assert (ran.code, ran.out) == (2, "")
    assert f"--port {port + 1}" in ran.err


def _people_make_records(url: str) -> None:
    company = {"Account_Name": "Nordwind", "Website": "nordwind.example"}
    contact = {"Last_Name": "Process", "Email": "process@nordwind.example"}
    for label, rows in (("bigin", [company]), ("crm", [{**company, "Phone": "1"}])):
        with person(url, label, token=f"1000.emulator.{label}.jonas") as jonas:
            jonas.post("Accounts", json={"data": rows}).raise_for_status()
            if label == "bigin":
                jonas.post("Contacts", json={"data": [contact]}).raise_for_status()
