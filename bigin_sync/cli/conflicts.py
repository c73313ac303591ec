"""`bigin-sync conflicts`: what only a person can settle."""

from typing import Annotated

import typer

from bigin_sync.admin import conflicts
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, bare
from bigin_sync.cli.screen import Screen, changes, counted, moment, shown
from bigin_sync.errors import UnknownSetting

app = typer.Typer()
ALL = "all"

Number = Annotated[str, typer.Argument(metavar="ID", help="As `bigin-sync conflicts` lists it.")]


@app.callback(invoke_without_command=True)
def conflicts_command(context: typer.Context, *, as_json: Json = False) -> None:
    """What only a person can settle: fields changed on both sides, records with several counterparts, and records that
    automations of both orgs keep changing back.

    For example:

    ```
    bigin-sync conflicts
    bigin-sync conflicts resolve c12 crm
    ```
    """
    if bare(context):
        list_command(as_json=as_json)


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
    """One conflict with both versions side by side, one held record with its candidates, or one that both orgs keep
    changing back with what was last written to either.

    For example:

    ```
    bigin-sync conflicts show c12
    ```
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
        if line.writes:
            screen.table(
                ["#Run", "Time (UTC)", "In", "Field: before → after", "Outcome"],
                [
                    (str(each.run), moment(each.at), each.product, changes(each.fields), each.outcome)
                    for each in line.writes
                ],
                title="What was last written to either side, and what had been made of it before",
            )
        screen.next(f"bigin-sync conflicts resolve {line.id} {'|'.join(line.answers)}")


@app.command("resolve")
def resolve_command(
    conflict: Annotated[
        str, typer.Argument(metavar="ID", help="As `bigin-sync conflicts` lists it; `all`: whatever takes the answer.")
    ],
    answer: Annotated[
        str,
        typer.Argument(
            metavar="ANSWER",
            help="bigin or crm for a field; a candidate's id, `same` or `new` for a record; `again` for one that was "
            "held because both orgs kept changing it back.",
        ),
    ],
    *,
    module: Annotated[
        str | None, typer.Option("--module", metavar="MODULE", help="With `all`: only those of this module.")
    ] = None,
    field: Annotated[
        str | None, typer.Option("--field", metavar="FIELD", help="With `all`: only those about this field.")
    ] = None,
) -> None:
    """Decide. The next sync carries it out, as far as both records still hold what was shown.

    For example:

    ```
    bigin-sync conflicts resolve c12 crm
    bigin-sync conflicts resolve r7 new
    bigin-sync conflicts resolve all crm --module contacts --field Title
    ```
    """
    screen = Screen()
    with opened() as room:
        if conflict.strip().casefold() == ALL:
            said = conflicts.resolve_all(room, answer, module=module, field=field)
            if not said:
                screen.say("Nothing was decided: nothing that waits takes this answer.")
                screen.next("bigin-sync conflicts lists what waits, with its answers.")
                return
            screen.say(f"{counted(len(said), 'conflict is', 'conflicts are')} decided.")
        elif module is not None or field is not None:
            raise UnknownSetting(
                f"--module and --field go with `{ALL}`, not with {conflict}.",
                why="Nothing was decided.",
                hint=f"bigin-sync conflicts resolve {ALL} {answer} --field FIELD",
            )
        else:
            screen.say(conflicts.resolve(room, conflict, answer))
        screen.next("bigin-sync sync carries it out.")
