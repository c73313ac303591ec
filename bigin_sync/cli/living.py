"""`bigin-sync module edit|pause|resume|disable|release` and `reconfigure`: a module's life after it was switched on."""

from typing import Annotated

import typer

from bigin_sync.admin import modules, reconfigure, runs
from bigin_sync.admin.life import Verb
from bigin_sync.admin.module_lines import ModuleLine
from bigin_sync.cli.asking import Yes, must_agree
from bigin_sync.cli.ending import end
from bigin_sync.cli.modules import Changes, MappingFile, Since, Views, app, parsed, show_terms
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, Limit, ModuleName, at_most
from bigin_sync.cli.progress import watching
from bigin_sync.cli.screen import Screen
from bigin_sync.cli.syncing import as_json_of, plan_as_json, show_plan, show_sync
from bigin_sync.errors import NotAgreed
from bigin_sync.jobs.terms import meanings


@app.command("edit")
def edit_command(
    module: ModuleName,
    *,
    view: Views = None,
    mapping: MappingFile = None,
    changes: Changes = None,
    since: Since = None,
    as_json: Json = False,
) -> None:
    """Change what a module syncs or who wins a conflict, and look again at all that was left out so far.

    The next run asks the list views anew, even if only their criteria were changed in CRM, tries every problem again,
    and reads all records for a field that is mapped now. What is linked stays linked, and nothing is removed. For the
    settings see `bigin-sync module configure --help`.

    For example:

    ```
    bigin-sync module edit contacts
    bigin-sync module edit contacts --view "Key accounts"
    bigin-sync module edit pipelines --map pipelines.yaml
    ```
    """
    screen = Screen()
    with opened() as room:
        line = modules.edit(room, module, view=view or (), mapping=mapping, changes=parsed(changes, since=since))
        if as_json:
            screen.json(line)
            return
        screen.say(f"{line.label} is {line.state} (revision {line.revision}).", style="bold green")
        show_terms(screen, line)
        _show(screen, line)
        screen.next("bigin-sync sync carries it out.")


@app.command("pause")
def pause_command(module: ModuleName, *, as_json: Json = False) -> None:
    """Stop a module for a while: nothing of it is read or written until it is resumed.

    A run that is going on finishes first.

    For example:

    ```
    bigin-sync module pause contacts
    ```
    """
    _turn(module, Verb.PAUSE, f"bigin-sync module resume {module} goes on where it stood.", as_json=as_json)


@app.command("resume")
def resume_command(module: ModuleName, *, as_json: Json = False) -> None:
    """Let a paused module go on where it stood.

    For example:

    ```
    bigin-sync module resume contacts
    ```
    """
    _turn(module, Verb.RESUME, "bigin-sync sync carries over what has changed meanwhile.", as_json=as_json)


@app.command("disable")
def disable_command(module: ModuleName, *, as_json: Json = False) -> None:
    """Switch a module off. Nothing of it is read or written any more, and nothing is removed on either side.

    Its links and settings stay for when it is taken up again. Contacts & Companies can't be disabled: it carries the
    others.

    For example:

    ```
    bigin-sync module disable notes
    ```
    """
    _turn(
        module,
        Verb.DISABLE,
        f"bigin-sync reconfigure {module} --on-conflict STRATEGY takes it up again.",
        as_json=as_json,
    )


@app.command("release")
def release_command(module: ModuleName, *, yes: Yes = False, as_json: Json = False) -> None:
    """Let a module that a brake has stopped go on: its next run passes the brakes, those after it do not.

    For example:

    ```
    bigin-sync plan contacts
    bigin-sync module release contacts
    ```
    """
    screen = Screen()
    with opened() as room:
        line, _revisions = modules.details(room, module)
        if line.stopped_why is not None:
            screen.remark(f"{line.label} was stopped: {line.stopped_why}")
            must_agree("Let its next run pass?", yes=yes)
    _turn(module, Verb.RELEASE, f"bigin-sync sync {module} does what it was stopped from.", as_json=as_json)


def reconfigure_command(
    context: typer.Context,
    module: ModuleName,
    *,
    on_conflict: Annotated[
        str | None,
        typer.Option("--on-conflict", metavar="STRATEGY", help="Who wins: latest, crm, bigin, skip or ask."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would do.")] = False,
    yes: Yes = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Take up a disabled module again, and say who wins where both sides changed the same record meanwhile.

    Both orgs are read from where the module was left. What would be written is shown first, and you are asked. The
    strategy holds for this once; records that are new on either side are synced whatever it is.

    For example:

    ```
    bigin-sync reconfigure notes --on-conflict latest --dry-run
    bigin-sync reconfigure notes --on-conflict crm
    ```
    """
    screen = Screen()
    with opened() as room:
        strategy = on_conflict or _asked(screen, meanings(room.pairing)["strategy"])
        with watching(screen.err, room.pairing) as progress:
            planned = reconfigure.preview(room, module, strategy=strategy, progress=progress)
        if as_json and dry_run:
            screen.json(plan_as_json(room, planned, most=at_most(context, limit, as_json=True)))
        elif not as_json:
            show_plan(screen, room, planned, limit)
        if dry_run:
            return
        must_agree("Write this, and keep the module in sync from now on?", yes=yes)
        reconfigure.take_up(room, module, strategy=strategy)
        with watching(screen.err, room.pairing) as progress:
            report = runs.sync(room, [module], progress=progress)
        if as_json:
            screen.json(as_json_of(room, report))
        else:
            show_sync(screen, room, report)
        end(room, report)


def _asked(screen: Screen, known: str) -> str:
    if not screen.err.is_terminal:
        raise NotAgreed(
            "No strategy was chosen.",
            why="Both orgs may have changed the same records, so who wins is never guessed.",
            hint=f"--on-conflict takes {known}.",
        )
    return str(typer.prompt(f"Who wins where both sides changed ({known})", err=True))


def _turn(module: str, verb: Verb, then: str, *, as_json: bool) -> None:
    screen = Screen()
    with opened() as room:
        line = modules.turn(room, module, verb)
        if as_json:
            screen.json(line)
            return
        screen.say(f"{line.label} is {line.state}.", style="bold green")
        _show(screen, line)
        screen.next(then)


def _show(screen: Screen, line: ModuleLine) -> None:
    for remark in (*line.troubles, *line.remarks, *line.findings):
        screen.remark(remark)
