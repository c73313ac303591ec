"""The same contact is entered by hand while its copy is in the air: sent, unanswered, and not to be seen yet."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.sync import planning
from bigin_sync.sync.progress import Aside
from tests.flow.test_entered_twice import enter, numbers
from tests.flow.test_slow_inserts import NINE, SlowLine, later
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

CONTACT = Kind("contact")


@contextmanager
def in_the_air(label: str = "bigin", *, copies: int = 1) -> Iterator[tuple[TwoOrgs, SlowLine]]:
    """A contact of this org whose copy went unanswered, and which was entered on the other side meanwhile."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = SlowLine(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        orgs.sync()
        world.clock.advance(3600)
        enter(world, label, Title="Buyer")
        orgs.sync()
        world.clock.advance(20)
        for _ in range(copies):
            enter(world, _other(label), Department="Sales")
        yield orgs, line


def _other(label: str) -> str:
    return next(other for other in LABELS if other != label)


def titles(org: Org) -> list[object]:
    return [row.values.get("Title") for row in contacts(org)]


@pytest.mark.parametrize("label", LABELS)
def test_what_was_entered_meanwhile_is_held_once_the_copy_turns_up(label: str) -> None:
    with in_the_air(label) as (orgs, line):
        report = later(orgs, 10)
        assert (report.writes, report.counts[CONTACT].linked, report.counts[CONTACT].aside(Aside.WAITING)) == (0, 0, 2)
        line.let_in()
        assert later(orgs, 30).counts[CONTACT].aside(Aside.HELD) == 1
        for seconds in (60, 600, 2 * 86400):
            assert later(orgs, seconds).writes == 0
        assert sorted(numbers(orgs)) == [1, 2]
        (held,) = conflicts.listing(orgs.room)
        assert held.answers == ("same", "new")


def test_what_was_entered_meanwhile_is_linked_once_the_copy_can_come_no_more() -> None:
    with in_the_air() as (orgs, line):
        for seconds in (10, 60):
            assert later(orgs, seconds).writes == 0
        assert later(orgs, 100).counts[CONTACT].linked == 1
        assert later(orgs, 600).writes == 0
        assert [titles(org) for org in (orgs.world.bigin, orgs.world.crm)] == [["Buyer"], ["Buyer"]]
        assert line.inserts == 1


def test_who_a_person_says_it_is_waits_for_the_copy_and_takes_its_place_only_when_it_is_gone() -> None:
    with in_the_air(copies=2) as (orgs, line):
        assert later(orgs, 10).counts[CONTACT].aside(Aside.HELD) == 2
        (source,) = contacts(orgs.world.bigin)
        asked, chosen = conflicts.listing(orgs.room)[0], contacts(orgs.world.crm)[0]
        conflicts.resolve(orgs.room, asked.id, source.id)
        assert later(orgs, 10).counts[CONTACT].linked == 0
        line.let_in()
        copy = contacts(orgs.world.crm)[-1]
        for seconds in (30, 600, 2 * 86400):
            later(orgs, seconds)
        edit(orgs.world.crm, chosen.id, {"Title": "Head"})
        assert later(orgs, 60).writes == 0
        assert numbers(orgs) == (2, 3)
        delete_record(orgs.world.crm, orgs.world.crm.module("Contacts"), copy.id, by=orgs.world.crm.admin())
        later(orgs, 1800)
        edit(orgs.world.crm, chosen.id, {"Title": "Head of purchasing"})
        later(orgs, 60)
        assert numbers(orgs) == (2, 2)
        assert contacts(orgs.world.bigin)[0].values["Title"] == "Head of purchasing"


def test_a_copy_whose_record_was_linked_with_another_one_before_it_is_found_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with in_the_air() as (orgs, line):
        with monkeypatch.context() as careless:
            careless.setattr(planning, "in_doubt", lambda _entry: False)
            assert later(orgs, 10).counts[CONTACT].linked == 1
        line.let_in()
        assert later(orgs, 30).counts[CONTACT].aside(Aside.HELD) == 1
        for seconds in (60, 600, 2 * 86400):
            assert later(orgs, seconds).writes == 0
        assert numbers(orgs) == (1, 2)
