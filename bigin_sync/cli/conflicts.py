"""`bigin-sync conflicts`: what only a person can settle."""

from typing import Annotated

import typer

from bigin_sync.admin import conflicts
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json
from bigin_sync.cli.screen import Screen, moment, shown

app = typer.Typer()

Number = Annotated[str, typer.Argument(metavar="ID", help="As `bigin-sync conflicts` lists it.")]


@app.callback(invoke_without_command=True)
def conflicts_command(context: typer.Context) -> None:
    """What only a person can settle: fields changed on both sides, and records with several counterparts.

    For example:

        bigin-sync conflicts
        bigin-sync conflicts resolve c12 crm
    """
    if context.invoked_subcommand is None:
        list_command()


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """Everything that waits for a decision."""
    screen = Screen()
    with opened() as room:
        lines = conflicts.listing(room)
        if as_json:
            screen.json(lines)
            return
        if not lines:
            screen.say("Nothing waits for a decision.", style="bold green")
            return
        screen.table(
            ["ID", "Kind", "Record", "What", "Choose from"],
            [(line.id, line.kind, line.record, line.what, " or ".join(line.answers)) for line in lines],
        )
        screen.next("bigin-sync conflicts show ID, then bigin-sync conflicts resolve ID ANSWER")


@app.command("show")
def show_command(conflict: Number, *, as_json: Json = False) -> None:
    """One conflict with both versions side by side, or one held record with its candidates.

    For example:

        bigin-sync conflicts show c12
    """
    screen = Screen()
    with opened() as room:
        line = conflicts.show(room, conflict)
        if as_json:
            screen.json(line)
            return
        screen.say(f"{line.kind}: {line.record}", style="bold")
        screen.say(line.what)
        screen.table(
            ["Answer", "What it is", "Value", "Modified (UTC)"],
            [(each.answer, each.meaning, shown(each.value), moment(each.modified_at)) for each in line.choices],
        )
        screen.next(f"bigin-sync conflicts resolve {line.id} {'|'.join(line.answers)}")


@app.command("resolve")
def resolve_command(
    conflict: Number,
    answer: Annotated[
        str, typer.Argument(metavar="ANSWER", help="bigin or crm for a field; a candidate's id or `new` for a record.")
    ],
) -> None:
    """Decide. The next sync carries it out.

    For example:

        bigin-sync conflicts resolve c12 crm
        bigin-sync conflicts resolve r7 new
    """
    screen = Screen()
    with opened() as room:
        screen.say(conflicts.resolve(room, conflict, answer))
        screen.next("bigin-sync sync carries it out.")
