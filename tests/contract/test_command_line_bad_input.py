"""Bad input of every sort at the command line: one sentence, what to do about it, exit code 2, nothing lost."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

from bigin_sync.emulator.oauth import Grant
from bigin_sync.emulator.scopes import all_scopes
from bigin_sync.emulator.world import World
from bigin_sync.zoho import datacentres
from tests.commands import ACCESS, CLIENT, SECRET
from tests.contract.shell import Shell

NARROW = "1000.emulator.narrow"
TOKEN = ["--refresh-token", "1000.emulator.bigin"]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a bad command is typed: both orgs are connected and contacts are configured."""

    shell: Shell
    world: World

    def file(self, name: str, text: str) -> str:
        """A file that a person hands in."""
        path = self.shell.home.parent / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def connecting(self, *words: str) -> list[str]:
        """Connect Bigin by way of the emulator's sign-in host."""
        return ["connect", "bigin", "--accounts-url", self.shell.url, *words]

    def at_centre(self, *words: str) -> list[str]:
        """Connect Bigin in the data centre eu, whose hosts are the emulator's here; it knows its own accounts only."""
        eu = datacentres.DataCentre("eu", self.shell.url, self.shell.url)
        known = MappingProxyType({**datacentres.DATA_CENTRES, "eu": eu})
        self.shell.patch.setattr(datacentres, "DATA_CENTRES", known)
        return ["connect", "bigin", "--dc", "eu", *words]

    def narrow(self) -> list[str]:
        """Connect Bigin with a token that was made without a scope."""
        scopes = frozenset(scope for scope in all_scopes("bigin") if ".settings." not in scope)
        grant = Grant(product="bigin", user_id=self.world.bigin.admin_id, scopes=scopes)
        self.world.oauth.allow(NARROW, grant)
        return self.connecting(*ACCESS, "--refresh-token", NARROW)

    def without_companies(self) -> list[str]:
        """Connect a Bigin org that has no companies."""
        self.shell.patch.delitem(self.world.bigin.modules, "Accounts")
        return self.connecting(*ACCESS, *TOKEN)


@pytest.fixture
def scene(shell: Shell, world: World) -> Scene:
    # Asking for more than ten tokens in ten minutes is refused, and every test here asks for two or three.
    shell.patch.setattr(world.oauth, "throttled", False)
    for label in ("bigin", "crm"):
        assert shell.connect(label).code == 0
    assert shell.type("module", "configure", "contacts").code == 0
    return Scene(shell, world)


CASES: dict[str, tuple[Callable[[Scene], list[str]], str, str]] = {
    "wrong client secret": (
        lambda scene: scene.connecting("--client-id", CLIENT, "--client-secret", "hush-hush", *TOKEN),
        "does not know this client id and secret",
        "Compare both with the API console",
    ),
    "wrong refresh token": (
        lambda scene: scene.connecting(*ACCESS, "--refresh-token", "1000.hush.hush"),
        "does not accept the refresh token or grant code",
        "Make a new code in the API console and connect again",
    ),
    "client of another data centre": (
        lambda scene: scene.at_centre("--client-id", "1000.ELSEWHERE", "--client-secret", SECRET, *TOKEN),
        "does not know this client id and secret for Bigin (invalid_client)",
        "another data centre than eu: choose it with --dc",
    ),
    "token of another data centre": (
        lambda scene: scene.at_centre(*ACCESS, "--refresh-token", "1000.else.where"),
        "does not accept the refresh token or grant code for Bigin (invalid_code)",
        "another data centre than eu: choose it with --dc",
    ),
    "data centre that is none": (
        lambda _: ["connect", "bigin", *ACCESS, *TOKEN, "--dc", "moon"],
        "no data centre called 'moon'",
        "--dc us|eu|in",
    ),
    "missing scope": (Scene.narrow, "does not allow", "scopes ZohoBigin.modules.ALL,ZohoBigin.settings.ALL"),
    "org without the module": (Scene.without_companies, "no module Accounts", "Switch the module on"),
    "port in use": (
        lambda scene: ["emulator", "--port", scene.shell.url.rpartition(":")[2]],
        "is already in use",
        "choose another port: --port",
    ),
    "fixture that is not there": (
        lambda _: ["replay", "nowhere.yaml"],
        "no file or folder nowhere.yaml",
        "Check the path",
    ),
    "fixture that is no YAML": (
        lambda scene: ["replay", scene.file("torn.yaml", 'title: "never closed\nsteps: [')],
        "torn.yaml, line 2: it is no YAML",
        "fixtures/README.md",
    ),
    "fixture that is no scenario": (
        lambda scene: ["replay", scene.file("list.yaml", "- one\n- two\n")],
        "list.yaml, line 1",
        "fixtures/README.md",
    ),
    "unknown module": (lambda _: ["plan", "invoices"], "invoices", "The modules are: contacts"),
    "unknown strategy": (
        lambda _: ["module", "configure", "contacts", "--set", "strategy=newest"],
        "newest",
        "latest, crm, bigin, skip or ask",
    ),
    "unknown strategy of a reconfiguration": (
        lambda _: ["reconfigure", "contacts", "--on-conflict", "newest"],
        "newest",
        "latest, crm, bigin, skip or ask",
    ),
}
"""What is wrong -> the words to type, what the sentence says, what is to be done."""


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_in_a_sentence_with_what_to_do_and_nothing_is_lost(scene: Scene, case: str) -> None:
    typed, says, hint = CASES[case]
    words = typed(scene)
    before = _everything(scene.shell.home)
    ran = scene.shell.type(*words)
    assert (ran.code, ran.out) == (2, "")
    first, *others = ran.err.splitlines()
    assert re.fullmatch(r"Not done: [A-Z/].*\.", first)
    assert says in first
    assert [line[:4].strip() for line in others] in (["Next"], ["Why", "Next"])
    assert hint in others[-1]
    assert "hush" not in ran.err
    assert _everything(scene.shell.home) == before


def _everything(home: Path) -> list[str]:
    """All that the database holds, as the statements that would make it anew, less who had the right to write last."""
    with closing(sqlite3.connect(home / "bigin-sync.db")) as database:
        return [line for line in database.iterdump() if not line.startswith('INSERT INTO "lease"')]
