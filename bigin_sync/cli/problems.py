"""`bigin-sync problems`: records that could not be written, and trying them again."""

from typing import Annotated

import typer

from bigin_sync.admin import problems
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, Limit, OfModule, at_most, bare
from bigin_sync.cli.screen import Screen, counted, moment

app = typer.Typer()


@app.callback(invoke_without_command=True)
def problems_command(
    context: typer.Context, *, module: OfModule = None, limit: Limit = 50, as_json: Json = False
) -> None:
    """Records that could not be written to the other side, each with its cause and the way out.

    For example:

    ```
    bigin-sync problems
    bigin-sync problems retry --module contacts
    ```
    """
    if bare(context):
        list_command(context, module=module, limit=limit, as_json=as_json)


@app.command("list")
def list_command(context: typer.Context, *, module: OfModule = None, limit: Limit = 50, as_json: Json = False) -> None:
    """All of them, with what to do about each.

    For example:

    ```
    bigin-sync problems list --module pipelines --limit 0
    ```
    """
    screen = Screen()
    with opened() as room:
        lines, retried = problems.listing(room, module=module), problems.retried(room, module=module)
    if as_json:
        screen.json(lines[: at_most(context, limit, as_json=True)])
        return
    if retried:
        screen.say(f"{counted(retried, 'record')} will be tried again with the next sync.")
        screen.next("bigin-sync sync does it.")
    if not lines:
        if not retried:
            screen.say("There are no problems.", style="bold green")
        return
    screen.table(
        ["Kind", "Record", "In", "ID", "Cause", "Why", "Next try (UTC)", "What to do"],
        [
            (line.kind, line.record, line.product, line.id, line.cause, line.why, moment(line.next_try), line.way_out)
            for line in lines[: limit or None]
        ],
    )
    screen.cut(len(lines), limit)
    screen.next("bigin-sync problems retry tries them again with the next sync.")


@app.command("retry")
def retry_command(
    record: Annotated[
        str | None, typer.Argument(metavar="RECORD", help="Only this record: its id, or its whole name.")
    ] = None,
    *,
    module: OfModule = None,
    as_json: Json = False,
) -> None:
    """Let the next sync try them again. A record or mapping that is edited is tried again without being asked to; where
    nobody may tell when the cause is gone (a lock, a limit), a record is tried again once a day.

    For example:

    ```
    bigin-sync problems retry
    bigin-sync problems retry 7300000000123456
    ```
    """
    screen = Screen()
    with opened() as room:
        number = problems.retry(room, module=module, record=record)
    if as_json:
        screen.json({"retried": number})
        return
    screen.say(f"{counted(number, 'problem')} will be tried again.")
    if number:
        screen.next("bigin-sync sync does it.")
