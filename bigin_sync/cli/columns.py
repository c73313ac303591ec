"""Columns: how wide each column of a table is where a window bounds them. Pure.

Left to itself, a table that does not fit is shrunk wherever it can be, which breaks short words and hides numbers. Here
no number and no word is broken as long as there is room for them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

LONGEST = (40, 20)
"""Longer words may be broken: an address only if it must be, a record's id (19 digits) never, since it is copied."""
EDGES = 2
BETWEEN = 3
"""Columns of the window that a table takes for itself: outside, and between two of its columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its cells as text, and whether they are numbers."""

    title: str
    cells: Sequence[str]
    number: bool

    @property
    def empty(self) -> bool:
        """Whether it tells nothing: numbers that are all nought."""
        return self.number and all(cell in ("", "0") for cell in self.cells)

    @property
    def wanted(self) -> int:
        """The width at which nothing is wrapped."""
        return max(cell_len(line) for text in (self.title, *self.cells) for line in text.split("\n"))

    def least(self, *, longest: int) -> int:
        """The width below which numbers, or words that are not longer than this, would be broken."""
        words = (cell_len(word) for text in (self.title, *self.cells) for word in text.split())
        wide = max(words, default=0)
        return wide if self.number else min(wide, longest)


def fitting(columns: Sequence[Column], width: int) -> dict[int, int] | None:
    """The columns to show in so wide a window and the width of each, by their place; None if they don't fit at all.

    Where they don't, columns of noughts are left out, the last ones first, and only as many as it takes.
    """
    shown = dict(enumerate(columns))
    idle = [place for place, column in shown.items() if column.empty]
    while True:
        for longest in LONGEST:
            if widths := _shared_out(shown, width, longest=longest):
                return widths
        if not idle:
            return None
        del shown[idle.pop()]


def _shared_out(columns: Mapping[int, Column], width: int, *, longest: int) -> dict[int, int] | None:
    """Each its least; what is left over goes to those who want more, in equal parts."""
    widths = {place: column.least(longest=longest) for place, column in columns.items()}
    left = width - EDGES - BETWEEN * (len(columns) - 1) - sum(widths.values())
    if left < 0:
        return None
    wants = {place: max(column.wanted - widths[place], 0) for place, column in columns.items()}
    for number, place in enumerate(sorted(wants, key=lambda place: wants[place])):
        more = min(wants[place], left // (len(wants) - number))
        widths[place] += more
        left -= more
    return widths
