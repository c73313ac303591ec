"""A right that the connected user loses stops the run and says which it is; with the right, the next one catches up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bigin_sync.admin import runs, why
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.rights import right_to
from bigin_sync.emulator.switches import InData
from bigin_sync.emulator.users import Profile
from bigin_sync.emulator.world import World
from bigin_sync.errors import AccessLost
from tests.flow.two_orgs import TwoOrgs, contacts, edit, two_orgs

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
MINUTE = 60
IN_DATA = pytest.mark.parametrize("in_data", ["no", "one", "each"])
"""How an org wraps its refusal."""


@contextmanager
def synced() -> Iterator[TwoOrgs]:
    """Two contacts on both sides, at rest."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    people = [{"Last_Name": name, "Email": f"{name}@people.example"} for name in ("dahl", "weber")]
    world.bigin.seed("Contacts", people)
    with two_orgs(world, clock=world.clock) as orgs:
        for _ in range(3):
            orgs.sync()
            world.clock.advance(10 * MINUTE)
        yield orgs


def take(org: Org, operation: str) -> Profile:
    """Takes a right on contacts from the connected user; their profile before."""
    admin = org.admin()
    fewer = org.add_profile("No contacts", like=admin.profile, withheld=[right_to(operation, "Contacts")])
    org.add_user(admin.named(profile=fewer))
    return admin.profile


def give_back(org: Org, profile: Profile) -> None:
    org.add_user(org.admin().named(profile=profile))


def titles(org: Org) -> list[object]:
    return [row.values.get("Title") for row in contacts(org)]


@IN_DATA
@pytest.mark.parametrize(("operation", "named"), [("UPDATE", "Edit"), ("READ", "View")])
def test_an_edit_waits_for_the_right_to_write_it(operation: str, named: str, in_data: InData) -> None:
    with synced() as orgs:
        world = orgs.world
        world.crm.switches.forbidden_in_data = in_data
        for row in contacts(world.bigin):
            edit(world.bigin, row.id, {"Title": "Buyer"})
        world.clock.advance(MINUTE)
        before = take(world.crm, operation)
        for _ in range(3):
            with pytest.raises(AccessLost, match=f"Missing: Crm_Implied_{named}_Contacts") as told:
                orgs.sync()
            assert "administrator's profile in Zoho CRM, or sign in" in told.value.hint
            assert told.value.hint.endswith("bigin-sync connect crm")
            world.clock.advance(10 * MINUTE)
        assert (titles(world.bigin), titles(world.crm)) == (["Buyer"] * 2, [None] * 2)
        give_back(world.crm, before)
        orgs.sync()
        assert (titles(world.bigin), titles(world.crm)) == (["Buyer"] * 2, ["Buyer"] * 2)
        world.clock.advance(10 * MINUTE)
        report = orgs.sync()
        assert (report.writes, report.clean) == (0, True)


def test_what_is_kept_of_a_right_that_was_lost_is_in_words_for_people() -> None:
    with synced() as orgs:
        row = contacts(orgs.world.bigin)[0]
        edit(orgs.world.bigin, row.id, {"Title": "Buyer"})
        orgs.world.clock.advance(MINUTE)
        take(orgs.world.crm, "UPDATE")
        with pytest.raises(AccessLost):
            orgs.sync()
        told = why.why(orgs.room, row.id).explanation
        assert told is not None
        words = "The user who is connected to Zoho CRM may not"
        assert told.lines[0].outcome.startswith(f"dropped (NOT_WRITTEN: {words}")
        assert (runs.history(orgs.room, limit=1)[0].error or "").startswith(words)


@IN_DATA
def test_new_records_wait_for_the_right_to_make_them_and_are_made_once(in_data: InData) -> None:
    with synced() as orgs:
        world = orgs.world
        world.crm.switches.forbidden_in_data = in_data
        world.bigin.seed("Contacts", [{"Last_Name": name, "Email": f"{name}@people.example"} for name in ("a", "b")])
        world.clock.advance(MINUTE)
        before = take(world.crm, "CREATE")
        for _ in range(2):
            with pytest.raises(AccessLost, match="Missing: Crm_Implied_Create_Contacts"):
                orgs.sync()
            world.clock.advance(10 * MINUTE)
        assert len(contacts(world.crm)) == 2
        give_back(world.crm, before)
        for _ in range(2):
            orgs.sync()
            world.clock.advance(10 * MINUTE)
        assert [len(contacts(org)) for org in (world.bigin, world.crm)] == [4, 4]


def test_what_the_other_side_may_take_still_crosses() -> None:
    with synced() as orgs:
        world = orgs.world
        near, far = contacts(world.bigin)[0], contacts(world.crm)[1]
        edit(world.bigin, near.id, {"Title": "Buyer"})
        edit(world.crm, far.id, {"Title": "Seller"})
        world.clock.advance(MINUTE)
        take(world.crm, "UPDATE")
        for _ in range(2):
            with pytest.raises(AccessLost):
                orgs.sync()
            world.clock.advance(10 * MINUTE)
        assert sorted(map(str, titles(world.bigin))) == ["Buyer", "Seller"]
