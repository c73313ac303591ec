"""`bigin-sync history`, `why` and `parted`: how things came to stand as they do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bigin_sync.admin import export as exporting
from bigin_sync.admin import parted, runs, why
from bigin_sync.admin.why import Explanation
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, Limit, OfModule, at_most
from bigin_sync.cli.screen import Cell, Screen, changes, counted, ending, moment, shown
from bigin_sync.jobs.room import Room


def history_command(
    context: typer.Context,
    run: Annotated[int | None, typer.Argument(metavar="RUN", help="The number of a run: show what it wrote.")] = None,
    *,
    module: Annotated[
        str | None, typer.Option("--module", metavar="MODULE", help="Only the runs of this module, with its totals.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Write it to a .csv or .json file: a run with its skipped records, or all runs.",
        ),
    ] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """The runs, or everything one run wrote, field by field, with what was there before.

    For example:

    ```
    bigin-sync history --module contacts
    bigin-sync history 7 --limit 0
    bigin-sync history 7 --export run-7.csv
    bigin-sync history --module contacts --export contacts.json
    ```
    """
    screen, most = Screen(), at_most(context, limit, as_json=as_json)
    with opened() as room:
        if export is not None:
            _export(screen, room, export, run=run, module=module)
            return
        if run is None:
            _show_runs(screen, runs.history(room, limit=most, module=module), as_json=as_json)
            return
        facts = runs.run(room, run)
        writes = list(runs.writes(room, run, limit=most))
        if as_json:
            screen.json({"run": facts, "writes": writes})
            return
        screen.say(_head(facts))
        if not writes:
            screen.say("It wrote nothing and decided nothing.")
            return
        screen.table(
            ["Kind", "Action", "In", "Record", "Field: before → after", "Outcome", "Why"],
            [
                (
                    line.kind,
                    line.action,
                    line.product,
                    line.record,
                    changes(line.fields),
                    line.outcome,
                    [line.why, *line.remarks],
                )
                for line in writes
            ],
        )


def why_command(
    record: Annotated[
        list[str],
        typer.Argument(metavar="RECORD", help="The id of a record on either side, an e-mail address, or a name."),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Everything known of one record: its counterpart, who moved last, what was written, and why it is not synced.

    Several hits are listed, to choose from.

    For example:

    ```
    bigin-sync why ana@example.org
    bigin-sync why 7300000000123456
    bigin-sync why Ana Ruiz
    ```
    """
    screen = Screen()
    with opened() as room:
        answer = why.why(room, " ".join(record))
        if as_json:
            screen.json(answer)
            return
        if len(answer.hits) > 1:
            screen.table(
                ["Kind", "Record", "Bigin id", "CRM id", "State"],
                [(hit.kind, hit.label, hit.left_id or "-", hit.right_id or "-", hit.state) for hit in answer.hits],
                title=f"{len(answer.hits)} records fit {' '.join(record)!r}",
            )
            screen.next("bigin-sync why ID")
        if answer.explanation is not None:
            _explain(screen, answer.explanation)


def parted_command(
    context: typer.Context, *, module: OfModule = None, limit: Limit = 50, as_json: Json = False
) -> None:
    """Pairs of which one record was deleted: the other one is kept, and nothing crosses any more.

    A deletion never crosses, and what was deleted is not made again. If it is restored, both are in sync again. A sync
    looks for deletions every 15 minutes; until then a deleted record is shown as linked.

    For example:

    ```
    bigin-sync parted
    bigin-sync parted --module contacts --limit 0
    ```
    """
    screen = Screen()
    with opened() as room:
        lines, looked = parted.listing(room, module=module), parted.looked_at(room, module=module)
    if as_json:
        screen.json(lines[: at_most(context, limit, as_json=True)])
        return
    if not lines:
        screen.say("No record that was linked is known to be deleted.", style="bold green")
        last = "" if looked is None else f", the last time at {moment(looked)} UTC"
        screen.remark(f"A sync looks for deletions every {parted.LOOKED_FOR_EVERY} minutes{last}.")
        return
    screen.table(
        ["Kind", "Record", "Deleted in", "Found (UTC)", "Kept in", "Bigin id", "CRM id", "What to do"],
        [
            (
                line.kind,
                line.record,
                line.product,
                moment(line.found_at),
                line.kept_in,
                line.left_id,
                line.right_id,
                line.way_out,
            )
            for line in lines[: limit or None]
        ],
    )
    screen.cut(len(lines), limit)


def _head(run: runs.RunLine) -> str:
    return f"Run {run.id}, {run.why}, {moment(run.started_at)} UTC: {ending(run.state, run.error)}"


def _show_runs(screen: Screen, lines: list[runs.RunLine], *, as_json: bool) -> None:
    if as_json:
        screen.json(lines)
        return
    screen.table(
        ["#Run", "Started (UTC)", "#Seconds", "State", "Module", *_TOTALS, "Why"],
        [row for line in lines for row in _run_rows(line)],
    )


def _export(screen: Screen, room: Room, file: Path, *, run: int | None, module: str | None) -> None:
    if run is None:
        number, what = exporting.export_totals(room, file, module=module), "the history"
    else:
        number, what = exporting.export(room, run, file), f"run {run}"
    screen.say(f"{counted(number, 'line')} of {what} {'is' if number == 1 else 'are'} in {file}.")


_TOTALS = ("#Total", "#Added", "#Updated", "#Skipped", "#Held", "#Failed", "#Parted")


def _run_rows(line: runs.RunLine) -> Iterator[tuple[Cell, ...]]:
    """A line for every module of a run; what the run itself is stands in the first."""
    seconds = "" if line.seconds is None else f"{line.seconds:.0f}"
    head = (str(line.id), moment(line.started_at), seconds, ending(line.state))
    for number, each in enumerate(line.modules):
        numbers = (each.total, each.added, each.updated, each.skipped, each.held, each.failed, each.parted)
        begin = ("", "", "", "") if number else head
        yield *begin, each.module, *(f"{one:,}" for one in numbers), "" if number else line.why
    if not line.modules:
        yield *head, "", *([""] * len(_TOTALS)), line.why


def _explain(screen: Screen, found: Explanation) -> None:
    screen.say(f"{found.kind}: {found.label}", style="bold")
    screen.say(found.state)
    screen.facts(found.facts)
    if found.fields:
        screen.table(
            ["Field", found.left_title, found.right_title],
            [(each.field, shown(each.left), shown(each.right)) for each in found.fields],
            title="As last seen",
        )
    if found.lines:
        screen.table(
            ["#Run", "Time (UTC)", "What", "In", "Field: before → after", "Outcome", "Why"],
            [
                (
                    str(line.run),
                    moment(line.at),
                    line.action,
                    line.product,
                    changes(line.fields),
                    line.outcome,
                    [line.why, *line.remarks],
                )
                for line in found.lines
            ],
            title="History",
        )
    if found.way_out:
        screen.next(found.way_out)
