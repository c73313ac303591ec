"""`bigin-sync replay` and `bigin-sync demo`: scenarios and the story, told by the real engine on emulated orgs."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bigin_sync.cli.logs import story_logs
from bigin_sync.cli.progress import watching
from bigin_sync.cli.waiting import stop_signal
from bigin_sync.settings import load_settings


def replay(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Scenario files, or folders of them.")],
    *,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Write what really happened into the files as the new expectation.")
    ] = False,
) -> None:
    """Play scenarios against the real engine with both orgs emulated, and compare every record at the end.

    A scenario says what both orgs hold before, what people and the sync do, and what both orgs must hold after.
    Exit code 1: something came out differently. Exit code 2: a file could not be understood.

    For example:

    ```
    bigin-sync replay fixtures
    bigin-sync replay fixtures/two-people-edit-different-fields.yaml
    ```
    """
    from bigin_sync.replay import run_paths  # noqa: PLC0415 -- other commands start sooner without the emulator

    story_logs(load_settings())
    raise typer.Exit(run_paths(paths, rewrite=rewrite, console=Console(highlight=False)))


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the story instead of syncing until Ctrl-C.")] = False,
    daemon: Annotated[
        bool, typer.Option("--daemon", help="Go on syncing after the story even if nobody sits at the terminal.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(help="The port of the emulated orgs; a free one by default.", min=1, max=65535)
    ] = None,
) -> None:
    """See it work: both orgs emulated, a first sync, edits on both sides, a conflict and how it is settled.

    After the story the daemon keeps both orgs in sync until Ctrl-C, and you may edit them through their APIs: it shows
    how. Where the input is no terminal, as in a build server, the story is all. Needs no account, and touches neither
    your settings nor your data.

    For example:

    ```
    bigin-sync demo
    bigin-sync demo --once
    ```
    """
    from bigin_sync.replay.demo import tell  # noqa: PLC0415 -- other commands start sooner without the emulator

    goes_on = not once and (daemon or sys.stdin.isatty())
    raise typer.Exit(
        tell(Console(highlight=False), stopping=stop_signal if goes_on else None, port=port, watching=watching)
    )
