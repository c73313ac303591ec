"""`bigin-sync modules`, `module …` and `fields`: what is synced, and on what terms."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from bigin_sync.admin import fields, modules
from bigin_sync.admin.module_lines import KindLine, ModuleLine
from bigin_sync.admin.next_step import next_step
from bigin_sync.cli import pairs
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, ModuleName
from bigin_sync.cli.screen import Screen, counted, moment
from bigin_sync.errors import UnknownSetting

app = typer.Typer(help="Set up a module, switch it on and off, change what it syncs.", no_args_is_help=True)

Views: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--view",
        metavar="[KIND=]NAME|ID",
        help="Sync only what this CRM list view shows; may be given once per kind. KIND=all takes it back.",
    ),
]
MappingFile: TypeAlias = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="Changes to the field mapping, as a YAML or JSON file.")
]
Changes: TypeAlias = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be given several times.")
]
Since: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DATE",
        help="Only records made or changed since this date (UTC); older ones follow once they are edited. none: all.",
    ),
]


def modules_command(*, as_json: Json = False) -> None:
    """The modules: their state, what is linked, what waits, and their last run."""
    screen = Screen()
    with opened() as room:
        lines = modules.overview(room)
        if as_json:
            screen.json(lines)
            return
        screen.table(
            ["Module", "State", "Kind", "View", *pairs.COLUMNS, "Last run"],
            [
                (line.name, line.state, kind.plural, kind.view, *pairs.numbers(kind), moment(line.last_run))
                for line in lines
                for kind in line.kinds
            ],
        )
        _show_views(screen, [kind for line in lines for kind in line.kinds])
        for line in lines:
            for remark in (*line.troubles, *line.remarks):
                screen.remark(remark)
        pairs.explain_parted(screen, lines)
        screen.next(next_step(room))


@app.command("configure")
def configure_command(
    module: ModuleName,
    *,
    view: Views = None,
    mapping: MappingFile = None,
    changes: Changes = None,
    since: Since = None,
    as_json: Json = False,
) -> None:
    """Choose what a module syncs and who wins a conflict. Without options, the proposed settings are taken.

    Settings, with the values they take:

        strategy      latest, crm, bigin, skip or ask: who wins a field that was changed on both sides
        granularity   fields or record: whether that settles the field, or the whole record
        tie           bigin or crm: who wins under `latest` within the same second
        blanks        yes or no: whether emptying a field here empties it there
        since         a date (2026-01-31, UTC) or none: records neither made nor changed since then are left alone
        max_creates, max_updates, max_blanks, max_gone, …   a number or none: see docs/brakes.md
        trigger       none, or workflow, approval, blueprint: what a write sets off in the org that is written to

    Every change is kept as a revision, with its time. Nothing is written to either org.

    For example:

    ```
    bigin-sync module configure contacts
    bigin-sync module configure contacts --view "Key accounts" --set strategy=crm
    bigin-sync module configure contacts --map contacts.yaml
    ```
    """
    screen = Screen()
    with opened() as room:
        line = modules.configure(room, module, view=view or (), mapping=mapping, changes=parsed(changes, since=since))
        if as_json:
            screen.json(line)
            return
        screen.say(f"{line.label} is {line.state} (revision {line.revision}).", style="bold green")
        show_terms(screen, line)
        for finding in (*line.troubles, *line.remarks, *line.findings):
            screen.remark(finding)
        screen.next(next_step(room))


@app.command("activate")
def activate_command(module: ModuleName, *, since: Since = None, as_json: Json = False) -> None:
    """Switch a configured module on. Its next sync is the first one: it links what is the same and creates the rest.

    For example:

    ```
    bigin-sync module activate contacts
    bigin-sync module activate contacts --since 2026-01-01
    ```
    """
    screen = Screen()
    with opened() as room:
        line = modules.activate(room, module, since=since)
        if as_json:
            screen.json(line)
            return
        screen.say(f"{line.label} is switched on.", style="bold green")
        screen.next(next_step(room))


@app.command("show")
def show_command(module: ModuleName, *, as_json: Json = False) -> None:
    """The settings of a module, and every revision of them.

    For example:

    ```
    bigin-sync module show contacts
    ```
    """
    screen = Screen()
    with opened() as room:
        line, revisions = modules.details(room, module)
        if as_json:
            screen.json({"module": line, "revisions": revisions})
            return
        screen.say(f"{line.label}: {line.state}", style="bold")
        show_terms(screen, line)
        for remark in (*line.troubles, *line.remarks):
            screen.remark(remark)
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

    ```
    bigin-sync fields contacts
    bigin-sync fields contacts --all
    bigin-sync fields contacts --json
    ```
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
            if hidden := len(kind.unmapped) - len(left_over):
                more = counted(hidden, "more field", "more fields")
                screen.say(f"{kind.label}: {more} can't be mapped; --all shows them, with the reason.")
            for finding in (*kind.blocked, *kind.findings):
                screen.remark(finding)


def show_terms(screen: Screen, line: ModuleLine) -> None:
    """The terms of a module, and the list views there are to choose from."""
    rows = [(f"records of {kind}", view) for kind, view in line.views.items()]
    screen.facts([*rows, *line.settings.items()])
    _show_views(screen, line.kinds)


def parsed(changes: list[str] | None, *, since: str | None) -> dict[str, str]:
    """Settings as they were typed; `--since DATE` is the setting of that name."""
    found: dict[str, str] = {} if since is None else {"since": since}
    for change in changes or []:
        name, equals, value = change.partition("=")
        if not equals or not name.strip():
            raise UnknownSetting(
                f"--set {change} says no value.", why="Nothing was changed.", hint="Write it as --set KEY=VALUE."
            )
        found[name.strip()] = value
    return found


def _show_views(screen: Screen, kinds: Sequence[KindLine]) -> None:
    rows = [(kind.kind, ", ".join(kind.views)) for kind in kinds if kind.views]
    if rows:
        screen.table(["Kind", "List views to choose from"], rows)
