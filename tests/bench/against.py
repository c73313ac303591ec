"""Two programs side by side: the same work done by both at the same time, round after round, and every figure of both.

A machine may be twice as fast in one second as in the next. So a step of the one is done beside the same step of the
other, where both are slowed down alike, and what is told of times is how they compare in the middle of all rounds.
Whoever is done first keeps the machine busy until the other is done too: left alone with it, the slower of the two
would make up for some of what it is slower.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from math import comb
from pathlib import Path
from statistics import median
from typing import Protocol

from tests.bench.runs import Doing, Failed, Run

MOST = 1.1
"""How many times as much a figure may be as it was before."""
ROUNDS, MOST_ROUNDS = 5, 15
"""Rounds that are always measured, and those until what is not clear by then is judged as it looks."""
LUCK = 0.05
"""A figure is clear when its rounds lie so unevenly around the bound that chance would lay so many on that side less
often than this. It says when to stop, not how often a verdict is wrong.
"""
BOTH = 2
_FRAMES = re.compile(r'^.*\n  File "[^\n]*\n(?:    [^\n]*\n)*', re.DOTALL)
"""What a traceback tells before the error itself."""


class Work(Protocol):
    """Something to be measured."""

    def __call__(self, *, tree: Path) -> Doing:
        """Do it with the program of a tree; gives as many runs, in the same order, for every program."""
        ...


class Unmeasurable(Exception):
    """A program can't do this benchmark's work; the text says which, and what went wrong."""


@dataclass(frozen=True, slots=True)
class Program:
    """One of the two. name: how people are told of it."""

    name: str
    tree: Path


@dataclass(frozen=True, slots=True)
class Measure:
    """What is looked at in a run. counted: the same on every machine, so the most of all rounds is told.

    digits: of its fraction, that people are told.
    """

    name: str
    of: Callable[[Run], float]
    counted: bool
    digits: int = 0


MEASURES = (
    Measure("calls", lambda run: run.calls, counted=True),
    Measure("credits", lambda run: run.credits, counted=True),
    Measure("seconds", lambda run: run.measured.seconds, counted=False, digits=2),
    Measure("peak MB", lambda run: run.measured.peak_mb, counted=False, digits=1),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both programs. run, size: what was done, with how many records a side.

    rounds: (before, now) of each.
    """

    run: str
    size: int
    measure: Measure
    rounds: Sequence[tuple[float, float]]

    @property
    def before(self) -> float:
        """The figure of the older program alone, of all rounds; `ratio` is not made of it but where it was counted."""
        return self._over([before for before, _now in self.rounds])

    @property
    def now(self) -> float:
        """The figure of this program alone."""
        return self._over([now for _before, now in self.rounds])

    @property
    def ratio(self) -> float:
        """How many times as much it is now: in the middle of all rounds, or of what was counted at all."""
        if self.measure.counted:
            return _ratio(self.before, self.now)
        return median(_ratio(before, now) for before, now in self.rounds)

    @property
    def worse(self) -> bool:
        """Whether it got worse by more than may be."""
        return self.ratio > MOST

    @property
    def clear(self) -> bool:
        """Whether further rounds are unlikely to change the verdict: the sign test of all ratios against the bound."""
        if self.measure.counted:
            return True
        over = sum(_ratio(before, now) > MOST for before, now in self.rounds)
        measured = len(self.rounds)
        fewer = min(over, measured - over)
        return sum(comb(measured, few) for few in range(fewer + 1)) / (1 << measured) < LUCK

    def _over(self, values: Sequence[float]) -> float:
        return max(values) if self.measure.counted else median(values)


def _ratio(before: float, now: float) -> float:
    if before:
        return now / before
    return float("inf") if now else 1.0


def figures(rounds: Sequence[Sequence[tuple[Run, Run]]]) -> Iterator[Figure]:
    """Every figure of the rounds; each round has the same runs, each of them before and now."""
    for each in zip(*rounds, strict=True):
        one = each[0][0]
        for measure in MEASURES:
            yield Figure(one.label, one.size, measure, [(measure.of(before), measure.of(now)) for before, now in each])


def compare(work: Work, before: Program, now: Program, *, tell: Callable[[str], None]) -> list[Figure]:
    """Let both do the work, round after round, until it is clear of every figure whether it got worse, or for as many
    rounds as there may be.
    """
    rounds: list[list[tuple[Run, Run]]] = []
    while True:
        rounds.append(list(_round(work, before, now, tell=tell)))
        found = list(figures(rounds))
        clear = all(figure.clear for figure in found)
        if len(rounds) >= (ROUNDS if clear else MOST_ROUNDS):
            return found


def _round(work: Work, before: Program, now: Program, *, tell: Callable[[str], None]) -> Iterator[tuple[Run, Run]]:
    """The steps of both, each one beside the other's."""
    programs = (before, now)
    with (
        closing(work(tree=before.tree)) as older,
        closing(work(tree=now.tree)) as newer,
        ThreadPoolExecutor(BOTH) as pool,
    ):
        while True:
            done: list[Program] = []
            steps = [pool.submit(_step, doing, of, done) for doing, of in zip((older, newer), programs, strict=True)]
            then, later = (step.result() for step in steps)
            if then is None or later is None:
                assert then is later, "one of two programs had more to do than the other"
                return
            for run, program in zip((then, later), programs, strict=True):
                tell(run.told(program.name))
            yield then, later


def _step(doing: Doing, program: Program, done: list[Program]) -> Run | None:
    """The next step of some work; None once it is done. Comes back when the other program is done with its own."""
    try:
        return next(doing, None)
    except (Failed, AssertionError) as error:
        why = " ".join(_FRAMES.sub("", str(error)).split())
        raise Unmeasurable(f"The program of {program.name} can't be measured by this benchmark: {why}") from error
    finally:
        done.append(program)
        while len(done) < BOTH:
            pass
