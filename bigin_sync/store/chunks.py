"""Long lists, cut to what one statement can carry."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_PARAMETERS = 5_000


def chunked(items: Sequence[T], size: int = _PARAMETERS) -> Iterator[Sequence[T]]:
    """The items in order, at most `size` at a time: far below the 32,766 values one SQLite statement takes."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
