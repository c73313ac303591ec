"""What the campaign makes of an edit that comes between our last look and our write, of doubles and of deletions."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from random import Random
from unittest import mock

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.table import Row
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


def made(small: SmallWorld) -> tuple[Path, Watch, Tally]:
    """A person has made a record, and it is on both sides."""
    home, watch, told = small.begin(), Watch(small, Random(0)), Tally()
    watch.make()
    for _ in range(2):
        sync(home)
    judge(small, home, watch, idle=0, name="once", tally=told)
    assert (told.findings, told.lost, told.doubles, told.forbidden) == ([], 0, 0, 0)
    return home, watch, told


def rows_of(small: SmallWorld, ref: Ref) -> dict[str, Row]:
    """The records beside this one."""
    place = small.places[LABELS[BOTH.index(ref.side)]]
    return place.org.tables[place.module(ref.kind).api_name].rows


def test_a_record_that_a_person_made_and_that_is_there_twice_is_a_finding(small: SmallWorld) -> None:
    home, watch, told = made(small)
    edited = watch.edits[0].ref
    rows = rows_of(small, edited)
    rows["42"] = copy(rows[edited.id])
    rows["42"].id = "42"
    judge(small, home, watch, idle=0, name="twice", tally=told)
    assert told.doubles == 2, "it has no link, and its name is there twice"


def test_a_record_that_a_person_deleted_and_that_comes_back_is_a_finding(small: SmallWorld) -> None:
    home, watch, told = made(small)
    edited = watch.edits[0].ref
    row = rows_of(small, edited)[edited.id]
    watch.bury(edited, person="Ana")
    sync(home)
    judge(small, home, watch, idle=0, name="deleted", tally=told)
    assert (told.findings, told.lost, told.doubles, told.forbidden) == ([], 0, 0, 0)
    rows_of(small, edited)["42"] = copy(row)
    judge(small, home, watch, idle=0, name="back", tally=told)
    assert told.doubles == 2, "it has no link, and was to stay away"


def test_a_record_that_the_sync_deleted_is_a_finding(small: SmallWorld) -> None:
    home, watch, told = made(small)
    edited = watch.edits[0].ref
    watch.bury(edited, person="Ana")
    gone = watch.gone(edited)
    assert gone is not None
    gone.deleted_by = "the sync"
    judge(small, home, watch, idle=0, name="deleted", tally=told)
    assert told.forbidden == 1
