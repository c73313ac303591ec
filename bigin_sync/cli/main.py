"""The command line: every command by its name, and the one door through which errors leave."""

import sys
from collections.abc import Callable
from importlib.metadata import version
from itertools import takewhile
from typing import Annotated

import typer

from bigin_sync.cli import config, conflicts, modules, owners, problems
from bigin_sync.cli.connecting import connect_command, disconnect_command
from bigin_sync.cli.daemon import daemon_command
from bigin_sync.cli.doctor import doctor_command
from bigin_sync.cli.emulating import emulator
from bigin_sync.cli.errors import crashed, told
from bigin_sync.cli.living import reconfigure_command
from bigin_sync.cli.logs import quiet_logs
from bigin_sync.cli.looking import history_command, parted_command, why_command
from bigin_sync.cli.replaying import demo, replay
from bigin_sync.cli.screen import Screen
from bigin_sync.cli.standing import status_command
from bigin_sync.cli.syncing import plan_command, sync_command
from bigin_sync.clock import SystemClock
from bigin_sync.errors import BiginSyncError
from bigin_sync.redact import Redactor
from bigin_sync.settings import Settings, load_settings

TRY, SET_UP, RUN, LOOK = "Try it", "Set up", "Sync", "Look"


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="bigin-sync",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(about)
    panels: tuple[tuple[str, dict[str, Callable[..., None]]], ...] = (
        (TRY, {"demo": demo, "emulator": emulator, "replay": replay}),
        (SET_UP, {"connect": connect_command, "modules": modules.modules_command, "fields": modules.fields_command}),
        (SET_UP, {"reconfigure": reconfigure_command, "disconnect": disconnect_command}),
        (RUN, {"plan": plan_command, "sync": sync_command, "daemon": daemon_command}),
        (LOOK, {"status": status_command, "history": history_command, "why": why_command}),
        (LOOK, {"parted": parted_command, "doctor": doctor_command}),
    )
    for panel, commands in panels:
        for name, command in commands.items():
            app.command(name, rich_help_panel=panel)(command)
    app.add_typer(modules.app, name="module", rich_help_panel=SET_UP)
    app.add_typer(owners.app, name="owners", rich_help_panel=SET_UP)
    app.add_typer(config.app, name="config", rich_help_panel=SET_UP)
    app.add_typer(conflicts.app, name="conflicts", rich_help_panel=RUN)
    app.add_typer(problems.app, name="problems", rich_help_panel=RUN)
    return app


def _tell_version(asked: bool) -> None:  # noqa: FBT001 -- as Typer calls it
    if asked:
        Screen().say(version("bigin-sync"))
        raise typer.Exit


def about(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Keeps the records of a Bigin org and a Zoho CRM org the same, both ways. Never deletes anything.

    The way from nothing to a sync:

        bigin-sync connect bigin
        bigin-sync connect crm
        bigin-sync module configure contacts
        bigin-sync plan
        bigin-sync module activate contacts
        bigin-sync sync

    Exit codes: 0 done; 1 done, but records need a person; 2 refused or wrong usage; 3 a module is stopped, by a brake
    say; 4 not carried through: an org is away, refuses access or has no credits left, or another process is at work.
    State is kept in the folder that BIGIN_SYNC_HOME names.
    """


def main() -> None:
    """Run the command line; errors become sentences and exit codes, never a traceback."""
    screen = Screen()
    redactor = Redactor()
    folder = Settings.model_construct().home
    as_json = "--json" in takewhile(lambda word: word != "--", sys.argv[1:])
    try:
        settings = load_settings()
        redactor = Redactor(settings.secrets())
        folder = settings.home
        quiet_logs(settings, redactor)
        build()()
    except BiginSyncError as error:
        sys.exit(told(error, screen, redactor=redactor, as_json=as_json))
    except Exception as error:  # noqa: BLE001 -- the last door: a bug is written to a file, and only said in a sentence
        clock = SystemClock()
        sys.exit(crashed(error, screen, folder=folder, clock=clock, redactor=redactor, as_json=as_json))
