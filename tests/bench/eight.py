"""Two orgs with records of all eight kinds, as many of each: half of each org is in the other one too.

As in `invented`, everything follows from a record's number. Whatever a record belongs to is in both orgs, so that all
of it can be synced, and nothing has to wait for a second run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bigin_sync.emulator.world import World
from bigin_sync.model.side import Side
from bigin_sync.replay.told import Records
from bigin_sync.replay.worlds import Place, populate
from tests.bench.arithmetic import PRODUCTS, Load
from tests.bench.invented import company_name

MODULES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "company": {"bigin": "Accounts", "crm": "Accounts"},
        "contact": {"bigin": "Contacts", "crm": "Contacts"},
        "product": {"bigin": "Products", "crm": "Products"},
        "deal": {"bigin": "Pipelines", "crm": "Deals"},
        "task": {"bigin": "Tasks", "crm": "Tasks"},
        "event": {"bigin": "Events", "crm": "Events"},
        "call": {"bigin": "Calls", "crm": "Calls"},
        "note": {"bigin": "Notes", "crm": "Notes"},
    }
)
"""Kind -> product -> API name."""
FIRST, LATER = ("company", "contact"), ("product", "deal", "task", "event", "call", "note")
"""The kinds of the contacts, and those of the modules that can be switched on after their first sync."""
EDITS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "company": {"Phone": "+1 555 555 0100"},
        "contact": {"Title": "Retired"},
        "product": {"Description": "Sold out."},
        "deal": {"Description": "Nearly won."},
        "task": {"Description": "Soon."},
        "event": {"Venue": "Online"},
        "call": {"Description": "Call back."},
        "note": {"Note_Title": "Read again"},
    }
)
"""Kind -> what a person changes in one of them."""
_STARTS = datetime(2026, 1, 1, 9, tzinfo=UTC)
_PLURALS = {"company": "companies"} | {kind: f"{kind}s" for kind in MODULES if kind != "company"}

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Eight:
    """So many records of each kind in each org."""

    each: int

    @property
    def size(self) -> int:
        """Records a side."""
        return self.each * len(MODULES)

    @property
    def shared(self) -> int:
        """Records of a kind that are in both orgs."""
        return self.each // 2

    def loads(self, kinds: tuple[str, ...]) -> list[Load]:
        """What a first sync of some kinds has to do: read all, create what the other org lacks."""
        return [
            Load(product, kind, rows=self.each, creates=self.each - self.shared)
            for kind in kinds
            for product in PRODUCTS
        ]

    def lists(self) -> int:
        """Lists that tell what deals are joined with: of those in both orgs on both sides, of others where they are."""
        return 2 * self.each

    def numbers(self, product: str) -> Iterator[int]:
        """The records of an org: the shared ones first, then its own."""
        own = self.each - self.shared if product == "crm" else 0
        return (number + (own if number >= self.shared else 0) for number in range(self.each))

    def fill(self, world: World) -> None:
        """Put the records into both orgs."""
        for product, side in zip(PRODUCTS, Side, strict=True):
            told = {
                _PLURALS[kind]: [self._told(kind, product, one) for one in self.numbers(product)] for kind in MODULES
            }
            records = Records.model_validate({product: told})
            populate(Place(world.org(product), side, {}), records.on(product), starts=_STARTS)

    def _told(self, kind: str, product: str, number: int) -> Told:
        """One record, named and dated by its number."""
        parent = number % max(1, self.shared)
        at = _STARTS + timedelta(minutes=15 * number)
        moment = f"{at:%Y-%m-%d %H:%M}"
        person, company, deal = f"Una{parent} Holm{parent}", company_name(parent), f"Order {parent}"
        stage = {"Stage": "Qualification"} | ({"Sub Pipeline": "Sales Pipeline Standard"} if product == "bigin" else {})
        told: Mapping[str, Told] = {
            "company": {"Account Name": company_name(number), "Website": f"https://firm{number}.example"},
            "contact": {
                "First Name": f"Una{number}",
                "Last Name": f"Holm{number}",
                "Email": f"una.{number}@mail.example",
                "Account Name": company,
            },
            "product": {"Product Name": f"Lamp {number}", "Product Code": f"L-{number}"},
            "deal": {"Deal Name": f"Order {number}", "Amount": 100 + number, "Account Name": company, **stage},
            "task": {"Subject": f"Ask {number}", "Due Date": f"{at:%Y-%m-%d}", "Contact": person},
            "event": {
                "Event Title": f"Visit {number}",
                "Start DateTime": moment,
                "End DateTime": f"{at + timedelta(hours=1):%Y-%m-%d %H:%M}",
                "Company": company,
            },
            "call": {
                "Subject": f"Call {number}",
                "Call Type": "Inbound",
                "Call Start Time": moment,
                "Call Duration": "05:00",
                "Contact": person,
            },
            "note": {"Note Title": f"Note {number}", "Note Content": f"Said so, {number} times.", "Deal": deal},
        }
        return told[kind]
