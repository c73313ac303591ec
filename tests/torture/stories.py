"""Stories: the scenarios of `fixtures/` with something going wrong in one of their runs, held against how they went."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from bigin_sync.admin.modules import overview
from bigin_sync.errors import BiginSyncError, ModuleNotReady, TryLater
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.sync_key import LENGTH
from bigin_sync.replay.acting import sync
from bigin_sync.replay.administering import release
from bigin_sync.replay.moves import Step
from bigin_sync.replay.play import Played, take
from bigin_sync.replay.reading import read
from bigin_sync.replay.scenario import Orgs, Scenario
from bigin_sync.replay.shapes import OrgTold
from bigin_sync.replay.stage import Stage, staged
from bigin_sync.replay.words import LABELS
from bigin_sync.store.modules import ModuleState
from tests.torture.branch import Scene
from tests.torture.ending import Ending, ending

OrgT = TypeVar("OrgT", bound=OrgTold)

ROOT = Path(__file__).parents[2]
PAUSES = (150, 300, 600)
"""Seconds between the runs that make up for what went wrong."""

ORDERS = frozenset(
    {
        *("activate", "pause", "resume", "disable", "release", "reconfigure", "connect", "disconnect"),
        *("settings", "module_edit", "owners", "resolve"),
    }
)
"""Steps in which somebody asks something of the sync."""

PEOPLE = frozenset({"edit", "create", "delete", "restore", "merge", "join", "part"})

_SWAPPED: Mapping[str, str] = {"bigin": "crm", "crm": "bigin", "Dina": "Carl", "Carl": "Dina"}
_WORD = re.compile(rf"\b({'|'.join(_SWAPPED)})\b")


@dataclass(frozen=True, slots=True)
class Way:
    """How a story went from one of its runs on.

    steps, telling: of that run, all steps and those that tell. struck: what went wrong, if it came to that. now: how
    everything stood when that run had been made up for; rest: how after one more run; idle: how many calls that one
    wrote. end: how everything stood when the story was over, if it went on to there. heard: what the sync must not have
    said. edits: what people did.
    """

    steps: int
    telling: int
    struck: str | None
    now: Ending
    rest: Ending
    idle: int
    end: Ending | None
    heard: list[str]
    edits: int


def flipped(path: Path) -> Scenario:
    """A scenario with its sides exchanged. Which can't be told that way, and why, is in `one_way.py`.

    What it says will come of it is another matter: the words of commands, and what only one product does, stay as they
    are. It is held against itself undisturbed.
    """
    with tempfile.TemporaryDirectory(prefix="bigin-sync-flipped-") as folder:
        turned = Path(folder) / path.name
        turned.write_text(_WORD.sub(lambda word: _SWAPPED[word[0]], path.read_text(encoding="utf-8")), encoding="utf-8")
        return read(turned)


def keyed(story: Scenario) -> Scenario:
    """The same story in orgs that have the field for sync keys wherever there can be one."""
    field = {BIGIN_CRM.key_label: {"data_type": "text", "length": LENGTH, "unique": True}}
    kinds = [spec.kind for spec in BIGIN_CRM.kinds if spec.keyed]

    def with_field(told: OrgT) -> OrgT:
        fields = told.fields | {kind: {**told.fields.get(kind, {}), **field} for kind in kinds}
        return told.model_copy(update={"fields": fields})

    orgs = Orgs(bigin=with_field(story.orgs.bigin), crm=with_field(story.orgs.crm))
    return story.model_copy(update={"orgs": orgs})


def drawn_runs(scenario: Scenario, luck: Random, *, runs: int | None, orders: bool = False) -> list[int]:
    """The numbers of this many of a story's runs in which something happens, or of all its runs.

    orders: among its runs are what somebody asks of the sync besides, each with a run after it.
    """
    told = {
        number: step
        for number, step in enumerate(scenario.steps)
        if (_runs(step) and not _let_go(scenario, number)) or (orders and _orders(step))
    }
    busy = [number for number, step in told.items() if step.sync is None or not step.sync.calm]
    return list(told) if runs is None else luck.sample(busy, min(runs, len(busy)))


def _runs(step: Step) -> bool:
    return step.sync is not None


def _let_go(scenario: Scenario, number: int) -> bool:
    """Whether a story has let an org go by the end of this step, so that nothing can run."""
    gone: set[str] = set()
    for step in scenario.steps[: number + 1]:
        if step.disconnect is not None and step.refused is None:
            gone.update(LABELS)
        if step.connect is not None and step.refused is None:
            gone.discard(step.connect.in_)
    return bool(gone)


def _orders(step: Step) -> bool:
    return step.name in ORDERS and step.refused is None


def up_to(scenario: Scenario, drawn: Sequence[int]) -> Iterator[tuple[Stage, int]]:
    """The stage as it is right before each of these runs of a story, while the story itself goes on undisturbed."""
    with staged(scenario) as stage:
        played = Played(scenario)
        for number in range(max(drawn, default=-1) + 1):
            if number in drawn:
                yield stage, number
            take(stage, number, played=played)


Trouble = Callable[[], tuple[Stage, str | None]]
"""What goes wrong before a run; leaves the stage for those after it, and says what it was, if it came to that."""


def way(scene: Scene, scenario: Scenario, number: int, *, trouble: Trouble | None, on: bool) -> Way:
    """Take a run of a story and see how everything stands. trouble: what goes wrong first. on: to the story's end."""
    if _runs(step := scenario.steps[number]):
        scene.stage.clock.advance(step.later.total_seconds())
    stage, struck = trouble() if trouble is not None else (scene.stage, None)
    scene.power.restored()
    with scene.power.at_commits():
        done(stage, scenario, number, again=struck is not None)
    steps, telling = scene.power.taken, scene.power.told
    now, idle, rest, end = ending(stage), _idle(stage, scenario, number), ending(stage), None
    if on:
        _go_on(stage, scenario, number + 1)
        end = ending(stage)
    edits = sum(one.name in PEOPLE for one in scenario.steps[: None if on else number])
    return Way(steps, telling, struck, now, rest, idle, end, stage.heard() + scene.stage.heard(), edits)


