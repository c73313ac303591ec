"""The two orgs of the demo: one town, half known to the sales people in Bigin, half to the office in the CRM."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bigin_sync.replay.people import Company, Person, Town, town
from bigin_sync.replay.worlds import Place

COMPANIES = 150
PEOPLE = 721
DAY = 86_400

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Stars:
    """The people the story is about: known to both, with an e-mail address and a company."""

    edited: Person
    contested: Person
    newcomer: Person


def fill(bigin: Place, crm: Place, *, companies: int = COMPANIES, people: int = PEOPLE) -> Stars:
    """Puts the town into both orgs and picks the people of the story."""
    everybody = town(companies=companies, people=people + 1)
    *residents, newcomer = everybody.people
    sides = {"bigin": bigin, "crm": crm}
    for label, place in sides.items():
        known = [(number, person) for number, person in enumerate(residents) if label in _known_to(number)]
        firms = {person.company.name: person.company for _, person in known if person.company is not None}
        ids = _seed_companies(place, firms.values(), everybody)
        _seed_people(place, known, ids)
    _seed_twins(bigin, crm)
    shared = [
        person
        for number, person in enumerate(residents)
        if len(_known_to(number)) == len(sides) and person.email and person.company
    ]
    return Stars(shared[0], shared[1], newcomer)


def _known_to(number: int) -> tuple[str, ...]:
    """Of ten people four are known to both products, three to either one."""
    turn = number % 10
    return ("bigin", "crm") if turn < 4 else ("bigin",) if turn < 7 else ("crm",)


def _seed_companies(place: Place, firms: Iterable[Company], everybody: Town) -> dict[str, str]:
    """Company name -> id. The office writes companies with their legal form and website, sales people often without."""
    order = {firm.name: number for number, firm in enumerate(everybody.companies)}
    chosen = sorted(firms, key=lambda firm: order[firm.name])
    office = place.org.product == "crm"
    rows: list[Values] = [
        {
            "Account_Name": f"{firm.name} {firm.form}" if office and order[firm.name] % 3 == 0 else firm.name,
            "Website": firm.website if office else None,
            "Phone": firm.phone,
            "Billing_City": firm.city if office else None,
            "Billing_Country": firm.country if office else None,
        }
        for firm in chosen
    ]
    times = [_some_time(place, order[firm.name]) for firm in chosen]
    ids = place.org.seed(place.module("company").api_name, rows, created=times)
    return {firm.name: row_id for firm, row_id in zip(chosen, ids, strict=True)}


def _seed_people(place: Place, known: list[tuple[int, Person]], companies: Mapping[str, str]) -> None:
    """Each product knows of a person what the other one may not: sales people the mobile, the office the address."""
    office = place.org.product == "crm"
    owners = [place.org.admin_id, *place.people.values()]
    rows: list[Values] = [
        {
            "First_Name": person.first,
            "Last_Name": person.last,
            "Email": person.email if number % 7 or office else None,
            "Phone": person.phone,
            "Mobile": None if office or number % 3 else person.mobile,
            "Title": person.title if office or number % 5 == 0 else None,
            "Mailing_City": person.city if office else None,
            "Mailing_Country": person.country if office else None,
            "Account_Name": companies[person.company.name] if person.company else None,
            "Owner": owners[number % len(owners)],
        }
        for number, person in known
    ]
    place.org.seed(place.module("contact").api_name, rows, created=[_some_time(place, number) for number, _ in known])


def _seed_twins(bigin: Place, crm: Place) -> None:
    """One person whom the office has entered twice: nobody but a person can tell which of them Bigin means."""
    for place, names in ((bigin, ("Kim",)), (crm, ("Kim", "K."))):
        rows = [{"First_Name": name, "Last_Name": "Berg", "Phone": "+49 30 23125 031"} for name in names]
        place.org.seed(place.module("contact").api_name, rows, created=_some_time(place, 1))


def _some_time(place: Place, number: int) -> int:
    """A moment in the past two years, the same for a person in every story, and never in the future."""
    return place.org.now() - DAY * (2 + number * 37 % 700) - (0 if place.org.product == "crm" else 3_600)
