"""People enter the same thing in both orgs while a run is under way, and it becomes one pair: records of every kind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from bigin_sync.admin import runs
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.world import Answer
from bigin_sync.model.kind import Kind
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.replay.acting import make
from bigin_sync.replay.moves import Make
from bigin_sync.replay.play import Played, take
from bigin_sync.replay.reading import read
from bigin_sync.replay.stage import Stage, staged
from bigin_sync.replay.told import Cell
from tests.flow.two_orgs import LABELS

STORY = Path(__file__).parents[1] / "torture" / "all-kinds.yaml"
SYNCED = 5
"""Steps of the story after which records of every kind were synced."""

Told = Mapping[str, Cell]

ENTERED: Mapping[str, tuple[Told, Told, Told]] = {
    "company": ({"Account Name": "Weber GmbH"}, {"Phone": "+49 30 23125 031"}, {"Description": "Cabinets."}),
    "contact": (
        {"Last Name": "Weber", "Phone": "+49 30 23125 032"},
        {"Title": "Buyer"},
        {"Mailing City": "Berlin"},
    ),
    "product": ({"Product Name": "Plumb line"}, {"Product Code": "PL-1"}, {"Description": "Of brass."}),
    "deal": (
        {"Deal Name": "Cabinet", "Stage": "Qualification", "Amount": 300, "Account Name": "Nordlys"},
        {"Sub Pipeline": "Sales Pipeline Standard"},
        {"Description": "Of oak."},
    ),
    "task": (
        {"Subject": "Ring back", "Due Date": "2026-03-24", "Contact": "Ida Lindqvist"},
        {"Priority": "High"},
        {"Description": "Soon."},
    ),
    "event": (
        {
            "Event Title": "Visit",
            "Start DateTime": "2026-03-24 10:00",
            "End DateTime": "2026-03-24 11:00",
            "Company": "Nordlys",
        },
        {"Venue": "The yard"},
        {"Description": "Bring the plans."},
    ),
    "call": (
        {
            "Subject": "Delivery",
            "Call Type": "Inbound",
            "Call Start Time": "2026-03-02 08:30",
            "Call Duration": "05:00",
            "Contact": "Ida Lindqvist",
        },
        {"Call Agenda": "When?"},
        {"Description": "At nine."},
    ),
    "note": ({"Note Content": "The gate is on the left.", "Company": "Nordlys"}, {"Note Title": "Gate"}, {}),
}
"""Kind -> what people enter in both orgs, and what they know only in Bigin and only in CRM."""


KINDS = [str(spec.kind) for spec in BIGIN_CRM.kinds]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """All modules are switched on, and synced an hour ago."""
    story = read(STORY)
    with staged(story) as stage:
        played = Played(story)
        for number in range(SYNCED):
            take(stage, number, played=played)
        assert played.fine, played.faults
        stage.clock.advance(3600)
        yield stage


@contextmanager
def after_reading(stage: Stage, label: str, act: Callable[[str], None]) -> Iterator[list[str]]:
    """Something happens once for each kind, right after the sync has read what was changed in an org; the kinds of
    which it asks there what was made.
    """
    answering, place = stage.world.answer, stage.places[label]
    modules = {kind: place.module(kind).api_name for kind in KINDS}
    waiting, looks = set(KINDS), list[str]()

    def answer(call: Call) -> Answer:
        answered = answering(call)
        told = call.body.decode() + call.query
        read = [kind for kind, module in modules.items() if f"from {module} " in told or call.path.endswith(module)]
        for kind in read if call.path.startswith(f"/{label}/") else ():
            if "Created_Time >=" in told or "sort_by=Created_Time" in told:
                looks.append(kind)
            elif kind in waiting:
                waiting.remove(kind)
                act(kind)
        return answered

    with mock.patch.object(stage.world, "answer", answer):
        yield looks
    assert not waiting


def enter(stage: Stage, label: str, kind: str) -> None:
    """A person of an org makes the record of a kind."""
    both, bigin, crm = ENTERED[kind]
    told, by = ({**both, **bigin}, "Ana") if label == "bigin" else ({**both, **crm}, "Ben")
    make(stage, Make.model_validate({kind: told, "in": label, "by": by}))


def numbers(stage: Stage) -> list[int]:
    """How many records of each kind there are, org by org."""
    return [
        len(place.org.tables[place.module(kind).api_name].rows) for place in stage.places.values() for kind in KINDS
    ]


@pytest.mark.parametrize("late", LABELS)
def test_what_is_entered_on_one_side_after_it_was_read_is_linked_in_the_same_run(stage: Stage, late: str) -> None:
    before = numbers(stage)
    (early,) = {*LABELS} - {late}
    for kind in KINDS:
        enter(stage, early, kind)
    with after_reading(stage, late, lambda kind: enter(stage, late, kind)) as looks:
        counts = runs.sync(stage.room).counts
    assert {kind: counts[Kind(kind)].linked for kind in KINDS} == dict.fromkeys(KINDS, 1)
    assert numbers(stage) == [count + 1 for count in before]
    assert sorted(looks) == sorted(KINDS)
    stage.clock.advance(3600)
    assert runs.sync(stage.room).writes == 0
