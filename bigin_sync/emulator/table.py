"""The live records of one module of one org, with the indexes that keep every page cheap."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from sortedcontainers import SortedList

Values = dict[str, object]
"""Field api_name -> stored value; a field without a value has no key.

Texts are `str`, numbers as JSON gave them, dates `YYYY-MM-DD`, times aware UTC `datetime` in whole seconds, lookups
and owners bare ids, tags a list of tag ids, anything else plain JSON. The module of a record an activity or a note
hangs on is kept beside it under `$se_module`."""


T = TypeVar("T")


class Index(Protocol[T]):
    """What is asked of a sorted list of keys."""

    def __len__(self) -> int: ...

    def __getitem__(self, position: int) -> T: ...

    def add(self, key: T) -> None:
        """Puts a key in its place."""

    def remove(self, key: T) -> None:
        """Takes a key out; it must be there."""

    def update(self, keys: Iterable[T]) -> None:
        """Puts many keys in their places."""

    def __iter__(self) -> Iterator[T]: ...

    def bisect_left(self, key: T) -> int:
        """How many keys are smaller."""
        ...

    def bisect_right(self, key: T) -> int:
        """How many keys are smaller or equal."""
        ...

    def islice(self, start: int, stop: int, *, reverse: bool = False) -> Iterator[T]:
        """The keys at positions from `start` up to, not including, `stop`."""
        ...

    def irange(
        self,
        minimum: T | None = None,
        maximum: T | None = None,
        *,
        inclusive: tuple[bool, bool] = (True, True),
        reverse: bool = False,
    ) -> Iterator[T]:
        """The keys between two, ascending or descending."""
        ...


class Row:
    """One record: its values and the four audit facts; times are whole epoch seconds, people are user ids."""

    __slots__ = ("created", "created_by", "id", "modified", "modified_by", "values")

    def __init__(
        self,
        id: str,
        values: Values,
        *,
        created: int,
        created_by: str,
        modified: int | None = None,
        modified_by: str | None = None,
    ) -> None:
        self.id = id
        self.values = values
        self.created = created
        self.modified = created if modified is None else modified
        self.created_by = created_by
        self.modified_by = created_by if modified_by is None else modified_by

    def copy(self) -> "Row":
        """The row as it is now; what is written later does not reach the copy."""
        return Row(
            self.id,
            dict(self.values),
            created=self.created,
            created_by=self.created_by,
            modified=self.modified,
            modified_by=self.modified_by,
        )

    def __repr__(self) -> str:
        return f"Row({self.id}, modified={self.modified}, {self.values})"


class Table:
    """Rows by id, and ordered by id, by (modified, id) and by (created, id).

    `rows` may be read freely; they are changed only through `put`, `put_many`, `take`, `change`, `touch` and
    `set_quietly`, which keep the indexes right. `find` makes an index of a field the first time that field is asked
    for. `remembering` tells the moment, in epoch seconds, while what a change replaces is to be kept for `as_of`, and
    `None` while it is not.
    """

    __slots__ = ("_found_by", "_remembering", "_replaced", "by_created", "by_id", "by_modified", "rows")

    def __init__(self, remembering: Callable[[], int | None] = lambda: None) -> None:
        self.rows: dict[str, Row] = {}
        self.by_id: Index[int] = SortedList()
        """Ids as `int`, ascending."""
        self.by_modified: Index[tuple[int, int]] = SortedList()
        """`(modified, int id)`, ascending."""
        self.by_created: Index[tuple[int, int]] = SortedList()
        """`(created, int id)`, ascending."""
        self._found_by: dict[str, dict[str, list[str]]] = {}
        self._remembering = remembering
        self._replaced: deque[tuple[int, str, Row | None]] = deque()
        """(when, row id, what the row was before; `None` if it was not there), oldest first."""

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, row_id: str) -> Row | None:
        """The row of that id, if it is live."""
        return self.rows.get(row_id)

    def put(self, row: Row) -> None:
        """Adds one row whose id is not here yet."""
        self._remember(row.id)
        number = int(row.id)
        self.rows[row.id] = row
        self.by_id.add(number)
        self.by_modified.add((row.modified, number))
        self.by_created.add((row.created, number))
        for field, index in self._found_by.items():
            _note(index, row.values.get(field), row.id)

    def put_many(self, rows: Iterable[Row]) -> None:
        """Adds many rows at once, at a fraction of the cost of adding each."""
        fresh = list(rows)
        self._remember(*(row.id for row in fresh))
        self.rows.update((row.id, row) for row in fresh)
        self.by_id.update(int(row.id) for row in fresh)
        self.by_modified.update((row.modified, int(row.id)) for row in fresh)
        self.by_created.update((row.created, int(row.id)) for row in fresh)
        for field, index in self._found_by.items():
            for row in fresh:
                _note(index, row.values.get(field), row.id)

    def take(self, row_id: str) -> Row | None:
        """Removes a row and hands it back, unchanged."""
        row = self.rows.get(row_id)
        if row is None:
            return None
        self._remember(row_id)
        del self.rows[row_id]
        number = int(row_id)
        self.by_id.remove(number)
        self.by_modified.remove((row.modified, number))
        self.by_created.remove((row.created, number))
        for field, index in self._found_by.items():
            _forget(index, row.values.get(field), row_id)
        return row

    def change(self, row: Row, values: Mapping[str, object], *, modified: int, modified_by: str) -> None:
        """Writes the values given (`None` empties a field) and moves the row's Modified_Time."""
        self._remember(row.id)
        for field, value in values.items():
            self._set(row, field, value)
        self._move(row, modified=modified, modified_by=modified_by)

    def touch(self, row: Row, *, modified: int, modified_by: str) -> None:
        """Moves Modified_Time and Modified_By alone."""
        self._remember(row.id)
        self._move(row, modified=modified, modified_by=modified_by)

    def set_quietly(self, row: Row, field: str, value: object) -> None:
        """Writes one value without moving Modified_Time, as the server does with what it derives."""
        self._remember(row.id)
        self._set(row, field, value)

    def find(self, field: str, value: str) -> tuple[str, ...]:
        """Ids of the rows whose text, or id, in that field equals the value, whatever the case; ascending."""
        index = self._found_by.get(field)
        if index is None:
            index = {}
            for number in self.by_id:
                row_id = str(number)
                _note(index, self.rows[row_id].values.get(field), row_id)
            self._found_by[field] = index
        return tuple(sorted(index.get(value.casefold(), ()), key=int))

    def as_of(self, moment: int) -> "Table":
        """The table as it was after that second, as far as what was replaced since is kept; this one if nothing was.

        moment: never before that of an earlier call.
        """
        while self._replaced and self._replaced[0][0] <= moment:
            self._replaced.popleft()
        if not self._replaced:
            return self
        shown: dict[str, Row | None] = dict(self.rows)
        shown.update((row_id, row) for _, row_id, row in reversed(self._replaced))
        then = Table()
        then.put_many(row for row in shown.values() if row is not None)
        return then

    def _remember(self, *row_ids: str) -> None:
        now = self._remembering()
        if now is not None:
            found = ((row_id, self.rows.get(row_id)) for row_id in row_ids)
            self._replaced.extend((now, row_id, row and row.copy()) for row_id, row in found)

    def _move(self, row: Row, *, modified: int, modified_by: str) -> None:
        number = int(row.id)
        if modified != row.modified:
            self.by_modified.remove((row.modified, number))
            self.by_modified.add((modified, number))
            row.modified = modified
        row.modified_by = modified_by

    def _set(self, row: Row, field: str, value: object) -> None:
        index = self._found_by.get(field)
        if index is not None:
            _forget(index, row.values.get(field), row.id)
            _note(index, value, row.id)
        if value is None:
            row.values.pop(field, None)
        else:
            row.values[field] = value


def _note(index: dict[str, list[str]], value: object, row_id: str) -> None:
    if isinstance(value, str):
        index.setdefault(value.casefold(), []).append(row_id)


def _forget(index: dict[str, list[str]], value: object, row_id: str) -> None:
    if not isinstance(value, str):
        return
    key = value.casefold()
    ids = index.get(key)
    if ids is None or row_id not in ids:
        return
    ids.remove(row_id)
    if not ids:
        del index[key]
