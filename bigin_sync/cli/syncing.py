"""`bigin-sync plan` and `sync`: what would be written, and writing it."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bigin_sync.admin import preview, runs
from bigin_sync.admin.forecast import ForecastLine, forecast
from bigin_sync.admin.preview import WriteLine
from bigin_sync.admin.runs import CountsLine
from bigin_sync.cli.ending import end
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, Limit, MaybeModule, at_most
from bigin_sync.cli.progress import watching
from bigin_sync.cli.screen import Cell, Screen, changes, counted
from bigin_sync.jobs import remembered
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.shares import LIVE, RESERVE, Share, share_of
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH
from bigin_sync.sync.progress import Report


def plan_command(
    context: typer.Context, module: MaybeModule = None, *, limit: Limit = 50, as_json: Json = False
) -> None:
    """The dry run: everything the next sync would write, field by field. Nothing is written to either org.

    Both orgs are read; what was read is kept, so that the sync that follows need not read it again.

    For example:

    ```
    bigin-sync plan
    bigin-sync plan contacts --limit 0
    bigin-sync plan --json
    ```
    """
    screen = Screen()
    with opened() as room:
        with watching(screen.err, room.pairing) as progress:
            report = preview.plan(room, _only(module), progress=progress)
        if as_json:
            screen.json(plan_as_json(room, report, most=at_most(context, limit, as_json=True)))
        else:
            show_plan(screen, room, report, limit)
        end(room, report)


def sync_command(
    module: MaybeModule = None,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Read every record of both orgs again, not only what has changed since.")
    ] = False,
    restored: Annotated[
        bool,
        typer.Option(
            "--restored", help="The database was restored from a backup, or lost and set up anew: write the plan of it."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """One run now: read what changed on both sides, settle it, write it.

    Exit code 1: done, but some records are held (see `bigin-sync conflicts`) or a problem (`bigin-sync problems`).
    Exit code 3: a module is stopped, by a brake of this run or of an earlier one; the others are done.

    A full reading finds nothing to write when all is well; it is for after a restored backup or a long silence.
    A database that was restored, or set up anew for the same orgs, is noticed, and left alone until you have made a
    plan and say --restored.

    For example:

    ```
    bigin-sync sync
    bigin-sync sync contacts --json
    bigin-sync sync contacts --full
    ```
    """
    screen = Screen()
    with opened() as room:
        with watching(screen.err, room.pairing) as progress:
            report = runs.sync(room, _only(module), progress=progress, full=full, restored=restored)
        if module is None:
            report.stopped = runs.stopped(room) | report.stopped
        if as_json:
            screen.json(as_json_of(room, report))
        else:
            show_sync(screen, room, report)
        end(room, report)


def show_plan(screen: Screen, room: Room, report: Report, limit: int) -> None:
    """The lines of a dry run, and what they come to."""
    planned = sorted({room.pairing.kind(Kind(kind)).module for kind in report.counts})
    shown_lines: dict[str, list[WriteLine]] = {}
    for line in preview.lines(room, report.run_id, limit=limit or None):
        shown_lines.setdefault(line.kind, []).append(line)
    for kind, lines in shown_lines.items():
        screen.table(["Action", "In", "Record", "Field: before → after", "Why"], map(_row, lines), title=kind)
    totals = preview.totals(room, report)
    if not totals and report.brake is None:
        screen.say("Nothing to do: both sides are as they should be.", style="bold green")
    if totals:
        screen.table(
            ["Kind", "Action", "In", "#Records"],
            [(each.kind, each.action, each.product, f"{each.number:,}") for each in totals],
            title="In all",
        )
        in_all = sum(each.number for each in totals)
        if limit and in_all > limit:
            screen.remark(f"The first {limit} of {in_all:,} lines are shown; --limit 0 shows all.")
        share = share_of(room, room.integration(), names=planned)
        _show_forecast(screen, room, [line for line in forecast(room, report) if line.calls], share=share)
    _notes(screen, report)
    setback = remembered.setback(room, room.integration(), names=planned)
    if setback is not None:
        screen.remark(remembered.WHAT[setback.cause])
    if report.brake is None and (totals or setback is not None):
        screen.next(f"{'bigin-sync sync' if setback is None else remembered.GO_ON} writes it.")


def _show_forecast(screen: Screen, room: Room, lines: Sequence[ForecastLine], *, share: Share) -> None:
    """What writing a plan takes of either org, and a warning where one day's credits are not enough for it. share: of
    the credits, which it may use.
    """
    if not lines:
        return
    screen.table(
        ["Product", "#Calls", "#Credits", "#May be used", "#Seconds"],
        [
            (line.title, f"{line.calls:,}", f"{line.credits:,}", f"{line.credits_left:,}", f"{line.seconds:,.0f}")
            for line in lines
        ],
        title="What it will take, about",
    )
    always = f"{RESERVE} % always stay for the org's people and other programs"
    first = f"{room.settings.first_sync_reserve:g} % stay for edits while a first sync is under way"
    screen.say(f"Of a day's credits {always if share is LIVE else f'{first}, and {RESERVE} % always'}.")
    for line in lines:
        if line.days != 1:
            long = f"it takes about {line.days} days" if line.days else "it can't be done with none"
            screen.remark(
                f"The API credits of {line.title} are not enough for one day: the sync pauses when they are used up"
                f" and goes on when there are new ones; {long}."
            )


def _row(line: WriteLine) -> tuple[Cell, ...]:
    return line.action, line.product, line.record, changes(line.fields), [line.why, *line.remarks]


def show_sync(screen: Screen, room: Room, report: Report) -> None:
    """What became of every kind in a run."""
    left, right = (room.pairing.title(side) for side in BOTH)
    lines = runs.counts(room, report)
    screen.table(
        [
            "Kind",
            "#Looked at",
            "#Unchanged",
            "#Linked",
            "#Parted",
            f"#Created in {left}",
            f"#Created in {right}",
            f"#Updated in {left}",
            f"#Updated in {right}",
            "#Skipped",
            "#Waiting",
            "#Held",
            "#Problems",
        ],
        map(_counts_row, lines),
        title=f"Run {report.run_id}, {report.seconds:.1f} seconds",
    )  # fmt: skip -- one line per group of columns reads better than one per column
    for line in lines:
        for label, number in line.joined.items():
            if number:
                title = room.pairing.title(room.side(label))
                screen.say(f"{counted(number, 'product')} joined with a {line.kind} in {title}.")
    _notes(screen, report)
    if not report.clean:
        screen.remark(_unsettled(lines) + ("." if report.stopped else "; all others are done."))
        screen.next(_which(lines))
    elif not report.stopped:
        screen.say("Done." if report.writes else "Done: nothing had to be written.", style="bold green")


def _counts_row(line: CountsLine) -> tuple[str, ...]:
    numbers = (
        line.seen,
        line.unchanged,
        line.linked,
        line.parted,
        *line.created.values(),
        *line.updated.values(),
        line.skipped,
        line.waiting,
        line.held,
        line.problems,
    )  # fmt: skip -- in the order of the columns
    return (line.kind, *(f"{number:,}" for number in numbers))


def _unsettled(lines: Sequence[CountsLine]) -> str:
    held, problems = sum(line.held for line in lines), sum(line.problems for line in lines)
    parts = [counted(held, "record is held", "records are held")] if held else []
    if problems:
        parts.append(counted(problems, "record is a problem", "records are problems"))
    return " and ".join(parts)


def _which(lines: Sequence[CountsLine]) -> str:
    """What lists the records that a run could not settle."""
    lists = ["bigin-sync conflicts"] * any(line.held for line in lines)
    lists += ["bigin-sync problems"] * any(line.problems for line in lines)
    return f"{' and '.join(lists)} {'says' if len(lists) == 1 else 'say'} which, bigin-sync why RECORD says why."


def _notes(screen: Screen, report: Report) -> None:
    for note in report.notes:
        screen.remark(note)


def as_json_of(room: Room, report: Report) -> dict[str, object]:
    """A run as one JSON object."""
    return {
        "run": report.run_id,
        "state": report.state,
        "seconds": round(report.seconds, 3),
        "brake": report.brake,
        "stopped": {name: stop.why for name, stop in report.stopped.items()},
        "notes": report.notes,
        "counts": runs.counts(room, report),
    }


def plan_as_json(room: Room, report: Report, *, most: int | None) -> dict[str, object]:
    """A dry run as one JSON object, with so many lines of its plan at most; None: with all."""
    return as_json_of(room, report) | {
        "totals": preview.totals(room, report),
        "forecast": forecast(room, report),
        "lines": list(preview.lines(room, report.run_id, limit=most)),
    }


def _only(module: str | None) -> list[str] | None:
    return None if module is None else [module]
