"""A town of invented companies and people, the same one every time, for the demo.

Names are put together from lists, addresses end in `.example`, and telephone numbers are from the ranges that the
authorities of each country keep free for films and books, so nobody real can be meant or rung.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_FIRST = (
    "Ada Aino Alba Amara Anouk Anton Aria Arvid Astrid Bela Bente Bram Carla Ciara Clara Conor Dario Dunja "
    "Edda Eero Elif Elin Emil Enzo Esra Femke Finn Freya Gero Greta Hanne Hugo Idris Ilse Imke Ines Ingo Iris "
    "Ivo Jana Jonas Juno Kaja Kian Kira Lars Leif Lena Linus Liv Lotte Luca Mads Maeve Malik Marek Mila Mira "
    "Nadia Nils Noor Odile Oskar Pablo Petra Quinn Rasmus Rosa Runa Sanna Selma Signe Sofie Sven Tariq Tessa "
    "Thea Tove Uma Vera Viggo Wanda Yara Yusuf Zelda"
).split()
_LAST = (
    "Abara Adler Almeida Bakker Barros Becker Berglund Bianchi Brandt Byrne Castell Cohen Dahl Daly Diallo "
    "Dufour Ebert Eklund Fabre Farouk Fischer Fontaine Gallo Garrido Greve Haddad Halvorsen Hartmann Hofer "
    "Holm Ibsen Jansen Kaya Keller Kovacs Kruse Lang Larsen Leroy Lindqvist Lund Maier Marin Mensah Moreau "
    "Moretti Nakamura Novak Nyberg Okafor Olsen Osei Otero Palmer Petit Pinto Quist Rahman Reyes Rossi Ruiz "
    "Sand Santos Sauer Silva Sommer Stein Strand Tanaka Thorsen Torres Ueda Vance Vidal Vogel Wagner Weiss "
    "Whitlock Winter Yilmaz Zeller Zorn"
).split()
_THING = (
    "Larkspur Harbour Juniper Copper Northgate Saltmarsh Bluebird Cinder Foxglove Granite Heron Ironwood "
    "Kestrel Lantern Meadow Nettle Orchard Pebble Quarry Rowan Sable Thistle Umber Velvet Willow Yarrow Amber "
    "Birch Cobalt Driftwood"
).split()
_TRADE = (
    "Tools",
    "Logistics",
    "Print",
    "Bakery",
    "Optics",
    "Cycles",
    "Interiors",
    "Software",
    "Ceramics",
    "Catering",
    "Textiles",
    "Travel",
)  # fmt: skip -- one word a line would be a page of nothing
_TITLE = (
    "Buyer",
    "Head of purchasing",
    "Managing director",
    "Office manager",
    "Sales manager",
    "Head of IT",
    "Accountant",
    "Warehouse manager",
    "Marketing manager",
    "Owner",
    "Project manager",
    "Assistant",
)  # fmt: skip -- one word a line would be a page of nothing


@dataclass(frozen=True, slots=True)
class _Place:
    """A town, the legal form of its companies, and the start and length of its numbers for films and books."""

    city: str
    country: str
    form: str
    dial: str
    digits: int


_PLACES = (
    _Place("Berlin", "Germany", "GmbH", "+49 30 23125 ", 3),
    _Place("Hamburg", "Germany", "GmbH", "+49 40 66969 ", 3),
    _Place("Munich", "Germany", "AG", "+49 89 99998 ", 3),
    _Place("London", "United Kingdom", "Ltd", "+44 20 7946 0", 3),
    _Place("Leeds", "United Kingdom", "Ltd", "+44 113 496 0", 3),
    _Place("Paris", "France", "SARL", "+33 1 99 00 ", 4),
    _Place("Boston", "United States", "Inc", "+1 617 555 01", 2),
    _Place("Denver", "United States", "LLC", "+1 303 555 01", 2),
)


@dataclass(frozen=True, slots=True)
class Company:
    """One invented company; `form` is its legal form, which some write and some do not."""

    name: str
    form: str
    website: str
    phone: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `company` is None for private customers, `email` for those who have none."""

    first: str
    last: str
    email: str | None
    phone: str
    mobile: str
    title: str
    city: str
    country: str
    company: Company | None


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody. No two companies share a name, no two people an e-mail or a full name."""

    companies: tuple[Company, ...]
    people: tuple[Person, ...]


def town(*, companies: int, people: int, seed: int = 1) -> Town:
    """So many companies and people; the same numbers and seed give the same town."""
    chance = Random(seed)  # noqa: S311 -- chance that is repeatable, and no secret
    firms = _companies(chance, companies)
    return Town(firms, tuple(_people(chance, firms, people)))


def _companies(chance: Random, count: int) -> tuple[Company, ...]:
    names = [f"{thing} {trade}" for thing in _THING for trade in _TRADE]
    made: list[Company] = []
    for name in chance.sample(names, count):
        place = chance.choice(_PLACES)
        site = f"https://{_slug(name)}.example"
        made.append(Company(name, place.form, site, _number(chance, place), place.city, place.country))
    return tuple(made)


def _people(chance: Random, firms: tuple[Company, ...], count: int) -> Iterator[Person]:
    names = chance.sample([(first, last) for first in _FIRST for last in _LAST], count)
    for position, (first, last) in enumerate(names):
        firm = chance.choice(firms) if chance.random() < 0.85 else None
        place = next(each for each in _PLACES if firm is None or each.city == firm.city)
        domain = _slug(firm.name) if firm else "mail"
        address = f"{_slug(first)}.{_slug(last)}@{domain}.example" if position % 12 else None
        phone, mobile = _number(chance, place), _number(chance, place)
        yield Person(first, last, address, phone, mobile, chance.choice(_TITLE), place.city, place.country, firm)


def _number(chance: Random, place: _Place) -> str:
    return f"{place.dial}{chance.randrange(10**place.digits):0{place.digits}d}"


def _slug(name: str) -> str:
    return name.casefold().replace(" ", "-")
