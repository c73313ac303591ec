"""Shows the rows a query picked: the columns it asked for, under the keys it gave them, and always `id`."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from bigin_sync.emulator import wire
from bigin_sync.emulator.columns import Bound, fact_of
from bigin_sync.emulator.coql_filter import column
from bigin_sync.emulator.coql_tree import Query
from bigin_sync.emulator.java_order import key_order, ready
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User

Show: TypeAlias = Callable[[Row], object]


def shown(org: Org, query: Query, rows: Iterable[Row], *, user: User, version: int) -> list[object]:
    """The rows as members of `data`."""
    kind, selected = org.modules[query.module], query.selected
    if all(len(one.column.path) == 1 and one.alias is None for one in selected):
        names = [one.key for one in selected]
        return wire.render_all(org, kind, rows, fields=names, user=user, version=version)
    columns: dict[str, Show] = {
        one.key: value_of(org, column(org, query.module, one.column), user=user, version=version) for one in selected
    }
    if not any(one.column.path == ("id",) for one in selected):
        columns["id"] = lambda row: row.id
    keys = key_order(tuple(columns))
    return ready({key: columns[key](row) for key in keys} for row in rows)


def value_of(org: Org, bound: Bound, *, user: User, version: int) -> Show:
    """How one column of any row is shown; `null` where a lookup on the way leads nowhere."""
    name = bound.field.api_name
    kind = None if bound.module is None else org.modules[bound.module]

    def show(row: Row) -> object:
        met = bound.target(row)
        if met is None:
            return None
        if isinstance(met, User):
            return fact_of(met, name)
        if kind is None or name == "id":
            return met.id
        return wire.render(org, kind, met, fields=(name,), user=user, version=version)[name]

    return show
