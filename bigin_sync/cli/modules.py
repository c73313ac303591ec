"""`bigin-sync modules`, `module …` and `fields`: what is synced, and on what terms."""

from pathlib import Path
from typing import Annotated

import typer

from bigin_sync.admin import fields, modules
from bigin_sync.admin.next_step import next_step
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, ModuleName
from bigin_sync.cli.screen import Screen, counted, moment
from bigin_sync.errors import UnknownSetting

app = typer.Typer(help="Set up a module and switch it on.", no_args_is_help=True)


def modules_command(*, as_json: Json = False) -> None:
    """The modules: their state, what is linked, what waits, and their last run."""
    screen = Screen()
    with opened() as room:
        lines = modules.overview(room)
        if as_json:
            screen.json(lines)
            return
        screen.table(
            ["Module", "State", "Kind", "#Linked", "#Waiting", "#Held", "#Problems", "#Skipped", "Last run"],
            [
                (line.name, line.state, kind.plural, *_numbers(kind), moment(line.last_run))
                for line in lines
                for kind in line.kinds
            ],
        )
        for line in lines:
            if line.stopped_why:
                screen.remark(f"{line.name} is stopped: {line.stopped_why}")
        screen.next(next_step(room))


@app.command("configure")
def configure_command(
    module: ModuleName,
    *,
    view: Annotated[
        list[str] | None,
        typer.Option(
            "--view",
            metavar="[KIND=]NAME|ID",
            help="Sync only what this CRM list view shows; may be given once per kind. KIND=all takes it back.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Changes to the field mapping, as a YAML or JSON file.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be given several times."),
    ] = None,
) -> None:
    """Choose what a module syncs and who wins a conflict. Without options, the proposed settings are taken.

    Settings, with the values they take:

        strategy      latest, crm, bigin, skip or ask: who wins a field that was changed on both sides
        granularity   fields or record: whether that settles the field, or the whole record
        tie           bigin or crm: who wins under `latest` within the same second
        blanks        yes or no: whether emptying a field here empties it there
        max_creates, max_updates, max_blanks   a number or none: a run that wants more is stopped by a brake

    Every change is kept as a revision, with its time. Nothing is written to either org.

    For example:

        bigin-sync module configure contacts
        bigin-sync module configure contacts --view "Key accounts" --set strategy=crm
        bigin-sync module configure contacts --map contacts.yaml
    """
    screen = Screen()
    with opened() as room:
        line = modules.configure(room, module, view=view or (), mapping=mapping, changes=_parsed(changes or []))
        screen.say(f"{line.label} is {line.state} (revision {line.revision}).", style="bold green")
        _terms(screen, line)
        for finding in line.findings:
            screen.remark(finding)
        screen.next(next_step(room))


@app.command("activate")
def activate_command(module: ModuleName) -> None:
    """Switch a configured module on. Its next sync is the first one: it links what is the same and creates the rest.

    For example:

        bigin-sync module activate contacts
    """
    screen = Screen()
    with opened() as room:
        line = modules.activate(room, module)
        screen.say(f"{line.label} is switched on.", style="bold green")
        screen.next(next_step(room))


@app.command("show")
def show_command(module: ModuleName, *, as_json: Json = False) -> None:
    """The settings of a module, and every revision of them.

    For example:

        bigin-sync module show contacts
    """
    screen = Screen()
    with opened() as room:
        line, revisions = modules.details(room, module)
        if as_json:
            screen.json({"module": line, "revisions": revisions})
            return
        screen.say(f"{line.label}: {line.state}", style="bold")
        _terms(screen, line)
        screen.table(
            ["#Revision", "Time (UTC)", "By", "What"],
            [(str(each.number), moment(each.at), each.by, each.what) for each in revisions],
        )


def fields_command(
    module: ModuleName,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the fields that neither person nor product can map.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The field mapping of a module: what is kept the same, what is not, and why.

    For example:

        bigin-sync fields contacts
        bigin-sync fields contacts --json
    """
    screen = Screen()
    with opened() as room:
        answer = fields.mapping(room, module)
        if as_json:
            screen.json(answer)
            return
        left, right = (room.pairing.title(side) for side in room.pairing.labels)
        for kind in answer:
            screen.table(
                [left, right, "Type", "Direction", "Remarks"],
                [(pair.left, pair.right, pair.type, pair.direction, pair.remarks) for pair in kind.pairs],
                title=f"{kind.label}: {counted(len(kind.pairs), 'field')} kept the same",
            )
            if kind.stages:
                screen.table(
                    ["Product", "Stage", "Becomes", "Because of"],
                    [
                        (each.product, each.stage, each.becomes or "nothing: deals wait", each.by)
                        for each in kind.stages
                    ],
                    title=f"{kind.label}: stage map",
                )
            for joined in kind.joined:
                how = "are joined on both sides" if joined.synced else "are not synced: an org has no list of them"
                screen.say(f"{joined.label} of {kind.label} {how}; {joined.remark}.")
            left_over = [each for each in kind.unmapped if everything or each.could_be_mapped]
            screen.table(
                ["Product", "Field", "Why it is not synced"],
                [(each.product, each.field, each.reason) for each in left_over],
                title=f"{kind.label}: not synced",
            )
            for finding in (*kind.blocked, *kind.findings):
                screen.remark(finding)


def _numbers(kind: modules.KindLine) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in (kind.linked, kind.waiting, kind.held, kind.problems, kind.skipped))


def _terms(screen: Screen, line: modules.ModuleLine) -> None:
    rows = [(f"records of {kind}", view) for kind, view in line.views.items()]
    screen.facts([*rows, *line.settings.items()])


def _parsed(changes: list[str]) -> dict[str, str]:
    parsed: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or not name.strip():
            raise UnknownSetting(
                f"--set {change} says no value.", why="Nothing was changed.", hint="Write it as --set KEY=VALUE."
            )
        parsed[name.strip()] = value
    return parsed
