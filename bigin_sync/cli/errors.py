"""Errors to words: the one place where an exception becomes sentences and an exit code."""

import os
import traceback
from pathlib import Path

from rich.text import Text

from bigin_sync.cli.screen import Screen, plain
from bigin_sync.clock import Clock
from bigin_sync.errors import BiginSyncError, BrakePulled, Bug, Refused
from bigin_sync.redact import Redactor


def told(error: BiginSyncError, screen: Screen, *, redactor: Redactor) -> int:
    """Say what happened, why it matters and what to type next; the answer is the exit code."""
    heading = _heading(error)
    lines = Text.assemble((f"{heading}: ", "bold red"), plain(redactor.text(error.what)))
    for name, part in (("Why", error.why), ("Next", error.hint)):
        if part:
            lines.append(f"\n{name:<4}  ", style="bold")
            lines.append(plain(redactor.text(part)))
    screen.err.print(lines, soft_wrap=True)
    return error.exit_code


def crashed(error: Exception, screen: Screen, *, folder: Path, clock: Clock, redactor: Redactor) -> int:
    """A bug: the report is written to a file without secrets, and only its place is shown."""
    summary = f"{type(error).__name__}: {error}"
    bug = Bug(
        f"bigin-sync met something it did not expect ({redactor.text(summary)[:300]}).",
        why="This is a mistake in the program, not in what you typed. Nothing that was written is lost.",
        hint=_kept(error, folder, clock=clock, redactor=redactor),
    )
    return told(bug, screen, redactor=redactor)


def write_report(report: str, folder: Path, *, clock: Clock) -> Path:
    """Write the report of a bug into the state folder, for its owner's eyes only. Raises `OSError`."""
    path = folder / f"crash-{clock.now():%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(report)
    return path


def report_of(error: Exception, redactor: Redactor) -> str:
    """What has to be known of a bug, without secrets."""
    return redactor.text("".join(traceback.format_exception(error)))


def _heading(error: BiginSyncError) -> str:
    if isinstance(error, Refused):
        return "Not done"
    return "Stopped by a brake" if isinstance(error, BrakePulled) else "Stopped"


def _kept(error: Exception, folder: Path, *, clock: Clock, redactor: Redactor) -> str:
    report = report_of(error, redactor)
    try:
        path = write_report(report, folder, clock=clock)
    except OSError as trouble:
        return f"The report could not be written to {folder} ({trouble.strerror}); it follows.\n{report}"
    return f"Run the command again; if it happens again, send us the report (it holds no secrets): {path}"
