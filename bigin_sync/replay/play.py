"""Playing a scenario from beginning to end, and judging what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from bigin_sync.errors import BiginSyncError, UnreadableFile
from bigin_sync.replay import acting, administering, keeping
from bigin_sync.replay.compare import differences, expected_records, lacking
from bigin_sync.replay.found import Found, look
from bigin_sync.replay.keeping import Life
from bigin_sync.replay.moves import Step
from bigin_sync.replay.ran import Ran, misrun, ran
from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.showing import unshown
from bigin_sync.replay.stage import Stage, staged
from bigin_sync.replay.state import NotSynced, OpenConflict, Overwritten, State
from bigin_sync.replay.told import Named
from bigin_sync.replay.words import LABELS, field_words

_ACTS: Mapping[str, Callable[..., None]] = {
    "wait": acting.wait,
    "edit": acting.edit,
    "create": acting.make,
    "delete": acting.delete,
    "restore": acting.restore,
    "merge": acting.merge,
    "join": acting.join,
    "part": acting.part,
    "resolve": acting.resolve,
    "owners": acting.pair,
    "fault": acting.fault,
    "automation": acting.automation,
    "reshape": administering.reshape,
    "settings": administering.settings,
    "module_edit": administering.module_edit,
    "activate": administering.activate,
    "pause": administering.pause,
    "resume": administering.resume,
    "disable": administering.disable,
    "release": administering.release,
    "reconfigure": administering.reconfigured,
    "disconnect": administering.disconnected,
    "connect": administering.connected,
}


@dataclass(slots=True)
class Played:
    """What came of a scenario. `ran`, `lived`, `looked` by the number of a step; faults: all that is not as told."""

    scenario: Scenario
    ran: dict[int, Ran] = field(default_factory=dict)
    lived: dict[int, Life] = field(default_factory=dict)
    looked: dict[int, Found] = field(default_factory=dict)
    after: Found = field(default_factory=Found)
    faults: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether everything happened as it was told."""
        return not self.faults


def play(scenario: Scenario, *, database_url: str | None = None) -> Played:
    """Play it on a stage of its own. Raises `UnreadableFile` where a step makes no sense at its moment.

    database_url: see `staged`.
    """
    played = Played(scenario)
    with staged(scenario, database_url=database_url) as stage:
        for number in range(len(scenario.steps)):
            take(stage, number, played=played)
        played.after = look(stage)
        played.faults += [f"The sync must reach nobody, and yet {what}" for what in stage.heard()]
    played.faults += [f"In the end: {fault}" for fault in unlike(scenario.after, played.after)]
    return played


def take(stage: Stage, number: int, *, played: Played) -> None:
    """Take the step with a number on a stage where all before it were taken, and note what is not as told."""
    step = played.scenario.steps[number]
    stage.clock.advance(step.later.total_seconds())
    where = f"Step {number + 1} ({step.name.replace('_', ' ')})"
    try:
        with keeping.beside(stage, step.beside):
            faults = _done(stage, step, number, played=played)
    except UnreadableFile:
        raise
    except BiginSyncError as error:
        if step.refused is None:
            raise
        faults = [] if step.refused.casefold() in str(error).casefold() else [f"it is refused, but so: {error}"]
        played.faults += [f"{where}: {fault}" for fault in faults]
        return
    if step.refused is not None:
        faults.append(f"it was expected to be refused ({step.refused}), and was done")
    played.faults += [f"{where}: {fault}" for fault in faults]


def _done(stage: Stage, step: Step, number: int, *, played: Played) -> list[str]:
    """Do one thing. Returns what is not as told."""
    if step.check is not None:
        played.looked[number] = look(stage)
        return unlike(step.check, played.looked[number])
    if step.shows is not None:
        return unshown(stage.room, step.shows)
    if step.daemon is not None:
        played.lived[number] = life = keeping.live(stage, step.daemon.span)
        return keeping.unlike(step.daemon, life)
    if (expected := step.sync if step.sync is not None else step.plan) is not None:
        run = acting.plan if step.plan is not None else partial(acting.sync, full=expected.full)
        played.ran[number] = done = ran(stage, run)
        return misrun(expected, done, dry=step.plan is not None)
    faults: list[str] = []
    if step.reconfigure is not None and step.reconfigure.shown is not None:
        done = ran(stage, partial(administering.shown_before, told=step.reconfigure))
        faults = misrun(step.reconfigure.shown, done, dry=True)
    _ACTS[step.name](stage, getattr(step, step.name))
    return faults


def unlike(expected: State, found: Found) -> list[str]:
    """Everything that is not as a scenario expects it at a moment."""
    faults = []
    for label in LABELS:
        faults += differences(expected_records(expected.on(label)), found.records.get(label, {}), label=label)
    faults += _unlike_aside(expected.not_synced, found.not_synced)
    faults += lacking(
        [conflict_line(one) for one in expected.conflicts],
        [conflict_line(one) for one in found.conflicts],
        what="conflicts",
    )
    if expected.overwritten is not None:
        faults += lacking(
            [overwritten_line(one) for one in expected.overwritten],
            [overwritten_line(one) for one in found.overwritten],
            what="overwritten",
        )
    return faults


def same_aside(expected: NotSynced, found: NotSynced) -> bool:
    """Whether a record stands aside as expected, for a reason that contains what was told of it."""
    alike = _aside_line(expected) == _aside_line(found)
    return alike and expected.because.casefold() in found.because.casefold()


def _unlike_aside(expected: list[NotSynced], found: list[NotSynced]) -> list[str]:
    left = list(found)
    faults = []
    for one in expected:
        match = next((each for each in left if same_aside(one, each)), None)
        if match is None:
            reason = f" because {one.because!r}" if one.because else ""
            faults.append(f"not synced: {_aside_line(one)}{reason} was expected")
        else:
            left.remove(match)
    return faults + [f"not synced: {_aside_line(one)} was not expected ({one.because})" for one in left]


def _aside_line(one: NotSynced) -> str:
    return f"{_named(one)} in {one.in_}, {one.state}"


def conflict_line(one: OpenConflict) -> str:
    """A conflict in one line."""
    return f"{_named(one)}, {field_words(one.field)}: {one.bigin!r} in bigin, {one.crm!r} in crm"


def overwritten_line(one: Overwritten) -> str:
    """An overwritten value in one line."""
    return f"{_named(one)} in {one.in_}, {field_words(one.field)} was {one.was!r}"


def _named(one: Named) -> str:
    return f"{one.kind} {one.it}"
