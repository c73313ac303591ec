"""Both clients read and write activities and notes of emulated orgs, in either way of linking."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.listener import Listener
from bigin_sync.emulator.stock_activities import LinkStyle
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause, Refused, Stored
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CALL, EVENT, NOTE, TASK
from bigin_sync.pairing.convert import RecordReader, RecordWriter
from bigin_sync.pairing.fields import read_fields
from bigin_sync.pairing.mapping import Mapping, propose
from bigin_sync.zoho.client import ZohoSide, open_side
from bigin_sync.zoho.oauth import Credentials
from bigin_sync.zoho.side import Cursor

START = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
SIDES = {"bigin": Side.LEFT, "crm": Side.RIGHT}
STYLES: tuple[LinkStyle, ...] = ("related_to", "what_who")
TIMES = {"Start_DateTime": "2026-03-09T10:00:00Z", "End_DateTime": "2026-03-09T11:00:00Z"}
PLAIN: dict[Kind, dict[str, str | bool | None]] = {
    TASK: {"Subject": "Ring", "Due_Date": "2026-03-09", "Status": "In Progress", "Priority": "High"},
    EVENT: {"Event_Title": "Fair", "All_day": False, "Venue": "Hall 4", **TIMES},
    CALL: {
        "Subject": "Hello",
        "Call_Type": "Outbound",
        "Call_Start_Time": TIMES["Start_DateTime"],
        "Call_Duration": "120",
    },
}


class Desk:
    """Two emulated orgs that link alike, a client of one of them, and what the system maps of a kind."""

    def __init__(self, world: World, product: str, side: ZohoSide, other: ZohoSide, ears: Listener) -> None:
        self.org = world.org(product)
        self.side = side
        self.ears = ears
        self._which = SIDES[product]
        self._clients = {self._which: side, self._which.other: other}

    def mapping(self, kind: Kind) -> Mapping:
        metas = {
            which: read_fields(client.fields(BIGIN_CRM.kind(kind).on(which).module))
            for which, client in self._clients.items()
        }
        return propose(BIGIN_CRM, kind, left=metas[Side.LEFT], right=metas[Side.RIGHT]).mapping

    def make(self, kind: Kind, values: dict[str, str | bool | None]) -> object:
        writer = RecordWriter(BIGIN_CRM.kind(kind), self.mapping(kind), side=self._which)
        (outcome,) = self.side.create(BIGIN_CRM.kind(kind).on(self._which).module, [writer.begin(dict(values))])
        return outcome

    def read(self, kind: Kind) -> list[dict[str, object]]:
        reader = RecordReader(BIGIN_CRM.kind(kind), self.mapping(kind), side=self._which)
        pages = self.side.read(BIGIN_CRM.kind(kind).on(self._which).module, fields=reader.fields, cursor=Cursor())
        return [dict(reader.read(row).values) for page in pages for row in page.rows]

    def company(self) -> str:
        return self.org.seed("Accounts", [{"Account_Name": "Larkspur Tools"}])[0]

    def contact(self) -> str:
        return self.org.seed("Contacts", [{"Last_Name": "Lindqvist"}])[0]

    def deal(self) -> str:
        deals = "Pipelines" if self._which is Side.LEFT else "Deals"
        return self.org.seed(deals, [{"Deal_Name": "Lathe", "Stage": "Qualification"}])[0]


Sit = Callable[[str, LinkStyle], Desk]


@pytest.fixture
def sit() -> Iterator[Sit]:
    opened: list[ZohoSide] = []

    def at(product: str, style: LinkStyle) -> Desk:
        world = World.default(ShiftedClock(FixedClock(START)), bigin_links=style, crm_links=style)
        ears = {label: Listener(mock_transport(world)) for label in SIDES}
        clients = {
            label: open_side(
                label,
                Credentials("1000.EMULATOR", "emulator-secret", f"1000.emulator.{label}", "https://emulated.example"),
                clock=world.clock,
                transport=ears[label],
            )
            for label in SIDES
        }
        opened.extend(clients.values())
        other = next(label for label in SIDES if label != product)
        return Desk(world, product, clients[product], clients[other], ears[product])

    yield at
    for client in opened:
        client.close()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("product", SIDES)
@pytest.mark.parametrize("kind", PLAIN)
def test_an_activity_is_read_back_as_it_was_written(sit: Sit, product: str, style: LinkStyle, kind: Kind) -> None:
    desk = sit(product, style)
    links = {"Deal": desk.deal(), "Company": desk.company(), "Contact": desk.contact()}
    for name, id in links.items():
        assert isinstance(desk.make(kind, {**PLAIN[kind], name: id}), Stored)
    found = desk.read(kind)
    assert [{name: each[name] for name in links if each[name]} for each in found] == [
        {name: id} for name, id in links.items()
    ]
    for each in found:
        assert {name: each[name] for name in PLAIN[kind]} == PLAIN[kind]
    assert desk.ears.heard == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("product", SIDES)
def test_a_call_names_a_contact_and_a_company(sit: Sit, product: str, style: LinkStyle) -> None:
    desk = sit(product, style)
    links = {"Company": desk.company(), "Contact": desk.contact()}
    assert isinstance(desk.make(CALL, {**PLAIN[CALL], **links}), Stored)
    (call,) = desk.read(CALL)
    assert {name: call[name] for name in ("Deal", *links)} == {"Deal": None, **links}


@pytest.mark.parametrize("product", SIDES)
def test_a_whole_day_is_read_back_as_that_day(sit: Sit, product: str) -> None:
    desk = sit(product, "what_who")
    days = {"Start_DateTime": "2026-03-09T00:00:00Z", "End_DateTime": "2026-03-10T23:59:59Z"}
    assert isinstance(
        desk.make(EVENT, {"Event_Title": "Fair", "All_day": True, "Contact": desk.contact(), **days}), Stored
    )
    (event,) = desk.read(EVENT)
    assert {name: event[name] for name in days} == days


@pytest.mark.parametrize("word", ["Deals", "Pipelines"])
@pytest.mark.parametrize("product", SIDES)
def test_a_note_is_read_back_with_its_parent_whatever_a_deal_is_called(sit: Sit, product: str, word: str) -> None:
    desk = sit(product, "what_who")
    desk.org.switches.deal_word = word if product == "bigin" else "Deals"
    links = {"Deal": desk.deal(), "Company": desk.company(), "Contact": desk.contact()}
    for name, id in links.items():
        assert isinstance(desk.make(NOTE, {"Note_Title": name, "Note_Content": "x", name: id}), Stored)
    found = {str(note["Note_Title"]): note for note in desk.read(NOTE)}
    assert {title: note[title] for title, note in found.items()} == links
    assert all(len([name for name in links if note[name]]) == 1 for note in found.values())
    assert desk.ears.heard == []


@pytest.mark.parametrize("product", SIDES)
def test_a_note_on_nothing_is_refused(sit: Sit, product: str) -> None:
    refused = sit(product, "what_who").make(NOTE, {"Note_Content": "x"})
    assert isinstance(refused, Refused)
    assert refused.cause is Cause.MANDATORY


def test_crm_notes_are_read_though_no_query_answers_them(sit: Sit) -> None:
    desk = sit("crm", "what_who")
    contact = desk.contact()
    for number in range(450):
        desk.org.seed("Notes", [{"Note_Content": f"note {number}", "Parent_Id": contact, "$se_module": "Contacts"}])
    found = desk.read(NOTE)
    assert {str(note["Note_Content"]) for note in found} == {f"note {number}" for number in range(450)}
    assert {note["Contact"] for note in found} == {contact}
