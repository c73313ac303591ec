"""What the campaign makes of an edit that comes between our last look and our write, and of a record made twice."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from random import Random
from unittest import mock

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.world import Answer
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH
from bigin_sync.replay.words import LABELS
from tests.process.small_world import SmallWorld
from tests.process.stepping import sync
from tests.torture.crowd import judge
from tests.torture.table import Tally
from tests.torture.watch import Watch

CONTACT, FIELD = Kind("contact"), "Description"
GUARD = "if-unmodified-since"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    """Both orgs, each test's as new."""
    with SmallWorld(tmp_path_factory.mktemp("watched")).served() as small:
        yield small


def tomas(small: SmallWorld, label: str) -> Ref:
    """The record of somebody whom both orgs know, and of whom each knows something that the other one does not."""
    place = small.places[label]
    rows = place.org.tables[place.module(CONTACT).api_name].rows.values()
    return Ref(place.side, CONTACT, next(row.id for row in rows if row.values["Last_Name"] == "Brandt"))


def campaign(small: SmallWorld, *, edited: str, guarded: bool = True) -> tuple[Watch, Tally]:
    """Somebody writes about Tomas on one side, and on the other one too, right before the write to that one arrives.

    guarded: our writes say since when we have not looked.
    """
    home, tally = small.begin(), Tally()
    watch = Watch(small, Random(0))
    there, here = (tomas(small, label) for label in (edited, *{"bigin", "crm"} - {edited}))
    watch.edit_of(here, FIELD)

    def answer(call: Call) -> Answer:
        if call.method == "PUT" and there.id in call.body.decode() and len(watch.edits) == 1:
            watch.edit_of(there, FIELD)
        said = {name: value for name, value in call.headers.items() if guarded or name != GUARD}
        return watch.answer(replace(call, headers=said))

    passing = mock.patch.object(SystemClock, "sleep", lambda _self, seconds: small.world.clock.advance(seconds))
    with passing, mock.patch.object(small.world, "answer", answer):
        *_, idle = [sync(home)["writes"] for _ in range(3)]
        judge(small, home, watch, idle=idle, name="the case", tally=tally)
    assert len(watch.edits) == 2
    return watch, tally


def test_an_edit_in_the_window_of_crm_is_kept_because_crm_refuses_our_write(small: SmallWorld) -> None:
    watch, tally = campaign(small, edited="crm")
    assert (tally.findings, tally.lost, watch.refused, watch.unseen) == ([], 0, 1, set())


def test_an_edit_in_the_window_of_crm_that_was_overwritten_is_a_finding(small: SmallWorld) -> None:
    watch, tally = campaign(small, edited="crm", guarded=False)
    assert (tally.lost, watch.refused) == (1, 0)
    assert "t1 was written over though we had not seen it" in tally.findings[0]


def test_an_edit_in_the_window_of_bigin_is_counted_apart(small: SmallWorld) -> None:
    watch, tally = campaign(small, edited="bigin")
    assert (tally.findings, watch.unseen) == ([], {"t1"})


def test_a_record_that_a_person_made_and_that_is_there_twice_is_a_finding(small: SmallWorld) -> None:
    home, watch = small.begin(), Watch(small, Random(0))
    watch.make()
    for _ in range(2):
        sync(home)
    told = Tally()
    judge(small, home, watch, idle=0, name="once", tally=told)
    assert (told.findings, told.lost, told.doubles) == ([], 0, 0)
    edited = watch.edits[0].ref
    table = small.places[LABELS[BOTH.index(edited.side)]].org.tables
    (rows,) = (one.rows for one in table.values() if edited.id in one.rows)
    rows["42"] = copy(rows[edited.id])
    rows["42"].id = "42"
    judge(small, home, watch, idle=0, name="twice", tally=told)
    assert told.doubles == 2, "it has no link, and its name is there twice"
