"""Ways through a table in the order a list asks for, along its indexes, from any place on."""

from collections.abc import Iterator
from typing import Literal

from bigin_sync.emulator.table import Index, Row, Table

SortKey = Literal["id", "Created_Time", "Modified_Time"]
Place = tuple[int, int]
"""Sort key and id of a row; for the order by id both are the id."""


def walk(
    table: Table,
    sort_by: SortKey,
    *,
    ascending: bool,
    after: Place | None,
    since: int | None = None,
    skip: int = 0,
) -> Iterator[Row]:
    """The rows in order, from behind `after` on, the first `skip` left out at no cost.

    since: none that was modified before (order by Modified_Time only). Times descend with ids descending. Times ascend
    with ids *descending* inside one second, as both products were seen to answer: "(time, id) greater than" is no way
    to go through such a list. `skip` is for pages by number, which have no `after`.
    """
    rows = table.rows
    if sort_by == "id":
        for number in _by_id(table.by_id, ascending=ascending, after=after, skip=skip):
            yield rows[str(number)]
        return
    index = table.by_modified if sort_by == "Modified_Time" else table.by_created
    if ascending:
        pairs = _rising(index, after=after, since=since, skip=skip)
    else:
        pairs = _falling(index, after=after, since=since, skip=skip)
    for _, number in pairs:
        yield rows[str(number)]


def place_of(row: Row, sort_by: SortKey) -> Place:
    """Where a row stands in that order."""
    number = int(row.id)
    if sort_by == "id":
        return (number, number)
    return (row.modified if sort_by == "Modified_Time" else row.created, number)


def _by_id(index: Index[int], *, ascending: bool, after: Place | None, skip: int) -> Iterator[int]:
    if ascending:
        start = 0 if after is None else index.bisect_right(after[1])
        yield from index.islice(start + skip, len(index))
        return
    stop = len(index) if after is None else index.bisect_left(after[1])
    yield from index.islice(0, max(0, stop - skip), reverse=True)


def _falling(index: Index[Place], *, after: Place | None, since: int | None, skip: int) -> Iterator[Place]:
    start = 0 if since is None else index.bisect_left((since, 0))
    stop = len(index) if after is None else index.bisect_left(after)
    yield from index.islice(start, max(start, stop - skip), reverse=True)


def _rising(index: Index[Place], *, after: Place | None, since: int | None, skip: int) -> Iterator[Place]:
    if after is not None:
        low, stop = _second(index, after[0])
        yield from index.islice(low, index.bisect_left(after), reverse=True)
    else:
        stop = 0 if since is None else index.bisect_left((since, 0))
        if stop + skip >= len(index):
            return
        if skip:
            place = stop + skip
            low, stop = _second(index, index[place][0])
            yield from index.islice(low, stop - (place - low), reverse=True)
    while stop < len(index):
        low, stop = _second(index, index[stop][0])
        yield from index.islice(low, stop, reverse=True)


def _second(index: Index[Place], second: int) -> tuple[int, int]:
    """The positions that hold the rows of one second, from and up to."""
    return index.bisect_left((second, 0)), index.bisect_left((second + 1, 0))
