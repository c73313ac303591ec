"""Kills: the runs of a story are stopped dead at their steps, and run again."""

from contextlib import ExitStack
from functools import partial
from random import Random

from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.stage import Stage
from tests.torture.branch import Scene, branch, opened
from tests.torture.power import doomed
from tests.torture.stories import Way, done, drawn_runs, up_to, way
from tests.torture.table import Tally

TELLING = 0.8
"""How many of the steps that are drawn are drawn from those that tell."""

ON = 0.15
"""How often a story that was disturbed is told to its end. Where everything stands as it would, what follows does too:
this is a look at whether that is so.
"""


def kill_in(
    scenario: Scenario, *, name: str, luck: Random, stops: int | None, tally: Tally, runs: int | None = None
) -> None:
    """Stop every run of a story at this many of its steps, or at all that tell (None): nothing must come of it. What
    somebody asks of the sync is stopped too, and asked once more.

    runs: in how many of its runs, if not in all.
    """
    for stage, number in up_to(scenario, drawn_runs(scenario, luck, runs=runs, orders=True)):
        _kill_run(stage, scenario, number, name=name, luck=luck, stops=stops, tally=tally)


def _kill_run(
    stage: Stage, scenario: Scenario, number: int, *, name: str, luck: Random, stops: int | None, tally: Tally
) -> None:
    grown = branch(stage, lambda scene: way(scene, scenario, number, trouble=None, on=True))
    if grown.result is None:
        tally.failed(f"{name}, step {number + 1}, undisturbed", [str(grown.failure)])
        return
    plain = grown.result
    drawn = _stops(plain, luck, stops=stops)
    tally.steps += plain.telling
    tally.stopped_at += sum(telling for _, telling in drawn)
    for last, telling in drawn:
        on = luck.random() < ON
        one = branch(stage, partial(_killed, scenario=scenario, number=number, last=last, telling=telling, on=on))
        judge(
            f"{name}, step {number + 1}, killed at {'telling ' * telling}step {last}",
            plain,
            one.result,
            one.failure,
            tally,
        )


def _stops(plain: Way, luck: Random, *, stops: int | None) -> list[tuple[int, bool]]:
    """Numbers of steps, and whether only those that tell are counted. Most are drawn from these: a run that is stopped
    at any other leaves behind what it would have left at the telling one before it.
    """
    every = [(number, True) for number in range(1, plain.telling + 1)]
    if stops is None:
        return every
    telling = sum(luck.random() < TELLING for _ in range(stops))
    others = [(luck.randint(1, plain.steps), False) for _ in range(stops - telling)]
    return sorted({*luck.sample(every, min(telling, len(every))), *others})


def _killed(scene: Scene, *, scenario: Scenario, number: int, last: int, telling: bool, on: bool) -> Way:
    with ExitStack() as stack:

        def trouble() -> tuple[Stage, str | None]:
            scene.power.restored(last=last, telling=telling)
            doomed(scene.power, lambda: done(scene.stage, scenario, number))
            home = scene.stage.room.settings.home
            return stack.enter_context(opened(scene.stage, home, scene.lines)), scene.power.cut_at

        return way(scene, scenario, number, trouble=trouble, on=on)


def judge(where: str, plain: Way, gone: Way | None, failure: str | None, tally: Tally) -> None:
    """Hold a disturbed way against the undisturbed one.

    A run that was stopped may have done all there was to do, and the one that makes up for it is one more: what is seen
    only by the next run (an answer that is lost in the story itself, what an org made of our values) it has seen
    already. Once both have come to rest there is no such difference.
    """
    if gone is None:
        tally.failed(where, [str(failure)])
        return
    if gone.struck is None:
        return
    tally.struck(gone.struck, edits=gone.edits)
    faults = [f"after it was made up for, {line}" for line in gone.now.apart(plain.now, later=plain.rest)]
    faults += [f"one run later, {line}" for line in gone.rest.apart(plain.rest)]
    if gone.end is not None and plain.end is not None:
        faults += [f"in the end, {line}" for line in gone.end.apart(plain.end)]
    if gone.idle > plain.idle:
        faults.append(f"one more run wrote {gone.idle} times")
    tally.compared(where, faults, heard=gone.heard)
