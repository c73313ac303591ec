"""The screen: tables, sentences and JSON, printed in one way by every command."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TypeAlias

from rich import box
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from bigin_sync.admin.lines import FieldLine
from bigin_sync.cli.columns import Column, fitting

Cell: TypeAlias = str | list[str]
"""One line of text, or several."""

WIDE = 180
"""Columns of a table that goes to a file or a pipe, where no window bounds it."""


def plain(text: str) -> str:
    """A text of unknown origin without characters that could move the cursor, colour the screen or hide themselves."""
    return "".join(char if char.isprintable() else " " if char in "\n\t\r" else "�" for char in text)


class Screen:
    """Where a command's answer goes: results to standard output, remarks and errors to standard error."""

    def __init__(self) -> None:
        width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE
        self.out = Console(markup=False, highlight=False, emoji=False, width=width)
        self.err = Console(markup=False, highlight=False, emoji=False, stderr=True, soft_wrap=True)

    def say(self, text: str, *, style: str = "") -> None:
        """One sentence of the answer."""
        self.show(Text(plain(text), style=style), wraps=False)

    def remark(self, text: str) -> None:
        """A sentence beside the answer, which never gets into a pipe."""
        self.show(Text(plain(text), style="yellow"), wraps=False, aside=True)

    def next(self, text: str) -> None:
        """What to type next."""
        self.show(Text.assemble(("Next  ", "bold cyan"), plain(text)), wraps=False, aside=True)

    def cut(self, number: int, limit: int) -> None:
        """Say that not all of so many lines were shown, if they were not; a limit of 0 is none."""
        if limit and number > limit:
            self.remark(f"The first {limit} of {number:,} are shown; --limit 0 shows all.")

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names and values, one a line, aligned."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in pairs:
            grid.add_row(plain(name), plain(value))
        self.show(grid)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "") -> None:
        """A table; columns whose title starts with `#` hold numbers, which stand right and are never broken.

        In a window that is too narrow for it, columns of noughts are left out, or else each row is shown as names and
        values.
        """
        lines = [[_text(cell) for cell in row] for row in rows]
        parts = [
            Column(name.removeprefix("#"), [line[place] for line in lines], number=name.startswith("#"))
            for place, name in enumerate(columns)
        ]
        widths = fitting(parts, self.out.width)
        if title:
            self.say(title, style="italic")
        self.show(_stacked(parts) if widths is None else _side_by_side(parts, widths))

    def show(self, part: RenderableType, *, wraps: bool = True, aside: bool = False) -> None:
        """A part of the answer; `aside`: beside it. Sentences that a pipe may cut are not wrapped."""
        (self.err if aside else self.out).print(part, soft_wrap=not wraps)

    def json(self, answer: object) -> None:
        """The whole answer as one JSON document, with what `plain` takes away in its escaped form."""
        told = json.dumps(to_json(answer), ensure_ascii=False, indent=2) + "\n"
        escaped = {ord(char): json.dumps(char)[1:-1] for char in set(told) - {"\n"} if not char.isprintable()}
        sys.stdout.write(told.translate(escaped))


def _text(cell: Cell) -> str:
    return plain(cell) if isinstance(cell, str) else "\n".join(map(plain, cell))


def _side_by_side(parts: Sequence[Column], widths: Mapping[int, int]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, width in widths.items():
        side: JustifyMethod = "right" if parts[place].number else "left"
        table.add_column(parts[place].title, justify=side, overflow="fold", width=width)
    for row in zip(*(parts[place].cells for place in widths), strict=True):
        table.add_row(*row)
    return table


def _stacked(parts: Sequence[Column]) -> Table:
    """Row below row, each as names and values, without those that tell nothing."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", overflow="fold")
    grid.add_column(overflow="fold")
    for cells in zip(*(part.cells for part in parts), strict=True):
        grid.add_row("", "")
        for part, cell in zip(parts, cells, strict=True):
            if cell and not (part.number and cell == "0"):
                grid.add_row(part.title, cell)
    return grid


class Sheet(Screen):
    """A screen that prints nothing but keeps what it is given, to be shown and shown again as one picture."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[RenderableType] = []

    def show(self, part: RenderableType, *, wraps: bool = True, aside: bool = False) -> None:  # noqa: ARG002 -- a picture
        """Keep a part."""
        self._parts.append(part)

    def picture(self) -> Group:
        """Everything that was shown, in that order."""
        return Group(*self._parts)


def to_json(answer: object) -> object:
    """The plain JSON of a frozen answer: objects by their fields, times in ISO 8601, sets sorted."""
    if is_dataclass(answer) and not isinstance(answer, type):
        return {each.name: to_json(getattr(answer, each.name)) for each in fields(answer)}
    if isinstance(answer, Enum):
        return to_json(answer.value)
    if isinstance(answer, datetime):
        return answer.isoformat()
    if isinstance(answer, Mapping):
        return {str(to_json(key)): to_json(value) for key, value in answer.items()}
    if isinstance(answer, set | frozenset):
        return sorted((to_json(each) for each in answer), key=str)
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return [to_json(each) for each in answer]
    return answer


def moment(at: datetime | None) -> str:
    """A time as people read it: UTC, to the second; nothing for none."""
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def shown(value: object) -> str:
    """A canonical value as people read it."""
    if value is None:
        return "(blank)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return str(value)


def changes(fields: Iterable[FieldLine]) -> list[str]:
    """The fields of a write, one a line: what was there, and what is to be."""
    return [f"{each.label}: {shown(each.before)} → {shown(each.after)}" for each in fields]


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """`1 record`, `2 records`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def ending(state: str, error: str | None = None) -> str:
    """How a run ended, in words, and what stopped it or a part of it."""
    told = "ended early" if state == "interrupted" else state
    if not error:
        return told
    return f"{told}; stopped was {error}" if state == "done" else f"{told}: {error}"