def done(stage: Stage, scenario: Scenario, number: int, *, again: bool = False) -> None:
    """Take a run of a story, or what somebody asks of the sync and a run after it.

    again: it was asked before, and nobody knows how far that came; it may be refused for being done.
    """
    step = scenario.steps[number]
    if step.sync is not None:
        _run(stage, scenario, number, full=step.sync.full)
        return
    with suppress(*[BiginSyncError] * again):
        take(stage, number, played=Played(scenario))
    _run(stage, scenario, number)


def _go_on(stage: Stage, scenario: Scenario, number: int) -> None:
    """Take the rest of the steps, but for looks at histories, which tell of what went wrong."""
    played = Played(scenario)
    for later in range(number, len(scenario.steps)):
        if scenario.steps[later].shows is None:
            take(stage, later, played=played)


def _idle(stage: Stage, scenario: Scenario, number: int) -> int:
    before = len(stage.written())
    _run(stage, scenario, number)
    return len(stage.written()) - before


def _run(stage: Stage, scenario: Scenario, number: int, *, full: bool = False) -> None:
    """One run after a step, if one can be: none where the only module there is was stopped by the one before, and none
    where the story has let an org go. Whoever refuses to run at any other time is not as told.
    """
    if not _let_go(scenario, number):
        with suppress(ModuleNotReady):
            sync(stage, full=full)


def make_up(stage: Stage, *, full: bool) -> None:
    """Some more runs, minutes apart: what could not go on in the one before goes on in a later one."""
    for pause in PAUSES:
        stage.clock.advance(pause)
        stumble(stage, full=full)


def stumble(stage: Stage, *, full: bool) -> None:
    """One run, which may come to where it can't go on at present.

    Past a brake goes one run only. If that one came to nothing, a person lets another one go on.
    """
    for line in overview(stage.room):
        if line.state == ModuleState.STOPPED:
            release(stage, line.name)
    with suppress(TryLater):
        sync(stage, full=full)


def rests(scenario: Scenario) -> bool:
    """Whether some more runs leave a story where it is, though an answer was lost: no module stops that nobody may let
    go on, no automations of both orgs undo each other, and none changes a field that people edit: what became of our
    value cannot be told from an edit then.
    """
    steps = scenario.steps
    stopped = any(step.sync is not None and step.sync.stopped is not None for step in steps)
    automations = [step.automation for step in steps if step.automation is not None]
    edited = {name for step in steps if step.edit is not None for name in step.edit.to}
    changed = {name for one in automations for name in (*one.sets, *one.appends)}
    return (
        (not stopped or any(step.release is not None for step in steps))
        and len({one.in_ for one in automations}) < len(LABELS)
        and edited.isdisjoint(changed)
    )
