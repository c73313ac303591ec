"""Orgs of both products with nobody but an administrator in them, at a time that stands still."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bigin_sync.emulator.clocks import FixedClock
from bigin_sync.emulator.ids import Ids
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.metadata_bigin import bigin_modules
from bigin_sync.emulator.metadata_crm import crm_modules
from bigin_sync.emulator.org import Org, OrgFacts, Product
from bigin_sync.emulator.switches import Switches
from bigin_sync.emulator.users import Profile, Role, User

NOON = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())


def at(seconds: int, *, zone: str = "UTC") -> str:
    """A moment so many seconds after noon, as the API writes it."""
    return datetime.fromtimestamp(NOON + seconds, ZoneInfo(zone)).isoformat()


def _org(product: Product, modules: list[ModuleDef], *, prefix: int) -> Org:
    facts = OrgFacts(company_name="Weber", domain_name="org1", zgid="70001", zone="Europe/Berlin")
    ids = Ids(prefix)
    clock = FixedClock(datetime.fromtimestamp(NOON, UTC))
    org = Org(product=product, facts=facts, clock=clock, ids=ids, switches=Switches())
    for module in modules:
        module.id = ids.fixed(module.id_suffix)
        org.install(module)
    profile, role = Profile(ids.setting(), "Administrator", admin=True), Role(ids.setting(), "CEO")
    org.profiles[profile.id], org.roles[role.id] = profile, role
    for first, last in (("Ana", "Ruiz"), ("Bo", "Lind")):
        email = f"{first.lower()}@example.org"
        org.add_user(
            User(
                id=ids.record(),
                first_name=first,
                last_name=last,
                email=email,
                profile=profile,
                role=role,
                zone="Europe/Berlin",
                zuid="70001",
            )
        )
    org.admin_id = next(iter(org.users))
    return org


@pytest.fixture
def crm() -> Org:
    return _org("crm", crm_modules(pipelines=False, links="what_who"), prefix=7_300_001)


@pytest.fixture
def bigin() -> Org:
    return _org("bigin", bigin_modules(links="related_to"), prefix=4_876_501)
