"""`make bench`: measures a first sync, a settling, an idle and an edited run, with and without latency, and a script.

Everything is measured in one go, each program in a process of its own, against an emulator in another one. The exit
code is 1 when a promise is not kept. `make bench AGAINST=COMMIT` measures the program of that commit and this one
beside each other, without the script; the exit code is 1 when a figure got worse by more than a tenth, and 2 when they
can't be compared.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from tests.bench.against import Figure, Program, Unmeasurable, Work, compare
from tests.bench.arithmetic import MOST_AT_ONCE
from tests.bench.limits import limits
from tests.bench.report import show_figures, show_limits, show_runs, write_figures, write_json
from tests.bench.rig import ROOT
from tests.bench.runs import Run, first_sync, life, life_of_eight, script
from tests.bench.trees import NoSuchProgram, tree_of, tree_of_now

SIZES = (10_000, 100_000)
COMPARED = 10_000
"""Records a side in the race against the script, where no size is larger, in place of the largest."""
QUICK = 1_000
SHARE = 5
"""Where all eight kinds are measured, there are so many times fewer of each than records in the race."""
WIDTH = 140


def main() -> int:
    """Measure, tell, judge."""
    chosen = _arguments()
    sizes = (QUICK,) if chosen.quick else chosen.sizes
    compared = min(COMPARED, max(sizes))
    eight = partial(life_of_eight, compared // SHARE)
    works = [eight] if chosen.eight else [*_works(sizes, compared=compared, profile=chosen.profile), eight]
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if chosen.against is not None:
        try:
            return _side_by_side(chosen.against, works, console=console, json=chosen.json)
        except (NoSuchProgram, Unmeasurable) as error:
            print(error, file=sys.stderr)
            return 2
    runs = _alone(works, raced=None if chosen.eight else compared, console=console)
    judged = list(limits(runs))
    show_runs(console, runs)
    show_limits(console, judged)
    write_json(chosen.json, runs, judged)
    return 0 if all(limit.kept for limit in judged) else 1


def _works(sizes: Sequence[int], *, compared: int, profile: Path | None) -> list[Work]:
    works: list[Work] = [partial(life, size, profile=profile) for size in sizes]
    if compared not in sizes:
        works.append(partial(first_sync, compared, latency=False))
    return [
        *works,
        partial(first_sync, compared, latency=True),
        partial(first_sync, compared, latency=True, at_once=MOST_AT_ONCE),
    ]


def _alone(works: Sequence[Work], *, raced: int | None, console: Console) -> list[Run]:
    """Every work once, of this program; then those of the script."""
    runs: list[Run] = []

    def done(run: Run) -> None:
        console.print(run.told(run.program))
        runs.append(run)

    for work in works:
        for run in work(tree=ROOT):
            done(run)
    if raced is not None:
        for latency in (False, True):
            done(script(raced, latency=latency))
    return runs


def _side_by_side(commit: str, works: Sequence[Work], *, console: Console, json: Path) -> int:
    """Every work, of the program of a commit and of this one."""
    found: list[Figure] = []
    with tree_of(commit) as then, tree_of_now() as now:
        before, today = Program(commit, then), Program("this tree", now)
        for work in works:
            found += compare(work, before, today, tell=console.print)
    show_figures(console, found, before=before.name, now=today.name)
    write_figures(json, found)
    return 1 if any(figure.worse for figure in found) else 0


def _sizes(told: str) -> tuple[int, ...]:
    return tuple(int(size) for size in told.split(","))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.main", description=__doc__)
    sizes = ",".join(map(str, SIZES))
    parser.add_argument("--sizes", type=_sizes, default=sizes, help="records a side, with commas between them")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} records a side only")
    parser.add_argument("--json", type=Path, default=Path("bench-results.json"), help="where the numbers go")
    parser.add_argument("--eight", action="store_true", help="measure the world of all eight kinds alone")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--profile", type=Path, help="write a profile of the last size's first sync, for pstats")
    one.add_argument("--against", metavar="COMMIT", help="compare with the program of a commit")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
