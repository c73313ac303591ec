"""Errors to words: the one place where an exception becomes sentences and an exit code."""

import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

from rich.text import Text

from bigin_sync.cli.screen import Screen, plain
from bigin_sync.clock import Clock
from bigin_sync.errors import BiginSyncError, BrakePulled, Bug, ModuleStopped, Refused, quotable
from bigin_sync.redact import Redactor


def told(error: BiginSyncError, screen: Screen, *, redactor: Redactor, as_json: bool = False) -> int:
    """Say what happened, why it matters and what to type next; the answer is the exit code.

    as_json: standard output is to hold a JSON document, which tells the same unless the command has printed its own.
    """
    if as_json and not error.answered:
        screen.json(_as_json_of(error, redactor))
    heading = _heading(error)
    lines = Text.assemble((f"{heading}: ", "bold red"), plain(redactor.text(error.what)))
    for name, part in (("Why", error.why), ("Next", error.next)):
        if part:
            lines.append(f"\n{name:<4}  ", style="bold")
            lines.append(plain(redactor.text(part)))
    screen.err.print(lines, soft_wrap=True)
    return error.exit_code


def crashed(
    error: Exception, screen: Screen, *, folder: Path, clock: Clock, redactor: Redactor, as_json: bool = False
) -> int:
    """A bug: the report is written to a file without secrets and values, and only its place is shown."""
    bug = Bug(
        f"bigin-sync met something it did not expect ({_named(error, type(error).__name__)[:300]}).",
        why="This is a mistake in the program, not in what you typed. Nothing that was written is lost.",
        hint=_kept(error, folder, clock=clock, redactor=redactor),
    )
    return told(bug, screen, redactor=redactor, as_json=as_json)


def write_report(report: str, folder: Path, *, clock: Clock) -> Path:
    """Write the report of a bug into the state folder, for its owner's eyes only. Raises `OSError`."""
    path = folder / f"crash-{clock.now():%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(report)
    return path


def report_of(error: Exception, redactor: Redactor) -> str:
    """What has to be known of a bug: which errors led to it, and where. Without secrets, and without a message that may
    quote a record: somebody will send it to us.
    """
    return redactor.text("".join(_story(error)))


def _as_json_of(error: BiginSyncError, redactor: Redactor) -> dict[str, object]:
    parts = {"what": error.what, "why": error.why, "next": error.next}
    told = {"error": {name: redactor.text(part) for name, part in parts.items()} | {"exit_code": error.exit_code}}
    return told | ({"stopped": error.stopped} if isinstance(error, ModuleStopped) else {})


def _heading(error: BiginSyncError) -> str:
    if isinstance(error, Refused):
        return "Not done"
    return "Stopped by a brake" if isinstance(error, BrakePulled) else "Stopped"


def _story(error: BaseException) -> Iterator[str]:
    """As Python tells it, the first cause first."""
    for before, joint in (
        (error.__cause__, "The above exception was the direct cause of the following exception:"),
        (error.__context__, "During handling of the above exception, another exception occurred:"),
    ):
        if before is not None and (before is error.__cause__ or not error.__suppress_context__):
            yield from _story(before)
            yield f"\n{joint}\n\n"
            break
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_named(error, f'{type(error).__module__}.{type(error).__qualname__}')}\n"
    for part in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield indent("".join(_story(part)), "  ")


def _named(error: BaseException, name: str) -> str:
    """Its name, and what may be told of what it says."""
    return f"{name}: {said}" if (said := quotable(error)) else f"{name} (what it says may quote a record)"


def _kept(error: Exception, folder: Path, *, clock: Clock, redactor: Redactor) -> str:
    report = report_of(error, redactor)
    try:
        path = write_report(report, folder, clock=clock)
    except OSError as trouble:
        return f"The report could not be written to {folder} ({trouble.strerror}); it follows.\n{report}"
    return f"Run the command again; if it happens again, send us the report (it holds no secrets and no record): {path}"
