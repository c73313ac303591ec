"""A person is asked about what can be decided only: not of a deleted record, nor about a field that is not mapped."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bigin_sync.admin import conflicts, modules
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record, restore_record
from bigin_sync.emulator.world import World
from bigin_sync.errors import UnknownRecord
from bigin_sync.model.kind import Kind
from bigin_sync.store import inbox
from tests.flow.two_orgs import TwoOrgs, contacts, edit, run, titles, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


@contextmanager
def asked() -> Iterator[tuple[TwoOrgs, str]]:
    """A title that both sides have changed, and the question that a person is asked of it."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    with two_orgs(world, clock=world.clock, changes={"strategy": "ask"}) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
        run(orgs)
        for org, title in ((world.bigin, "Clerk"), (world.crm, "Owner")):
            edit(org, contacts(org)[0].id, {"Title": title})
        run(orgs)
        (question,) = conflicts.listing(orgs.room)
        yield orgs, question.id


def asked_nothing(orgs: TwoOrgs, question: str) -> bool:
    """Whether a person is asked nothing, and told so who answers all the same."""
    with pytest.raises(UnknownRecord, match="waits for a decision"):
        conflicts.resolve(orgs.room, question, "crm")
    return conflicts.listing(orgs.room) == []


@pytest.mark.parametrize("gone", ["bigin", "crm"])
def test_a_person_is_asked_of_a_deleted_record_only_once_it_is_restored(gone: str) -> None:
    with asked() as (orgs, question):
        org = orgs.world.bigin if gone == "bigin" else orgs.world.crm
        (row,) = contacts(org)
        delete_record(org, org.modules["Contacts"], row.id, by=org.admin())
        run(orgs)
        assert asked_nothing(orgs, question)
        restore_record(org, row.id)
        run(orgs)
        conflicts.resolve(orgs.room, question, "crm")
        run(orgs)
        assert titles(orgs) == ["Owner", "Owner"]


def test_a_person_is_asked_about_a_field_only_while_it_is_mapped() -> None:
    with asked() as (orgs, question):
        modules.edit(orgs.room, "contacts", mapping={"contact": {"remove": ["Title"]}})
        run(orgs)
        assert asked_nothing(orgs, question)
        with orgs.room.db.read() as session:
            assert inbox.size(session, orgs.iid, kind=Kind("contact")) == 0
        modules.edit(orgs.room, "contacts", mapping={"contact": {}})
        run(orgs)
        (again,) = conflicts.listing(orgs.room)
        conflicts.resolve(orgs.room, again.id, "bigin")
        run(orgs)
        assert titles(orgs) == ["Clerk", "Clerk"]
