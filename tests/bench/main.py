"""`make bench`: measures a first sync, a settling, an idle and an edited run, with and without latency, and a script.

Everything is measured in one go, each program in a process of its own, against an emulator in another one. The exit
code is 1 when a promise is not kept.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from tests.bench.arithmetic import MOST_AT_ONCE
from tests.bench.limits import limits
from tests.bench.report import show_limits, show_runs, write_json
from tests.bench.runs import Run, first_sync, life, life_of_eight, script

SIZES = (10_000, 100_000)
COMPARED = 10_000
QUICK = 1_000
EACH = 2_000
"""Records of each kind a side, where all eight kinds are measured."""
WIDTH = 140


def main() -> int:
    """Measure, tell, judge."""
    chosen = _arguments()
    sizes = (QUICK,) if chosen.quick else tuple(int(size) for size in chosen.sizes.split(","))
    compared = QUICK if chosen.quick else COMPARED
    runs: list[Run] = []
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    eight = life_of_eight(QUICK // 10 if chosen.quick else EACH)
    for run in eight if chosen.eight else _measure(sizes, compared=compared, profile=chosen.profile):
        console.print(f"{run.program}, {run.name}, {run.size:,} records a side: {run.measured.seconds:.1f} s")
        runs.append(run)
    judged = list(limits(runs))
    show_runs(console, runs)
    show_limits(console, judged)
    write_json(chosen.json, runs, judged)
    return 0 if all(limit.kept for limit in judged) else 1


def _measure(sizes: tuple[int, ...], *, compared: int, profile: Path | None) -> Iterator[Run]:
    for size in sizes:
        yield from life(size, profile=profile)
    yield from life_of_eight(QUICK // 10 if compared == QUICK else EACH)
    if compared not in sizes:
        yield first_sync(compared, latency=False)
    yield script(compared, latency=False)
    yield first_sync(compared, latency=True)
    yield first_sync(compared, latency=True, at_once=MOST_AT_ONCE)
    yield script(compared, latency=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.main", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="records a side, with commas between them")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} records a side only")
    parser.add_argument("--json", type=Path, default=Path("bench-results.json"), help="where the numbers go")
    parser.add_argument("--profile", type=Path, help="write a profile of the last size's first sync, for pstats")
    parser.add_argument("--eight", action="store_true", help="measure the world of all eight kinds alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
