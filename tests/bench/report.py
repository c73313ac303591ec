"""How the benchmark tells what it found: a table for people, JSON for machines."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.against import Figure
from tests.bench.arithmetic import PRODUCTS
from tests.bench.limits import Limit
from tests.bench.runs import Run

_RIGHT = (
    "a side",
    "seconds",
    "records/s",
    "CPU s",
    "peak MB",
    "bigin",
    "crm",
    "credits",
    "least",
    "fewest",
    "ratio",
    "ideal s",
)


def show_runs(console: Console, runs: Iterable[Run]) -> None:
    """One line per measurement; `bigin` and `crm` are calls, `fewest` counts re-reads of updated records too;
    `credits` are of both products, `least` of both together.
    """
    table = Table(title="Measurements", title_justify="left")
    table.add_column("program")
    table.add_column("run")
    for name in _RIGHT:
        table.add_column(name, justify="right")
    for run in runs:
        table.add_row(run.program, run.label, *_numbers(run))
    console.print(table)


def _numbers(run: Run) -> list[str]:
    found = run.measured
    return [
        f"{run.size:,}",
        f"{found.seconds:.1f}",
        f"{run.records / found.seconds:,.0f}",
        f"{found.cpu:.1f}",
        f"{found.peak_mb:.0f}",
        *(f"{sum(run.spent[product].calls.values()):,}" for product in PRODUCTS),
        "/".join(f"{run.spent[product].credits:,}" for product in PRODUCTS),
        f"{run.least.credits:,}",
        f"{run.least.calls:,}",
        f"{run.calls / run.least.calls:.2f}",
        f"{run.ideal:.1f}" if run.latency else "",
    ]


def show_limits(console: Console, limits: Iterable[Limit]) -> None:
    """One line per promise."""
    table = Table(title="Limits", title_justify="left")
    for name in ("what", "promised", "found", ""):
        table.add_column(name)
    for limit in limits:
        table.add_row(limit.what, limit.promised, limit.found, "[green]PASS" if limit.kept else "[red]MISS")
    console.print(table)


def show_figures(console: Console, figures: Iterable[Figure], *, before: str, now: str) -> None:
    """One line per figure of two programs, of which these are the names."""
    table = Table(title=f"Side by side: {before}, {now}", title_justify="left")
    for name in ("run", "a side", "figure", "before", "now", "ratio", ""):
        table.add_column(name, justify="right" if name in {"a side", "before", "now", "ratio"} else "left")
    last: tuple[str, int] | None = None
    for each in figures:
        if last is not None and last != (each.run, each.size):
            table.add_section()
        what = ("", "") if last == (each.run, each.size) else (each.run, f"{each.size:,}")
        values = (f"{value:,.{each.measure.digits}f}" for value in (each.before, each.now))
        judged = ("[red]WORSE" if each.worse else "[green]PASS") + ", not clear" * (not each.clear)
        table.add_row(*what, each.measure.name, *values, f"{each.ratio:.2f}", judged)
        last = (each.run, each.size)
    console.print(table)


def write_json(path: Path, runs: Sequence[Run], limits: Sequence[Limit]) -> None:
    """Everything that was found, and what the tables derive from it."""
    derived = [
        {
            "calls": run.calls,
            "writes": run.writes,
            "fewest_calls": run.least.calls,
            "least_credits": run.least.credits,
            "ratio": run.calls / run.least.calls,
            "records_per_second": run.records / run.measured.seconds,
            "ideal_seconds": run.ideal if run.latency else None,
        }
        for run in runs
    ]
    told = {
        "runs": [{**asdict(run), **more} for run, more in zip(runs, derived, strict=True)],
        "limits": [asdict(limit) for limit in limits],
    }
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def write_figures(path: Path, figures: Iterable[Figure]) -> None:
    """Every figure of two programs; no ratio where there was nothing of it before."""
    told = [
        {
            "run": each.run,
            "size": each.size,
            "figure": each.measure.name,
            "before": each.before,
            "now": each.now,
            "ratio": each.ratio if each.before else None,
            "rounds": len(each.rounds),
            "worse": each.worse,
            "clear": each.clear,
        }
        for each in figures
    ]
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
