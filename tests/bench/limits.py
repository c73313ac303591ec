"""What the project holds itself to, and whether the measurements keep it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.arithmetic import AT_ONCE
from tests.bench.runs import KINDS, OURS, SCRIPT, Run

CALLS = 1.05
EFFICIENCY = 0.7
SPEED = 3.0
MEMORY_MB = 300
MEDIUM, LARGE = 10_000, 100_000
"""Records a side from which on calls and efficiency, and memory, are judged; with fewer, single calls decide."""
SIDES = 2
"""An idle run is one list call for each kind on each side."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise: what it is about, what is promised, what was found, and whether that keeps it."""

    what: str
    promised: str
    found: str
    kept: bool


def limits(runs: Sequence[Run]) -> Iterator[Limit]:
    """Every promise that these measurements can judge."""
    for run in runs:
        if run.program == OURS:
            yield from _of_run(run)
    for ours in runs:
        for theirs in runs:
            if _same_work(ours, theirs):
                ratio = theirs.measured.seconds / ours.measured.seconds
                how = "with latency" if ours.latency else "without latency"
                yield Limit(
                    f"speed against the script at {ours.size:,}, {how}",
                    f">= {SPEED:g}x",
                    f"{ratio:.1f}x",
                    ratio >= SPEED,
                )


def _of_run(run: Run) -> Iterator[Limit]:
    of = f" of {run.kinds} kinds" if run.kinds != len(KINDS) else ""
    where = f"{run.name}{of} at {run.size:,}{' with latency' if run.latency else ''}"
    if run.name == "idle":
        found = f"{run.calls} calls, {run.writes} writes"
        wanted = SIDES * run.kinds
        yield Limit(where, f"{wanted} calls, 0 writes", found, run.calls == wanted and not run.writes)
    if run.name != "first sync":
        return
    if run.size >= MEDIUM:
        ratio = run.calls / run.least.calls
        yield Limit(f"calls of {where}", f"<= {CALLS}x the fewest", f"{ratio:.3f}x", ratio <= CALLS)
    if run.latency and run.at_once == AT_ONCE and run.size >= MEDIUM:
        share = run.ideal / run.measured.seconds
        yield Limit(f"efficiency of {where}", f">= {EFFICIENCY:g}", f"{share:.2f}", share >= EFFICIENCY)
    if run.size >= LARGE:
        peak = run.measured.peak_mb
        yield Limit(f"memory of {where}", f"< {MEMORY_MB} MB", f"{peak:.0f} MB", peak < MEMORY_MB)


def _same_work(ours: Run, theirs: Run) -> bool:
    if (ours.program, theirs.program) != (OURS, SCRIPT):
        return False
    same = (ours.name, ours.size, ours.latency) == (theirs.name, theirs.size, theirs.latency)
    return same and ours.at_once == AT_ONCE
