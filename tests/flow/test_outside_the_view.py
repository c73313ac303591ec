"""A record whose counterpart the list view does not show is left alone for as long as there is such a counterpart."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.store import inbox
from bigin_sync.store.inbox import State
from tests.flow.two_orgs import TwoOrgs, connect_both, contacts, edit, opened, run

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


def skipped(orgs: TwoOrgs) -> set[str | None]:
    """Why contacts are left alone."""
    with orgs.room.db.read() as session:
        aside = inbox.slice(session, orgs.iid, kind=Kind("contact"), states=[State.SKIPPED], limit=10)
    return {entry.cause for entry in aside}


@contextmanager
def counterpart_outside() -> Iterator[TwoOrgs]:
    """A contact of Bigin whose counterpart in the CRM is outside the list view."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    with opened(world, clock=world.clock) as room:
        connect_both(room)
        configure(room, "contacts", view="From the web")
        activate(room, "contacts")
        orgs = TwoOrgs(world, room, room.integration())
        cai = {"Last_Name": "Cai", "Email": "cai@example.org"}
        world.crm.seed("Contacts", [{**cai, "Lead_Source": "Advertisement"}])
        world.bigin.seed("Contacts", [cai])
        run(orgs)
        run(orgs)
        assert (skipped(orgs), len(contacts(world.crm))) == ({"outside_view", "counterpart_outside_view"}, 1)
        yield orgs


def names(orgs: TwoOrgs) -> list[object]:
    """The contacts of the CRM."""
    return [row.values["Last_Name"] for row in contacts(orgs.world.crm)]


def test_a_record_is_made_once_its_counterpart_outside_the_view_is_deleted() -> None:
    with counterpart_outside() as orgs:
        crm = orgs.world.crm
        delete_record(crm, crm.modules["Contacts"], contacts(crm)[0].id, by=crm.admin())
        run(orgs)
        assert (names(orgs), skipped(orgs)) == (["Cai"], set())


def test_a_record_is_made_once_its_counterpart_outside_the_view_has_become_somebody_else() -> None:
    with counterpart_outside() as orgs:
        crm = orgs.world.crm
        edit(crm, contacts(crm)[0].id, {"Last_Name": "Sand", "Email": "mats@sand.example"})
        run(orgs)
        assert (names(orgs), skipped(orgs)) == (["Sand", "Cai"], {"outside_view"})


def test_a_record_is_left_alone_as_long_as_its_counterpart_stays_what_it_is() -> None:
    with counterpart_outside() as orgs:
        crm = orgs.world.crm
        edit(crm, contacts(crm)[0].id, {"Title": "Buyer"})
        run(orgs)
        assert (names(orgs), skipped(orgs)) == (["Cai"], {"outside_view", "counterpart_outside_view"})


def test_a_record_is_linked_once_its_counterpart_comes_into_the_view() -> None:
    with counterpart_outside() as orgs:
        crm = orgs.world.crm
        edit(crm, contacts(crm)[0].id, {"Lead_Source": "Web Research"})
        run(orgs)
        assert (names(orgs), skipped(orgs)) == (["Cai"], set())
