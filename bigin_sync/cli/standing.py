"""`bigin-sync status`: how things stand, once or live."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer
from rich.live import Live

from bigin_sync.admin import status
from bigin_sync.admin.next_step import next_step
from bigin_sync.admin.status import NoticeLine, Status
from bigin_sync.admin.watch import DaemonLine, DaemonState
from bigin_sync.cli import pairs
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json
from bigin_sync.cli.screen import Screen, Sheet, ending, moment
from bigin_sync.cli.waiting import stop_signal
from bigin_sync.jobs.room import Room

EVERY = 1.0
"""Seconds between two pictures."""

LAST_NOTICES = 5


def status_command(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Show it live, until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """How things stand: both orgs, the daemon, the modules, the last run, credits, what needs a person.

    For example:

    ```
    bigin-sync status
    bigin-sync status --watch
    bigin-sync status --json
    ```
    """
    screen = Screen()
    if watch and (as_json or not screen.out.is_terminal):
        raise typer.BadParameter(
            "it needs a terminal to be live on; without it, everything is shown once.", param_hint="--watch"
        )
    with opened() as room:
        if watch:
            _live(screen, room, stop_signal())
            return
        now = status.status(room)
        if as_json:
            screen.json(now)
            return
        _show(screen, room, now)


def _live(screen: Screen, room: Room, stop: threading.Event) -> None:
    with Live(console=screen.out, screen=True, auto_refresh=False) as live:
        for sheet in _sheets(room):
            live.update(sheet.picture(), refresh=True)
            if stop.wait(EVERY):
                return


def _sheets(room: Room) -> Iterator[Sheet]:
    """One picture after the other. A notice counts as read once it was shown, so the last ones are kept here."""
    told: list[NoticeLine] = []
    while True:
        sheet = Sheet()
        now = status.status(room)
        told = [*told, *now.notices][-LAST_NOTICES:]
        _show(sheet, room, replace(now, notices=tuple(told)))
        yield sheet


def _show(screen: Screen, room: Room, now: Status) -> None:
    _show_daemon(screen, now.daemon)
    _show_sides(screen, now)
    _show_modules(screen, now)
    for remark in (remark for line in now.modules for remark in (*line.troubles, *line.remarks)):
        screen.remark(remark)
    pairs.explain_parted(screen, now.modules)
    if now.last_run is not None:
        run = now.last_run
        how = ending(run.state, run.error)
        screen.say(f"Last run: {run.id}, {run.why}, {moment(run.started_at)} UTC: {how}")
    for notice in now.notices:
        screen.remark(f"{moment(notice.at)}  {notice.text}")
    screen.next(next_step(room))


def _show_daemon(screen: Screen, line: DaemonLine | None) -> None:
    if line is None:
        screen.say("Daemon: there was none yet; bigin-sync daemon keeps both orgs in sync.")
        return
    screen.say(f"Daemon: {_about(line)}", style="" if line.state is not DaemonState.LOST else "yellow")
    if line.stages:
        screen.table(
            ["Stage", "Kind", "Product", "#Done", "#Of"],
            [
                (each.stage, each.kind, each.product, f"{each.done:,}", "" if each.total is None else f"{each.total:,}")
                for each in line.stages
            ],
        )


def _about(line: DaemonLine) -> str:
    """What the daemon does, in a sentence."""
    who = f"process {line.pid} on {line.host}"
    if line.state is DaemonState.ENDED:
        return f"none is running; {who} ended at {moment(line.beat_at)} UTC."
    if line.state is DaemonState.LOST:
        return f"none is running; {who} was last heard of at {moment(line.beat_at)} UTC. bigin-sync daemon goes on."
    since = f"{who}, since {moment(line.started_at)} UTC"
    if line.state is DaemonState.SYNCING:
        return f"{since}, syncing {', '.join(line.modules)} since {moment(line.since)} UTC."
    if line.state is DaemonState.RESTING:
        return f"{since}, resting until {moment(line.trouble_until)} UTC: {line.trouble}"
    if line.next_look is None:
        return f"{since}, waiting for a module to be switched on."
    return f"{since}, looks again at {moment(line.next_look)} UTC."


def _show_sides(screen: Screen, now: Status) -> None:
    screen.table(
        ["Product", "Org", "Signed in as", "#Credits left", "#Used in 24 h", "Checked (UTC)"],
        [
            (
                side.title,
                side.org,
                side.user if side.connected else "nobody: it was disconnected",
                f"{side.credits_left:,}",
                f"{side.credits_used:,}",
                moment(side.checked_at),
            )
            for side in now.sides
        ],
    )


def _show_modules(screen: Screen, now: Status) -> None:
    screen.table(
        ["Module", "State", "Kind", *pairs.COLUMNS],
        [(line.name, line.state, kind.plural, *pairs.numbers(kind)) for line in now.modules for kind in line.kinds],
    )
    if now.cursors:
        screen.table(
            ["Product", "Kind", "Read up to (UTC)", "Last looked (UTC)"],
            [(each.product, each.kind, each.position, moment(each.updated_at)) for each in now.cursors],
        )
    if now.reasons:
        screen.table(
            ["Product", "Kind", "#Records", "State", "Why"],
            [(each.product, each.kind, f"{each.number:,}", each.state, each.why) for each in now.reasons],
            title="Set aside",
        )
