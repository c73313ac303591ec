"""`bigin-sync doctor`: everything checked, and nothing written but a field that is asked for."""

from typing import Annotated, TypeAlias

import typer

from bigin_sync.admin import doctor
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json
from bigin_sync.cli.screen import Screen, counted

CreateKeyFields: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--create-key-fields",
        help="Add the field for sync keys to every Zoho CRM module that lacks it (docs/sync-keys.md).",
    ),
]


def doctor_command(*, create_key_fields: CreateKeyFields = False, as_json: Json = False) -> None:
    """Check everything, write nothing.

    Looked at are the state folder, the database, both orgs and the rights there, the clocks, mappings, sync keys,
    owners and credits.

    Exit code 1: something needs attention, with what to do about it.

    For example:

    ```
    bigin-sync doctor
    bigin-sync doctor --create-key-fields
    ```
    """
    screen = Screen()
    with opened() as room:
        checks = doctor.examine(room, create_key_fields=create_key_fields)
    bad = sum(1 for check in checks if not check.good)
    if as_json:
        screen.json(checks)
    else:
        for check in checks:
            screen.say(
                f"{'ok ' if check.good else 'BAD'}  {check.what}: {check.found}", style="" if check.good else "red"
            )
            if check.hint:
                screen.say(f"     {check.hint}")
        if bad:
            screen.remark(f"{counted(bad, 'check needs', 'checks need')} attention.")
        else:
            screen.say("Everything is in order.", style="bold green")
    if bad:
        raise typer.Exit(1)
