"""An edit that is taken back before it crossed stands in nobody's way: the other goes on, and nothing is asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bigin_sync.admin import conflicts, problems
from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.errors import UnknownRecord
from tests.flow.two_orgs import TwoOrgs, contacts, edit, run, titles, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
MINUTE = 60
SIDES = pytest.mark.parametrize("first", ["bigin", "crm"])


def retitle(org: Org, title: str) -> None:
    edit(org, contacts(org)[0].id, {"Title": title})


@contextmanager
def asked(first: str) -> Iterator[tuple[TwoOrgs, Org, Org]]:
    """A title that both sides have changed, of which a person is asked; the first of the two orgs, and the other."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    one, other = (world.bigin, world.crm) if first == "bigin" else (world.crm, world.bigin)
    with two_orgs(world, clock=world.clock, changes={"strategy": "ask"}) as orgs:
        world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example", "Title": "Buyer"}])
        run(orgs)
        clash(orgs, one, other)
        yield orgs, one, other


def clash(orgs: TwoOrgs, one: Org, other: Org) -> None:
    retitle(one, "Clerk")
    retitle(other, "Owner")
    run(orgs)
    assert len(conflicts.listing(orgs.room)) == 1


@SIDES
def test_what_one_side_edited_crosses_once_the_other_has_taken_its_own_edit_back(first: str) -> None:
    with asked(first) as (orgs, one, _other):
        (question,) = conflicts.listing(orgs.room)
        retitle(one, "Buyer")
        run(orgs)
        assert (titles(orgs), conflicts.listing(orgs.room)) == (["Owner", "Owner"], [])
        with pytest.raises(UnknownRecord):
            conflicts.resolve(orgs.room, question.id, first)


@SIDES
def test_what_one_side_edited_crosses_though_the_other_was_to_win_before_it_took_its_edit_back(first: str) -> None:
    with asked(first) as (orgs, one, _other):
        conflicts.resolve(orgs.room, conflicts.listing(orgs.room)[0].id, first)
        retitle(one, "Buyer")
        run(orgs)
        assert titles(orgs) == ["Owner", "Owner"]


@SIDES
def test_a_decision_about_edits_that_both_sides_took_back_decides_nothing_later(first: str) -> None:
    with asked(first) as (orgs, one, other):
        conflicts.resolve(orgs.room, conflicts.listing(orgs.room)[0].id, first)
        retitle(one, "Buyer")
        retitle(other, "Buyer")
        run(orgs)
        assert (titles(orgs), conflicts.listing(orgs.room)) == (["Buyer", "Buyer"], [])
        clash(orgs, one, other)


@SIDES
def test_an_edit_taken_back_beside_another_one_ends_the_question(first: str) -> None:
    with asked(first) as (orgs, one, other):
        edit(one, contacts(one)[0].id, {"Title": "Buyer", "Phone": "+49 30 5550122"})
        run(orgs)
        assert (titles(orgs), conflicts.listing(orgs.room)) == (["Owner", "Owner"], [])
        assert contacts(other)[0].values["Phone"] == "+49 30 5550122"


def change(org: Org, module: str, values: Mapping[str, object]) -> None:
    """Edit the one record of a module."""
    person = next(user for user in org.users if user != org.admin_id)
    table = org.tables[module]
    table.change(next(iter(table.rows.values())), dict(values), modified=org.now(), modified_by=person)


def test_an_edit_crosses_once_the_edit_beside_which_it_could_not_be_written_is_taken_back() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    with two_orgs(world, clock=world.clock) as orgs:
        run(orgs)
        configure(orgs.room, "pipelines")
        activate(orgs.room, "pipelines")
        world.crm.seed("Deals", [{"Deal_Name": "Lathe", "Stage": "Qualification", "Amount": 100}])
        run(orgs)
        change(world.bigin, "Pipelines", {"Stage": "Needs Analysis"})
        world.clock.advance(MINUTE)
        change(world.crm, "Deals", {"Stage": "Value Proposition"})
        run(orgs)
        assert len(problems.listing(orgs.room)) == 2, "Bigin has no such stage"
        change(world.crm, "Deals", {"Stage": "Qualification"})
        run(orgs)
        assert problems.listing(orgs.room) == []
        (deal,) = world.crm.tables["Deals"].rows.values()
        assert deal.values["Stage"] == "Needs Analysis"
