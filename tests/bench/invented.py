"""Two orgs full of invented companies and people: half of each org is in the other one too.

Everything follows from a record's number, so that both orgs agree without knowing each other, and so that it is known
beforehand what a first sync has to do. Names are put together from lists, addresses end in `.example`, telephone
numbers are North American ones of the 555-01xx kind, which are kept free for books and films.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.arithmetic import PRODUCTS, Load

COMPANY, CONTACT = "company", "contact"
MODULES = {COMPANY: "Accounts", CONTACT: "Contacts"}
_SHARED = 2
"""One record in so many is in both orgs."""
_DIFFERS = 25
"""One shared record in so many has a field that was changed in one org."""
_AREAS = 390
"""North American area codes that telephones take numbers from, and as many again for mobile phones."""
_START, _DAY = 1_735_689_600, 86_400
_FIRST = (
    "Ada Aino Alba Amara Anouk Anton Aria Arvid Astrid Bela Bente Bram Carla Ciara Clara Conor Dario Dunja Edda Eero "
    "Elif Elin Emil Enzo Esra Femke Finn Freya Gero Greta Hanne Hugo Idris Ilse Imke Ines Ingo Iris Ivo Jana Juno Kaja"
).split()
_LAST = (
    "Abara Adler Almeida Bakker Barros Becker Berglund Bianchi Brandt Byrne Castell Dahl Daly Diallo Dufour Ebert "
    "Fabre Farouk Gallo Garrido Greve Haddad Hofer Holm Ibsen Jansen Kaya Kovacs Kruse Larsen Leroy Lund Marin Mensah "
    "Moreau Novak Nyberg Okafor Olsen Osei Otero Petit Pinto Quist Reyes Rossi Ruiz Santos Silva Stein Tanaka"
).split()
_THING = (
    "Larkspur Harbour Juniper Copper Northgate Saltmarsh Bluebird Cinder Foxglove Granite Heron Ironwood Kestrel "
    "Lantern Meadow Nettle Orchard Pebble Quarry Rowan Sable Thistle Umber Velvet Willow Yarrow Amber Birch"
).split()
_TRADE = "Tools Logistics Print Bakery Optics Cycles Interiors Software Ceramics Catering Textiles Travel".split()
_TOWNS = (
    ("Boston", "MA", "02108", 617),
    ("Denver", "CO", "80202", 303),
    ("Seattle", "WA", "98101", 206),
    ("Austin", "TX", "78701", 512),
    ("Chicago", "IL", "60602", 312),
    ("Atlanta", "GA", "30303", 404),
)
_FORMS = ("Inc", "LLC", "Ltd", "GmbH")
_TITLES = ("Buyer", "Head of purchasing", "Managing director", "Office manager", "Sales manager", "Accountant")

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Invented:
    """One record as it stands in one org. company: the position of its company in that org; `owner` is a number."""

    values: Values
    created: int
    modified: int
    owner: int
    company: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How many records there are of each kind in each org, and what a first sync of them has to do."""

    size: int

    def rows(self, kind: str) -> int:
        """Records of a kind in either org."""
        companies = self.size // 5
        return companies if kind == COMPANY else self.size - companies

    def shared(self, kind: str) -> int:
        """Records of a kind that are in both orgs."""
        return self.rows(kind) // _SHARED

    def loads(self) -> list[Load]:
        """What a first sync has to do: create what the other org lacks, and settle the shared records that differ."""
        return [
            Load(
                product,
                kind,
                rows=self.rows(kind),
                creates=self.rows(kind) - self.shared(kind),
                updates=sum(1 for number in range(self.shared(kind)) if _newer(number) == _other(product)),
            )
            for kind in (COMPANY, CONTACT)
            for product in PRODUCTS
        ]

    def records(self, product: str, kind: str) -> Iterator[Invented]:
        """The records of an org: the shared ones first, then its own."""
        make = self._company if kind == COMPANY else self._contact
        for position in range(self.rows(kind)):
            number = position
            if position >= self.shared(kind) and product == "crm":
                number += self.rows(kind) - self.shared(kind)
            yield make(product, number, position)

    def _company(self, product: str, number: int, position: int) -> Invented:
        city, state, code, area = _TOWNS[number % len(_TOWNS)]
        name = company_name(number)
        slug = name.lower().replace(" ", "-")
        values: Values = {
            "Account_Name": f"{name} {_FORMS[number % len(_FORMS)]}",
            "Phone": _phone(number, area - 200),
            "Website": f"https://{slug}.example",
            "Description": f"Customer since {2000 + number % 25}. Delivers to {city} and around.",
            "Billing_Street": f"{1 + number % 180} {_THING[number % len(_THING)]} Street",
            "Billing_City": city,
            "Billing_State": state,
            "Billing_Code": code,
            "Billing_Country": "United States",
        }
        return self._aged(COMPANY, product, number, values, changed=("Description", "A customer again."), company=None)

    def _contact(self, product: str, number: int, position: int) -> Invented:
        city, state, code, _area = _TOWNS[number % len(_TOWNS)]
        first, last = _FIRST[number % len(_FIRST)], _LAST[(number + number // (100 * _AREAS)) % len(_LAST)]
        near = self.shared(COMPANY) if position < self.shared(CONTACT) else self.rows(COMPANY)
        values: Values = {
            "First_Name": first,
            "Last_Name": last,
            "Title": _TITLES[number % len(_TITLES)],
            "Phone": _phone(number, number // 100),
            "Mailing_Street": f"{1 + number % 90} {_THING[number % len(_THING)]} Lane",
            "Mailing_City": city,
            "Mailing_State": state,
            "Mailing_Zip": code,
            "Mailing_Country": "United States",
        }
        if number % 12:
            values["Email"] = f"{first}.{last}.{number}@{_TRADE[number % len(_TRADE)]}.example".lower()
        if number % 3 == 0:
            values["Mobile"] = _phone(number, number // 100 + _AREAS)
        if number % 4 == 0:
            values["Description"] = f"Prefers to be called in the morning.\nMet in {city}."
        company = number * 7 % near if number % 7 and near else None
        return self._aged(CONTACT, product, number, values, changed=("Title", "Owner"), company=company)

    def _aged(
        self,
        kind: str,
        product: str,
        number: int,
        values: Values,
        *,
        changed: tuple[str, str],
        company: int | None,
    ) -> Invented:
        """The record with its times; one that was changed here later than in the other org has the changed value."""
        created = _START + number % 300 * _DAY + number % _DAY
        modified = created + number % 20 * _DAY
        if number < self.shared(kind) and _newer(number) == product:
            name, value = changed
            values[name] = value
            modified += _DAY
        return Invented(values, created, modified, owner=number, company=company)


def company_name(number: int) -> str:
    """The name of a company; the first 64,800 differ."""
    rest, first = divmod(number, len(_THING))
    rest, trade = divmod(rest, len(_TRADE))
    rest, second = divmod(rest, len(_THING))
    return f"{_THING[first]} {_THING[second]} {_TRADE[trade]} {_TOWNS[rest % len(_TOWNS)][0]}"


def _newer(number: int) -> str | None:
    """The org in which a shared record was changed last; None where both are the same."""
    return PRODUCTS[number % 2] if number % _DIFFERS == 0 else None


def _other(product: str) -> str:
    return PRODUCTS[1 - PRODUCTS.index(product)]


def _phone(number: int, area: int) -> str:
    return f"+1 {200 + area % (2 * _AREAS)} 555 01{number % 100:02d}"
