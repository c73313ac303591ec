"""Picks the rows of a query out of a table, along an index wherever one serves.

A page ordered by id, Modified_Time or Created_Time is a walk along that index from the place where the page
begins; nothing is sorted. Rows of one second that a query puts in no order come with descending ids, as
recorded lists do: a client that takes them for ascending breaks here as it may there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from bigin_sync.emulator.coql_bounds import Bounds
from bigin_sync.emulator.coql_filter import Predicate
from bigin_sync.emulator.table import Row, Table

_SORT_COST = 4
"""What sorting one row costs, in rows walked past."""
_WALKED_FIRST = 8
"""Rows worth walking past for every row wanted, before sorting is tried."""


@dataclass(frozen=True, slots=True)
class Path:
    """An order that an index has: by `id`, or by `modified` or `created` and then id."""

    index: str
    ascending: bool
    ids_ascending: bool

    def key(self, row: Row) -> tuple[int, int]:
        """What sorts rows into this order, smallest first."""
        number = int(row.id) if self.ids_ascending else -int(row.id)
        if self.index == "id":
            return (0, number)
        moment = row.modified if self.index == "modified" else row.created
        return (moment if self.ascending else -moment, number)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an index: positions from `start` up to, not including, `stop`."""

    index: Any
    start: int
    stop: int
    number: Callable[[Any], int]
    """The row id an entry of the index holds."""

    def __len__(self) -> int:
        return max(0, self.stop - self.start)


def stretches(table: Table, found: Bounds) -> dict[str, Stretch]:
    """The part of each index that the bounds leave."""
    modified, created = found.modified, found.created
    return {
        "id": Stretch(
            table.by_id,
            table.by_id.bisect_left(found.low_id),
            table.by_id.bisect_right(found.high_id),
            int,
        ),
        "modified": Stretch(
            table.by_modified,
            table.by_modified.bisect_left(modified.low),
            table.by_modified.bisect_right(modified.high),
            _second,
        ),
        "created": Stretch(
            table.by_created,
            table.by_created.bisect_left(created.low),
            table.by_created.bisect_right(created.high),
            _second,
        ),
    }


def matching(table: Table, found: Bounds, *, admits: Predicate) -> Iterator[Row]:
    """Every row within the bounds that is admitted, in no order; walks the shortest stretch there is."""
    return filter(admits, _rows(table, _numbers(table, found)))


def page(table: Table, found: Bounds, *, admits: Predicate | None, path: Path, offset: int, count: int) -> list[Row]:
    """`count` rows from `offset` on, in the order of the path.

    `admits` is the whole condition, or nothing where the stretch of the path's own index answers it all.
    """
    here = stretches(table, found)[path.index]
    if admits is None:
        return list(_rows(table, islice(_walk(here, path, skip=offset), count)))
    patience = _patience(table, found, here, wanted=offset + count)
    walked = islice(_walk(here, path, skip=0), patience)
    rows = list(islice(filter(admits, _rows(table, walked)), offset, offset + count))
    if len(rows) == count or patience >= len(here):
        return rows
    return list(islice(filter(admits, _gathered(table, found, path)), offset, offset + count))


def _patience(table: Table, found: Bounds, here: Stretch, *, wanted: int) -> int:
    """How many rows to walk past before the rows of a shorter stretch are gathered and sorted instead."""
    shortest = len(found.ids) if found.ids is not None else min(map(len, stretches(table, found).values()))
    if shortest >= len(here):
        return len(here)
    patience = _WALKED_FIRST * wanted
    return patience if patience <= shortest * _SORT_COST else 0


def _gathered(table: Table, found: Bounds, path: Path) -> Iterable[Row]:
    """The rows of the shortest stretch in the order of the path."""
    if path.index == "id":
        return _rows(table, sorted(_numbers(table, found), reverse=not path.ascending))
    return sorted(_rows(table, _numbers(table, found)), key=path.key)


def _numbers(table: Table, found: Bounds) -> Iterable[int]:
    """The ids the bounds leave, by the index that leaves fewest."""
    if found.ids is not None:
        return (one for one in found.ids if str(one) in table.rows)
    shortest = min(stretches(table, found).values(), key=len)
    return map(shortest.number, shortest.index.islice(shortest.start, shortest.stop))


def _rows(table: Table, numbers: Iterable[int]) -> Iterator[Row]:
    rows = table.rows
    return (rows[str(number)] for number in numbers)


def _walk(here: Stretch, path: Path, *, skip: int) -> Iterator[int]:
    """Row ids of a stretch in the order of the path, without the first `skip`."""
    if path.ascending == path.ids_ascending or path.index == "id":
        start, stop = (here.start + skip, here.stop) if path.ascending else (here.start, here.stop - skip)
        entries = here.index.islice(start, max(start, stop), reverse=not path.ascending)
        return (here.number(entry) for entry in entries)
    return _walk_by_second(here, path, skip=skip)


def _walk_by_second(here: Stretch, path: Path, *, skip: int) -> Iterator[int]:
    """One way through the seconds, the other way through the ids of each second."""
    if skip >= len(here):
        return
    # The second the page begins in is found by its place, and may be a long one; those after it are read through.
    first, last = _second_around(here, here.start + skip if path.ascending else here.stop - 1 - skip)
    left = skip - (first - here.start if path.ascending else here.stop - last)
    begin, end = (first + left, last) if path.ids_ascending else (first, last - left)
    for entry in here.index.islice(begin, end, reverse=not path.ids_ascending):
        yield entry[1]
    begin, end = (last, here.stop) if path.ascending else (here.start, first)
    for _, entries in groupby(here.index.islice(begin, end, reverse=not path.ascending), key=itemgetter(0)):
        yield from (entry[1] for entry in reversed(list(entries)))


def _second_around(here: Stretch, position: int) -> tuple[int, int]:
    """The positions of the stretch that hold the same second as this one."""
    second = here.index[position][0]
    first = max(here.start, here.index.bisect_left((second, 0)))
    return first, min(here.stop, here.index.bisect_left((second + 1, 0)))


def _second(entry: tuple[int, int]) -> int:
    return entry[1]
