"""Ending: how a command that made a run ends, and what it says of modules that are stopped."""

from collections.abc import Mapping

import typer

from bigin_sync.errors import BrakePulled
from bigin_sync.jobs.room import Room
from bigin_sync.store.modules import StoppedBy
from bigin_sync.sync.progress import Counts, Report, Stop

UNSETTLED = 1
"""Exit code of a command that did its work, while records need a person."""


def end(room: Room, report: Report) -> None:
    """Leave with the exit code that a run deserves; a module that is stopped is told as the error it is."""
    if report.stopped:
        error = stopped(room, report.stopped, counts=report.counts, dry=report.state == "dry")
        error.answered = True
        raise error
    if not report.clean:
        raise typer.Exit(UNSETTLED)


def stopped(room: Room, stops: Mapping[str, Stop], *, counts: Mapping[str, Counts], dry: bool) -> BrakePulled:
    """Which modules are stopped, why, and what to type next. counts: what the run came to that has just ended."""
    braked = [name for name, stop in stops.items() if stop.by is StoppedBy.BRAKE]
    told = (f"{_since_when(room, name, counts, dry=dry)}: {stop.why.rstrip('.')}." for name, stop in stops.items())
    hints = [_way_on(name, dry=dry) for name in braked]
    return BrakePulled(
        " ".join(told),
        why="That is more often an accident (a wrong view, an import gone astray, a role taken away) than meant."
        if braked
        else "What to sync is never guessed.",
        hint=" ".join(hints) or "bigin-sync modules shows every module and what to do.",
    )


def _since_when(room: Room, name: str, counts: Mapping[str, Counts], *, dry: bool) -> str:
    """A module that is stopped, and whether anything of it had been written, or that it stands so since earlier."""
    of_it = [counts[kind] for kind in room.pairing.module(name).kinds if kind in counts]
    if not of_it:
        return f"{name}, by an earlier run"
    return name if dry or any(each.writes for each in of_it) else f"{name}, before anything was written to it"


def _way_on(name: str, *, dry: bool) -> str:
    release = f"bigin-sync module release {name}"
    if dry:
        return f"If it is meant, and a sync was stopped by it: {release}"
    return f"bigin-sync plan {name}; if it is meant: {release}."
