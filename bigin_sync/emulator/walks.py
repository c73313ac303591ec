"""Ways through a table in the order a list asks for, along its indexes, from any place on."""

from collections.abc import Iterator
from typing import Literal

from bigin_sync.emulator.table import Index, Row, Table

SortKey = Literal["id", "Created_Time", "Modified_Time"]
Place = tuple[int, int]
"""Sort key and id of a row; for the order by id both are the id."""


def walk(
    table: Table, sort_by: SortKey, *, ascending: bool, after: Place | None, since: int | None = None
) -> Iterator[Row]:
    """The rows in order, from behind `after` on; since: none that was modified before (order by Modified_Time only).

    Times descend with ids descending. Times ascend with ids *descending* inside one second, as both products were seen
    to answer: "(time, id) greater than" is no way to go through such a list.
    """
    rows = table.rows
    if sort_by == "id":
        for number in _by_id(table.by_id, ascending=ascending, after=after):
            yield rows[str(number)]
        return
    index = table.by_modified if sort_by == "Modified_Time" else table.by_created
    pairs = _rising(index, after=after, since=since) if ascending else _falling(index, after=after, since=since)
    for _, number in pairs:
        yield rows[str(number)]


def place_of(row: Row, sort_by: SortKey) -> Place:
    """Where a row stands in that order."""
    number = int(row.id)
    if sort_by == "id":
        return (number, number)
    return (row.modified if sort_by == "Modified_Time" else row.created, number)


def _by_id(index: Index[int], *, ascending: bool, after: Place | None) -> Iterator[int]:
    edge = None if after is None else after[1]
    if ascending:
        yield from index.irange(minimum=edge, inclusive=(False, True))
    else:
        yield from index.irange(maximum=edge, inclusive=(True, False), reverse=True)


def _falling(index: Index[Place], *, after: Place | None, since: int | None) -> Iterator[Place]:
    low = None if since is None else (since, 0)
    yield from index.irange(minimum=low, maximum=after, inclusive=(True, False), reverse=True)


def _rising(index: Index[Place], *, after: Place | None, since: int | None) -> Iterator[Place]:
    if after is not None:
        second = after[0]
        yield from index.irange((second, 0), after, inclusive=(True, False), reverse=True)
        start = index.bisect_left((second + 1, 0))
    else:
        start = 0 if since is None else index.bisect_left((since, 0))
    while start < len(index):
        second = index[start][0]
        yield from index.irange((second, 0), (second + 1, 0), inclusive=(True, False), reverse=True)
        start = index.bisect_left((second + 1, 0))
