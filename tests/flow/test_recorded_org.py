"""Real input: the companies and contacts of a recorded CRM org arrive whole in an empty Bigin org."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bigin_sync.emulator.load import load
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.pairing.bigin_crm import COMPANY as COMPANY_KIND
from bigin_sync.pairing.bigin_crm import CONTACT as CONTACT_KIND
from bigin_sync.store import links
from tests.flow.two_orgs import TwoOrgs, two_orgs

RECORDED = Path(__file__).parents[3] / "shared" / "recordings" / "crm-v2"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared is absent: there are no recordings to load")

MODULES = ("Accounts", "Contacts")
COMPANY = ("Account_Name", "Phone", "Website", "Description")
BILLING = ("Billing_Street", "Billing_City", "Billing_State", "Billing_Code", "Billing_Country")
CONTACT = ("First_Name", "Last_Name", "Email", "Title", "Phone", "Mobile", "Home_Phone", "Description")
MAILING = ("Mailing_Street", "Mailing_City", "Mailing_State", "Mailing_Zip", "Mailing_Country")
FIELDS: Mapping[str, tuple[str, ...]] = {"Accounts": COMPANY + BILLING, "Contacts": CONTACT + MAILING}


@pytest.fixture
def orgs() -> Iterator[TwoOrgs]:
    """The recorded CRM org beside an empty Bigin org."""
    world = World.default()
    load(world, RECORDED)
    assert all(not world.bigin.tables[module].rows for module in MODULES), "the Bigin org is not empty"
    with two_orgs(world) as both:
        yield both


def _counterparts(orgs: TwoOrgs, module: str) -> dict[str, str]:
    kind = {"Accounts": COMPANY_KIND, "Contacts": CONTACT_KIND}[module]
    with orgs.room.db.read() as session:
        found = links.slice(session, orgs.iid, kind=kind, limit=1_000)
    return {link.right.id: link.left.id for link in found}


def _rows(orgs: TwoOrgs, product: str, module: str) -> dict[str, Row]:
    return orgs.world.org(product).tables[module].rows


@pytest.mark.parametrize("module", MODULES)
def test_every_recorded_record_arrives_with_its_fields(orgs: TwoOrgs, module: str) -> None:
    orgs.sync()
    crm, bigin, links_ = _rows(orgs, "crm", module), _rows(orgs, "bigin", module), _counterparts(orgs, module)
    assert crm
    assert links_.keys() == crm.keys()
    assert sorted(links_.values()) == sorted(bigin)
    for id, row in crm.items():
        arrived = bigin[links_[id]].values
        for name in FIELDS[module]:
            assert (arrived.get(name) or None) == (row.values.get(name) or None), (row.values, name)


def test_every_contact_points_to_the_counterpart_of_its_company(orgs: TwoOrgs) -> None:
    orgs.sync()
    contacts, companies = _counterparts(orgs, "Contacts"), _counterparts(orgs, "Accounts")
    bigin = _rows(orgs, "bigin", "Contacts")
    pointing = 0
    for id, row in _rows(orgs, "crm", "Contacts").items():
        company = row.values.get("Account_Name")
        expected = companies[str(company)] if company else None
        assert bigin[contacts[id]].values.get("Account_Name") == expected
        pointing += expected is not None
    assert pointing, "no recorded contact has a company, so nothing was shown"


def test_what_nobody_owns_on_the_other_side_goes_to_who_set_the_sync_up(orgs: TwoOrgs) -> None:
    orgs.sync()
    for module in MODULES:
        owners = {row.values.get("Owner") for row in _rows(orgs, "bigin", module).values()}
        assert owners == {orgs.world.bigin.admin_id}


def test_a_second_sync_writes_nothing(orgs: TwoOrgs) -> None:
    first = orgs.sync()
    before = {module: {id: row.modified for id, row in _rows(orgs, "bigin", module).items()} for module in MODULES}
    second = orgs.sync()
    assert first.writes == sum(len(_rows(orgs, "crm", module)) for module in MODULES)
    assert second.writes == 0
    assert second.clean
    after = {module: {id: row.modified for id, row in _rows(orgs, "bigin", module).items()} for module in MODULES}
    assert after == before
