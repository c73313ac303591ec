"""`bigin-sync doctor`: everything checked, nothing written."""

import typer

from bigin_sync.admin import doctor
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json
from bigin_sync.cli.screen import Screen, counted


def doctor_command(*, as_json: Json = False) -> None:
    """Check everything, write nothing: state folder, both orgs, rights, mappings, owners, credits.

    Exit code 1: something needs attention, with what to do about it.

    For example:

        bigin-sync doctor
    """
    screen = Screen()
    with opened() as room:
        checks = doctor.examine(room)
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
