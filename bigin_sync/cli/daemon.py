"""`bigin-sync daemon`: both orgs kept in sync, all day."""

import os
from importlib.metadata import version
from typing import Annotated

import structlog
import typer

from bigin_sync.admin import runs
from bigin_sync.cli.ending import end
from bigin_sync.cli.errors import report_of, write_report
from bigin_sync.cli.logs import daemon_logs
from bigin_sync.cli.waiting import stop_signal
from bigin_sync.clock import SystemClock
from bigin_sync.errors import BiginSyncError, StopRun
from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.local import keep
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import alive
from bigin_sync.redact import Redactor
from bigin_sync.settings import load_settings
from bigin_sync.sync.progress import Report

log = structlog.get_logger(__name__)


def daemon_command(
    *,
    interval: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Look at every module this often, changes or not.", min=1, max=86_400),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end; for cron and the like.")] = False,
) -> None:
    """Keep both orgs in sync until Ctrl-C or SIGTERM.

    Modules in which something changes are looked at often, quiet ones less often: between BIGIN_SYNC_POLL_MIN and
    BIGIN_SYNC_POLL_MAX seconds apart. When each is due is kept in the database, and nothing is missed meanwhile.
    A module that is switched on while it runs begins its first sync at once.

    Ctrl-C or SIGTERM lets the batch under way land and ends with exit code 0; a second one ends at once, and the next
    start recovers. `bigin-sync status --watch` in another terminal shows what it does. The log goes to standard error:
    for people on a terminal, one JSON object a line anywhere else; never a secret or a record's value.

    For example:

    ```
    bigin-sync daemon
    bigin-sync daemon --interval 60
    bigin-sync daemon --once
    ```
    """
    stop = stop_signal()
    settings = load_settings()
    redactor = Redactor(settings.secrets())
    daemon_logs(settings, redactor)
    bounds = Bounds(interval or settings.poll_min, interval or settings.poll_max)
    clock = SystemClock()
    told: set[str] = set()

    def crashed(error: Exception) -> None:
        """Keep a report of what nobody foresaw, unless it is there already."""
        report = report_of(error, redactor)
        if report in told:
            return
        told.add(report)
        try:
            path = str(write_report(report, settings.home, clock=clock))
        except OSError as trouble:
            path = f"could not be written: {trouble.strerror}"
        log.error("something unforeseen happened", error=type(error).__name__, report=path)

    with Room.open(settings, clock=clock) as room:
        iid = room.connected()
        with alive(room, iid) as vital:
            keeper = Keeper(room, iid, bounds=bounds, vital=vital, stop=stop, crashed=crashed)
            log.info("daemon begins", version=version("bigin-sync"), pid=os.getpid())
            if once:
                _once(room, keeper)
            else:
                keep(keeper, vital, clock=clock, stop=stop)
            log.info("daemon ended")


def _once(room: Room, keeper: Keeper) -> None:
    """One look; what ended its run, or keeps a module stopped, is raised as an error, so that whoever started it hears
    of it.
    """
    report = keeper.look()
    if report is None and (rest := keeper.rest()) is not None:
        told = StopRun(rest.why, hint="bigin-sync status shows how things stand.")
        raise rest.cause if isinstance(rest.cause, BiginSyncError) else told
    report = report or Report(0, "done", {})
    report.stopped = runs.stopped(room) | report.stopped
    end(room, report)
