"""`bigin-sync config`: all settings as a file, to keep, to compare, to put in force."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from ruamel.yaml import YAML

from bigin_sync.admin import settings_file
from bigin_sync.admin.mapping_document import read_document
from bigin_sync.cli.asking import Yes, must_agree
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json
from bigin_sync.cli.screen import Screen
from bigin_sync.errors import UnreadableFile

app = typer.Typer(help="All settings as a file: export it, look at it, put it in force.", no_args_is_help=True)


@app.command("export")
def export_command(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; without one it is shown.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the terms of every module and the pairs of owners as YAML. It holds no secrets.

    For example:

    ```
    bigin-sync config export settings.yaml
    ```
    """
    screen = Screen()
    with opened() as room:
        told = settings_file.export(room)
    if as_json:
        screen.json(told)
        return
    yaml = YAML()
    if file is None:
        yaml.dump(told, sys.stdout)
        return
    try:
        with file.open("w", encoding="utf-8") as stream:
            yaml.dump(told, stream)
    except OSError as error:
        raise UnreadableFile(
            f"{file} can't be written: {error.strerror or error}.", why="Nothing was exported.", hint="Name another."
        ) from error
    screen.say(f"All settings are in {file}.")


@app.command("apply")
def apply_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `config export` writes it, or a part of that.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put the settings of a file in force. What would change is shown first, and you are asked.

    What the file does not name stays as it is. No module is switched on or off by it, and no record is written.

    For example:

    ```
    bigin-sync config apply settings.yaml --dry-run
    bigin-sync config apply settings.yaml
    ```
    """
    screen = Screen()
    with opened() as room:
        document = read_document(file, what="file of settings")
        wanted = settings_file.read(document, room=room, name=str(file))
        changes = settings_file.differences(room, wanted)
        if as_json and (dry_run or not changes):
            screen.json({"changes": changes})
        elif not as_json:
            for change in changes or ["All settings are as the file says."]:
                screen.say(change)
        if dry_run or not changes:
            return
        must_agree("Put this in force?", yes=yes)
        applied = settings_file.apply(room, wanted, name=str(file))
    if as_json:
        screen.json({"changes": changes, "done": applied.done, "left": applied.left})
        return
    for sentence in applied.done:
        screen.say(sentence, style="green")
    for sentence in applied.left:
        screen.remark(sentence)
    screen.next("bigin-sync sync carries it out.")
