"""Invented contacts and companies in any number, the same on every run."""

from collections.abc import Iterator

from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World

_FIRST = ("Ada", "Bela", "Cato", "Dina", "Emil", "Fara", "Gero", "Hana", "Ivo", "Juna", "Karl", "Lena", "Milo", "Nora")
_LAST = ("Abel", "Brandt", "Costa", "Dahl", "Engel", "Falk", "Grau", "Holm", "Iver", "Jansen", "Kraus", "Lund", "Moser")
_TOWNS = (("Bremen", "28195"), ("Graz", "8010"), ("Aarhus", "8000"), ("Utrecht", "3511"), ("Lyon", "69001"))
_PER_COMPANY = 10
_SPREAD = 30 * 86_400


def seed_both(world: World, contacts: int) -> None:
    """Gives either side the same invented contacts, ten to a company, made over the last thirty days."""
    for org in (world.bigin, world.crm):
        seed_org(org, contacts)


def seed_org(org: Org, contacts: int) -> tuple[list[str], list[str]]:
    """Gives one org invented companies and contacts; returns the ids of both."""
    companies = max(1, contacts // _PER_COMPANY)
    begin = org.now() - _SPREAD
    born = [begin + number * _SPREAD // companies for number in range(companies)]
    company_ids = org.seed("Accounts", (_company(number) for number in range(companies)), created=born)
    born = [begin + number * _SPREAD // max(1, contacts) for number in range(contacts)]
    contact_ids = org.seed("Contacts", _contacts(contacts, company_ids), created=born)
    return company_ids, contact_ids


def _company(number: int) -> dict[str, object]:
    town, code = _TOWNS[number % len(_TOWNS)]
    return {
        "Account_Name": f"{_LAST[number % len(_LAST)]} Works {number}",
        "Phone": f"+49 421 {number:07d}",
        "Website": f"https://works{number}.example",
        "Billing_City": town,
        "Billing_Code": code,
    }


def _contacts(count: int, company_ids: list[str]) -> Iterator[dict[str, object]]:
    for number in range(count):
        town, code = _TOWNS[number % len(_TOWNS)]
        yield {
            "First_Name": _FIRST[number % len(_FIRST)],
            "Last_Name": f"{_LAST[number % len(_LAST)]} {number}",
            "Email": f"person{number}@works{number // _PER_COMPANY}.example",
            "Phone": f"+49 421 {number:07d}",
            "Title": "Buyer" if number % 3 else "Owner",
            "Mailing_Street": f"Kaiweg {number % 200}",
            "Mailing_City": town,
            "Mailing_Zip": code,
            "Account_Name": company_ids[(number // _PER_COMPANY) % len(company_ids)],
        }
