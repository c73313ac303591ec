"""What a client counts a call as is what the emulated org charges for it, operation by operation.

The two price lists were written apart, each from the products' "API limits".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.errors import RequestRefused
from bigin_sync.zoho.client import ZohoSide, open_side
from bigin_sync.zoho.oauth import Credentials
from bigin_sync.zoho.side import Capabilities, Cursor, SideClient

START = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
DEALS = {"bigin": "Pipelines", "crm": "Deals"}
LINKS = {"bigin": ("Related_To", "$related_module"), "crm": ("What_Id", "$se_module")}
SIZES = (1, 10, 11, 60, 100)
WAYS = {
    name: Capabilities(concurrency=5, ids=ids, coql=coql, deleted=True, daily_credits=50_000)
    for name, ids, coql in (
        ("ids and queries", True, True),
        ("queries", False, True),
        ("ids", True, False),
        ("neither", False, False),
    )
}
"""What an org may be found to be able to do; the client takes other calls then."""


@dataclass
class Book:
    """A ledger that lets everything pass."""

    booked: int = 0

    def book(self, credits: int) -> None:
        self.booked += credits


@dataclass
class Scene:
    world: World
    org: Org
    side: ZohoSide
    book: Book
    contacts: list[str] = field(default_factory=list)

    @property
    def deals(self) -> str:
        return DEALS[self.side.label]

    def charged(self) -> int:
        """Credits that the org has taken."""
        return self.world.ledgers[self.org.product].ever


@pytest.fixture(params=["bigin", "crm"])
def product(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(WAYS))
def scene(product: str, request: pytest.FixtureRequest) -> Iterator[Scene]:
    world, book = World.default(ShiftedClock(FixedClock(START)), crm_pipelines=True), Book()
    token = f"1000.emulator.{product}"
    credentials = Credentials("1000.EMULATOR", "emulator-secret", token, "https://emulated.example")
    transport, can = mock_transport(world), WAYS[request.param]
    side = open_side(product, credentials, clock=world.clock, transport=transport, ledger=book, capabilities=can)
    org = world.org(product)
    made = org.seed("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(450)])
    yield Scene(world, org, side, book, made)
    side.close()


def _read(on: Scene) -> None:
    cursor = Cursor()
    for fields in (("Last_Name",), ("Last_Name", "Description")):
        *_, last = on.side.read("Contacts", fields=fields, cursor=cursor)
        on.world.clock.advance(600)
        on.org.seed("Contacts", [{"Last_Name": "Newcomer"}])
        list(on.side.read("Contacts", fields=fields, cursor=last.cursor))


def _fetch(on: Scene) -> None:
    for size in SIZES:
        on.side.fetch("Contacts", on.contacts[:size], fields=("Last_Name",))


def _admitted(on: Scene) -> None:
    for view in on.side.views("Contacts"):
        on.side.admitted("Contacts", on.contacts[:300], view=view.id)


def _deleted(on: Scene) -> None:
    for record in on.contacts[:250]:
        delete_record(on.org, on.org.modules["Contacts"], record, by=on.org.admin())
    assert len(list(on.side.deleted("Contacts", since=None))) == 2


def _related(on: Scene) -> None:
    _relate(on)
    (deal,) = on.org.tables[on.deals].rows
    on.side.related(on.deals, deal, listed="Products")


def _relate(on: Scene) -> None:
    (deal,) = on.org.seed(on.deals, [{"Deal_Name": "Ropes", "Stage": "Qualification"}])
    products = on.org.seed("Products", [{"Product_Name": f"Rope {number}"} for number in range(100)])
    for size in SIZES:
        on.side.relate(on.deals, deal, listed="Products", ids=products[:size])


def _create(on: Scene) -> None:
    for size in SIZES:
        on.side.create("Contacts", [{"Last_Name": "Braun"}] * size)


def _update(on: Scene) -> None:
    for size in SIZES:
        rows = [{"id": record, "Phone": "555"} for record in on.contacts[:size]]
        on.side.update("Contacts", rows, unmodified_since=START)


def _add_key_field(on: Scene) -> None:
    if on.side.label == "crm":
        assert on.side.add_key_field("Contacts", label="Key", length=40) is None
        return
    with pytest.raises(RequestRefused):
        on.side.add_key_field("Contacts", label="Key", length=40)


def _parent_words(on: Scene) -> None:
    lookup, key = LINKS[on.side.label]
    on.side.parent_words("Tasks", lookup=lookup, key=key)


def _pipelines(on: Scene) -> None:
    for layout in on.side.layouts(on.deals):
        on.side.pipelines(str(layout["id"]))


def _view(on: Scene) -> None:
    on.side.view("Contacts", on.side.views("Contacts")[0].id)


def _probe(on: Scene) -> None:
    on.side.probe({module: on.side.fields(module) for module in ("Contacts", "Accounts", "Notes")})


OPERATIONS: Mapping[str, Callable[[Scene], object]] = {
    "read": _read,
    "fetch": _fetch,
    "made_since": lambda on: on.side.made_since("Contacts", START, fields=("Last_Name",)),
    "holding": lambda on: on.side.holding("Contacts", "Last_Name", ["Weber 1"], fields=(), since=START),
    "filled": lambda on: on.side.filled("Contacts", "Last_Name"),
    "admitted": _admitted,
    "deleted": _deleted,
    "related": _related,
    "create": _create,
    "update": _update,
    "relate": _relate,
    "add_key_field": _add_key_field,
    "org": lambda on: on.side.org(),
    "me": lambda on: on.side.me(),
    "standing": lambda on: on.side.standing(on.side.me()),
    "users": lambda on: on.side.users(),
    "modules": lambda on: on.side.modules(),
    "fields": lambda on: on.side.fields("Contacts"),
    "layouts": lambda on: on.side.layouts(on.deals),
    "related_lists": lambda on: on.side.related_lists(on.deals),
    "parent_words": _parent_words,
    "pipelines": _pipelines,
    "views": lambda on: on.side.views("Contacts"),
    "view": _view,
    "probe": _probe,
}


UNASKED = ("add_key_field", "filled")
"""What is asked only of an org that can do it: Bigin adds no field by API, and not every org takes queries."""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_client_counts_what_the_org_charges(scene: Scene, operation: str) -> None:
    OPERATIONS[operation](scene)
    assert scene.book.booked == scene.charged()
    assert scene.side.counters.credits == scene.charged()
    assert scene.charged() > 0 or operation in UNASKED


def test_every_operation_of_a_client_is_among_them() -> None:
    known = {name for name, what in vars(SideClient).items() if callable(what) and not name.startswith("_")}
    assert set(OPERATIONS) == known - {"submit", "close"}
