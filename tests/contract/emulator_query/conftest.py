"""Orgs of both products with nobody but an administrator in them, at a time that stands still."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bigin_sync.emulator.clocks import FixedClock
from bigin_sync.emulator.org import Org, Product
from bigin_sync.emulator.stock import stock_org
from bigin_sync.emulator.stock_activities import LinkStyle

NOON = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())


def at(seconds: int, *, zone: str = "UTC") -> str:
    """A moment so many seconds after noon, as the API writes it."""
    return datetime.fromtimestamp(NOON + seconds, ZoneInfo(zone)).isoformat()


def _org(product: Product, *, links: LinkStyle) -> Org:
    org = stock_org(product, FixedClock(datetime.fromtimestamp(NOON, UTC)), links=links)
    admin = org.admin()
    org.users.clear()
    for first, last in (("Ana", "Ruiz"), ("Bo", "Lind")):
        org.add_user(
            replace(
                admin,
                id=org.ids.record(),
                first_name=first,
                last_name=last,
                email=f"{first.lower()}@example.org",
                zone="Europe/Berlin",
            )
        )
    org.admin_id = next(iter(org.users))
    return org


@pytest.fixture
def crm() -> Org:
    return _org("crm", links="what_who")


@pytest.fixture
def bigin() -> Org:
    return _org("bigin", links="related_to")
