"""Two programs side by side: the same work done by each in turn, round after round, and every figure of both.

On a machine that is twice as fast in one minute as in the next, neither is measured in better minutes than the other.
Each of them begins every other round: what comes first may leave the machine slower, or faster, for what follows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.runs import Failed, Run

MOST = 1.1
"""How many times as much a figure may be as it was before."""
ROUNDS, MOST_ROUNDS = 4, 12
"""Rounds that are always measured, and those until a time or a memory that looks worse is taken for worse."""
_FRAMES = re.compile(r'^.*\n  File "[^\n]*\n(?:    [^\n]*\n)*', re.DOTALL)
"""What a traceback tells before the error itself."""


class Work(Protocol):
    """Something to be measured."""

    def __call__(self, *, tree: Path) -> Iterable[Run]:
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
    """What is looked at in a run. counted: the same on every machine, so the most of all rounds is told, not the best.

    digits: of its fraction, that people are told.
    """

    name: str
    of: Callable[[Run], float]
    counted: bool
    digits: int = 0

    def over(self, rounds: Iterable[Run]) -> float:
        """The figure of one run, of all its rounds."""
        return (max if self.counted else min)(self.of(run) for run in rounds)


MEASURES = (
    Measure("calls", lambda run: run.calls, counted=True),
    Measure("credits", lambda run: run.credits, counted=True),
    Measure("seconds", lambda run: run.measured.seconds, counted=False, digits=2),
    Measure("peak MB", lambda run: run.measured.peak_mb, counted=False, digits=1),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both programs. run, size: what was done, with how many records a side."""

    run: str
    size: int
    measure: Measure
    before: float
    now: float

    @property
    def ratio(self) -> float:
        """How many times as much it is now."""
        if self.before:
            return self.now / self.before
        return float("inf") if self.now else 1.0

    @property
    def worse(self) -> bool:
        """Whether it got worse by more than may be."""
        return self.now > self.before * MOST


def figures(before: Sequence[Sequence[Run]], now: Sequence[Sequence[Run]]) -> Iterator[Figure]:
    """Every figure of the rounds of both; each round has the same runs."""
    for then, later in zip(zip(*before, strict=True), zip(*now, strict=True), strict=True):
        for measure in MEASURES:
            yield Figure(then[0].label, then[0].size, measure, measure.over(then), measure.over(later))


def compare(work: Work, before: Program, now: Program, *, tell: Callable[[str], None]) -> list[Figure]:
    """Do the work in turn, and some rounds more where a time or a memory looks worse: it may be the machine's."""
    rounds: dict[Program, list[list[Run]]] = {before: [], now: []}
    turns = list(rounds)
    while True:
        for program in turns:
            rounds[program].append(_done(work, program, tell=tell))
        turns.reverse()
        found = list(figures(rounds[before], rounds[now]))
        doubtful = any(figure.worse and not figure.measure.counted for figure in found)
        if len(rounds[now]) >= (MOST_ROUNDS if doubtful else ROUNDS):
            return found


def _done(work: Work, program: Program, *, tell: Callable[[str], None]) -> list[Run]:
    runs: list[Run] = []
    try:
        for run in work(tree=program.tree):
            tell(run.told(program.name))
            runs.append(run)
    except (Failed, AssertionError) as error:
        why = " ".join(_FRAMES.sub("", str(error)).split())
        raise Unmeasurable(f"The program of {program.name} can't be measured by this benchmark: {why}") from error
    return runs
