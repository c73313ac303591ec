"""Playing a scenario from beginning to end, and judging what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from bigin_sync.errors import BiginSyncError, UnreadableFile
from bigin_sync.replay import acting, administering
from bigin_sync.replay.compare import differences, expected_records, lacking
from bigin_sync.replay.expected import CALM, Run
from bigin_sync.replay.found import Found, look
from bigin_sync.replay.moves import Step
from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.showing import unshown
from bigin_sync.replay.stage import Stage, staged
from bigin_sync.replay.state import NotSynced, OpenConflict, Overwritten, State
from bigin_sync.replay.told import Named
from bigin_sync.replay.words import LABELS, PLURALS, Tally, field_words

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


@dataclass(frozen=True, slots=True)
class Ran:
    """What a sync or plan did: kind -> what how often, how many calls wrote, and the sentence it stopped with."""

    tallies: Mapping[str, Tally]
    calls: int
    stopped: str | None = None

    def __str__(self) -> str:
        told = [f"{PLURALS[kind]}: {tally}" for kind, tally in self.tallies.items() if tally.counts]
        told += [f"stopped: {self.stopped}"] if self.stopped else []
        return "; ".join(told) or CALM


@dataclass(slots=True)
class Played:
    """What came of a scenario. `ran` and `looked` by the number of the step; faults: all that is not as told."""

    scenario: Scenario
    ran: dict[int, Ran] = field(default_factory=dict)
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
    if (expected := step.sync if step.sync is not None else step.plan) is not None:
        run = acting.plan if step.plan is not None else partial(acting.sync, full=expected.full)
        played.ran[number] = ran = _run(stage, run)
        return _misrun(expected, ran, dry=step.plan is not None)
    faults: list[str] = []
    if step.reconfigure is not None and step.reconfigure.shown is not None:
        ran = _run(stage, partial(administering.shown_before, told=step.reconfigure))
        faults = _misrun(step.reconfigure.shown, ran, dry=True)
    _ACTS[step.name](stage, getattr(step, step.name))
    return faults


def _run(stage: Stage, run: Callable[[Stage], tuple[dict[str, Tally], str | None]]) -> Ran:
    before = len(stage.written())
    tallies, stopped = run(stage)
    return Ran(tallies, len(stage.written()) - before, stopped)


def _misrun(expected: Run, ran: Ran, *, dry: bool) -> list[str]:
    faults = []
    if dry and ran.calls:
        faults.append(f"a plan must not write, but {ran.calls} calls did")
    if expected.stopped is not None or ran.stopped is not None:
        wanted, found = expected.stopped, ran.stopped or "it ran to its end"
        if wanted is None or wanted.casefold() not in found.casefold():
            faults.append(f"it was expected to {'run to its end' if wanted is None else f'stop ({wanted})'}: {found}")
    if expected.calm:
        if ran.calls or any(tally.moves for tally in ran.tallies.values()):
            faults.append(f"nothing was expected to happen, but {ran.calls} calls wrote: {ran}")
        return faults
    for kind in {**expected.tallies, **ran.tallies}:
        wanted_tally, found_tally = expected.tallies.get(kind, Tally()), ran.tallies.get(kind, Tally())
        if wanted_tally != found_tally:
            told = f"{PLURALS[kind]} were expected to come to {wanted_tally or 'nothing'}"
            faults.append(f"{told}, and came to {found_tally or 'nothing'}")
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
