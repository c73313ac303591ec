"""COQL: runs a query against an org as the database of either product would, never as its search index does."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bigin_sync.emulator import views
from bigin_sync.emulator.cells import Family, rank
from bigin_sync.emulator.columns import Bound, NoSuchColumn, bind
from bigin_sync.emulator.coql_bounds import Bounds, bounds, narrowed_by_value
from bigin_sync.emulator.coql_faults import (
    UNSUPPORTED_TYPE,
    module_closed,
    out_of_place,
    refused,
    unknown_module,
    unknown_view,
)
from bigin_sync.emulator.coql_filter import Predicate, column, predicate
from bigin_sync.emulator.coql_groups import grouped
from bigin_sync.emulator.coql_limits import check, limits_of
from bigin_sync.emulator.coql_parse import parse
from bigin_sync.emulator.coql_show import shown
from bigin_sync.emulator.coql_tree import Ordering, Query, columns
from bigin_sync.emulator.coql_walk import Path, matching, page
from bigin_sync.emulator.metadata import MULTI_TYPES
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError, Reply, nothing
from bigin_sync.emulator.table import Row, Table
from bigin_sync.emulator.users import User
from bigin_sync.emulator.wire import NEWEST

_CLOSED = frozenset({"Notes", "Attachments"})
"""Modules the documents of COQL leave out of their list."""
_MULTI_LINE = frozenset({"textarea", "mediumtext"})
_INDEXES: dict[tuple[str, ...], str] = {("id",): "id", ("Modified_Time",): "modified", ("Created_Time",): "created"}
_DEFAULT_ROWS = 200

read = lru_cache(maxsize=256)(parse)
"""`parse`, which remembers the queries it read last."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one page, shown as the API shows them, and whether more would follow."""

    rows: Sequence[object]
    more_records: bool

    def reply(self) -> Reply:
        """The answer to send: 204 where nothing was found."""
        if not self.rows:
            return nothing()
        return Reply(200, {"data": self.rows, "info": {"count": len(self.rows), "more_records": self.more_records}})


def rows_asked(text: str) -> int:
    """The LIMIT of a query, which its price goes by; the default where the query cannot be read."""
    try:
        return read(text).limit
    except ApiError:
        return _DEFAULT_ROWS


def modules_read(org: Org, text: str) -> Iterator[str]:
    """The module a query asks, whether there is one or not, and those that its dotted columns lead to.

    Columns that there are not are passed over. Raises `ApiError` where the query cannot be read.
    """
    query = read(text)
    yield query.module
    if query.module in org.modules:
        for one in columns(query):
            with suppress(NoSuchColumn):
                yield from bind(org, query.module, one.path, into=one.module).through


def run(org: Org, user: User, text: str, *, version: int = NEWEST) -> Answer:
    """Answers a query as this user would see it; raises the `ApiError` that tells what is wrong with it."""
    query = read(text)
    module = org.modules.get(query.module)
    if module is None or not module.api_supported:
        raise unknown_module(query.module)
    if query.module in _CLOSED:
        raise module_closed()
    check(query, limits_of(org.product))
    _check_columns(org, query)
    admits, exact = _admission(org, user, query)
    table = org.listed(query.module)
    if query.groups or any(one.aggregate is not None for one in query.selected):
        matched = matching(table, bounds(query.where), admits=admits)
        summed = grouped(org, query, matched, user=user, version=version)
        return _cut(summed[query.offset : query.offset + query.limit + 1], query)
    rows = _rows(org, table, query, admits=admits, exact=exact)
    more = len(rows) > query.limit
    return Answer(shown(org, query, rows[: query.limit], user=user, version=version), more)


def _cut(rows: Sequence[object], query: Query) -> Answer:
    return Answer(rows[: query.limit], len(rows) > query.limit)


def _admission(org: Org, user: User, query: Query) -> tuple[Predicate, bool]:
    """The whole condition of a query, and whether a view has no part in it."""
    condition = predicate(org, query.module, query.where)
    if query.view is None:
        return condition, True
    view = org.modules[query.module].view(query.view)
    if view is None:
        raise unknown_view(query.view)
    in_view = views.predicate(org, query.module, view.criteria, user=user)
    return (lambda row: condition(row) and in_view(row)), False


def _rows(org: Org, table: Table, query: Query, *, admits: Predicate, exact: bool) -> list[Row]:
    """The rows of the page and, if there is one, the row after it."""
    count = query.limit + 1
    found = narrowed_by_value(bounds(query.where), table, org.modules[query.module])
    path = _path(query.orderings)
    if path is not None:
        answered = exact and _answered(found, path)
        return page(table, found, admits=None if answered else admits, path=path, offset=query.offset, count=count)
    rows = sorted(matching(table, found, admits=admits), key=lambda row: int(row.id))
    for one in reversed(query.orderings):
        rows.sort(key=_by(column(org, query.module, one.column)), reverse=not one.ascending)
    return rows[query.offset : query.offset + count]


def _by(bound: Bound) -> Callable[[Row], tuple[bool, Any]]:
    """What sorts rows by a column."""
    return lambda row: rank(bound.read(row))


def _path(orderings: tuple[Ordering, ...]) -> Path | None:
    """The index that has the order asked for, if there is one; without an order it is by id."""
    if not orderings:
        return Path("id", ascending=True, ids_ascending=True)
    first = orderings[0]
    index = _INDEXES.get(first.column.path)
    if index is None:
        return None
    if index == "id":
        return Path(index, first.ascending, first.ascending)
    if len(orderings) == 1:
        return Path(index, first.ascending, ids_ascending=False)
    second = orderings[1]
    return Path(index, first.ascending, second.ascending) if second.column.path == ("id",) else None


def _answered(found: Bounds, path: Path) -> bool:
    """Whether the stretch of the path's own index holds the rows of the query and no others."""
    if found.rest or found.ids is not None:
        return False
    others = {
        "id": found.modified.everything and found.created.everything,
        "modified": found.any_id and found.created.everything,
        "created": found.any_id and found.modified.everything,
    }
    return others[path.index]


def _check_columns(org: Org, query: Query) -> None:
    """Refuses columns that COQL does not show, or does not sort by, whatever their name."""
    closed = MULTI_TYPES - {"multiselectpicklist"} | (_MULTI_LINE if org.product == "bigin" else frozenset())
    for one in query.selected:
        field = column(org, query.module, one.column).field
        if field.data_type in closed or (field.api_name == "Tag" and org.product == "bigin"):
            raise refused(one.column.text, UNSUPPORTED_TYPE)
    for each in query.orderings:
        if column(org, query.module, each.column).family in (Family.OPAQUE, Family.LONG_TEXT, Family.CHOICES):
            raise out_of_place(each.column.text, "order by")
