"""Progress of a run: bars on a terminal, plain lines anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich import progress
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from bigin_sync.cli.screen import plain
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import Pairing
from bigin_sync.sync.progress import Progress

Stage = tuple[str, str, str]
"""Name of the stage, kind, and the product (empty for a stage that works on both)."""


@contextmanager
def watching(console: Console, pairing: Pairing) -> Iterator[Progress]:
    """A progress that suits the console, and is tidied up at the end."""
    if console.is_terminal:
        with progress.Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        ) as bars:
            yield _Bars(bars, pairing)
            return
    lines = _Lines(console, pairing)
    yield lines
    lines.close()


class _Bars:
    """One bar per stage, kind and side."""

    def __init__(self, bars: progress.Progress, pairing: Pairing) -> None:
        self._bars = bars
        self._pairing = pairing
        self._tasks: dict[Stage, TaskID] = {}

    def stage(self, name: str, *, kind: str, side: Side | None, done: int, total: int | None) -> None:
        key = _key(self._pairing, name, kind, side)
        if key not in self._tasks:
            self._tasks[key] = self._bars.add_task(_described(key), total=total)
        self._bars.update(self._tasks[key], completed=done, total=total)

    def say(self, text: str) -> None:
        self._bars.console.print(Text(plain(text)), soft_wrap=True)


class _Lines:
    """One line for each stage, with its final count, once others follow.

    Kinds are read side by side, and a kind may be planned while it, or the one before, is written: such stages go on
    together.
    """

    def __init__(self, console: Console, pairing: Pairing) -> None:
        self._console = console
        self._pairing = pairing
        self._open: dict[Stage, int] = {}

    def stage(
        self,
        name: str,
        *,
        kind: str,
        side: Side | None,
        done: int,
        total: int | None,  # noqa: ARG002 -- a line is printed when the count is final, so the total adds nothing
    ) -> None:
        stage = _key(self._pairing, name, kind, side)
        if stage not in self._open:
            for key in [key for key in self._open if not _goes_on(key, beside=stage)]:
                self._finish(key)
        elif done < self._open[stage]:  # it began anew
            self._finish(stage)
        self._open[stage] = done

    def say(self, text: str) -> None:
        self._console.print(Text(plain(text)), soft_wrap=True)

    def close(self) -> None:
        """Print the counts of the stages that were under way."""
        for key in list(self._open):
            self._finish(key)

    def _finish(self, key: Stage) -> None:
        self.say(f"{_described(key)}: {self._open.pop(key):,}")


def _goes_on(key: Stage, *, beside: Stage) -> bool:
    """Whether a stage may not be over yet when another one begins."""
    (name, kind, _side), (next_name, next_kind, _next_side) = key, beside
    if name == next_name == "reading" or (name != "reading" and next_name == "planning"):
        return True
    return name != "reading" and kind == next_kind


def _key(pairing: Pairing, name: str, kind: str, side: Side | None) -> Stage:
    return name, kind, "" if side is None else pairing.title(side)


def _described(key: Stage) -> str:
    name, kind, side = key
    return " ".join(part for part in (name, kind, f"({side})" if side else "") if part)
