"""COUNT, SUM, AVG, MIN and MAX over the rows of a query, in groups or over all of them."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from bigin_sync.emulator.cells import Cell, Family, rank
from bigin_sync.emulator.columns import Bound
from bigin_sync.emulator.coql_faults import aggregate_misused, out_of_place
from bigin_sync.emulator.coql_filter import column
from bigin_sync.emulator.coql_show import value_of
from bigin_sync.emulator.coql_tree import Ordering, Query, Selected
from bigin_sync.emulator.java_order import ordered
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User

_SUMMED = frozenset({Family.NUMBER})
_RANKED = frozenset({Family.NUMBER, Family.DATE, Family.MOMENT})
_CENTS = 2

Measure = Callable[[list[Row]], object]


def grouped(org: Org, query: Query, rows: Iterable[Row], *, user: User, version: int) -> list[dict[str, object]]:
    """One answer row per group, in the order of ORDER BY or of the groups themselves.

    Without GROUP BY there is one row, even over nothing. Raises the answers for a column that is neither grouped
    nor measured, and for a measure its type does not have.
    """
    keys = [column(org, query.module, one) for one in query.groups]
    measures = {one.key: _measure(org, query, one, user=user, version=version) for one in query.selected}
    groups: dict[tuple[Cell, ...], list[Row]] = {} if keys else {(): []}
    for row in rows:
        groups.setdefault(tuple(key.read(row) for key in keys), []).append(row)
    return [
        ordered({name: measure(groups[group]) for name, measure in measures.items()})
        for group in _in_order(query, list(groups))
    ]


def _in_order(query: Query, groups: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    directions = [(query.groups.index(one.column), one.ascending) for one in _orderings(query)]
    chosen = directions or [(position, True) for position in range(len(query.groups))]
    for position, ascending in reversed(chosen):
        groups.sort(key=lambda group: rank(group[position]), reverse=not ascending)
    return groups


def _orderings(query: Query) -> tuple[Ordering, ...]:
    for one in query.orderings:
        if one.column not in query.groups:
            raise out_of_place(one.column.text, "order by")
    return query.orderings


def _measure(org: Org, query: Query, selected: Selected, *, user: User, version: int) -> Measure:
    bound = column(org, query.module, selected.column)
    show = value_of(org, bound, user=user, version=version)
    if selected.aggregate is None:
        if selected.column not in query.groups:
            raise out_of_place(selected.column.text, "group by")
        return lambda rows: show(rows[0])
    if selected.aggregate == "COUNT":
        return lambda rows: sum(bound.read(row) is not None for row in rows)
    allowed = _SUMMED if selected.aggregate in ("SUM", "AVG") else _RANKED
    if bound.family not in allowed:
        raise aggregate_misused(selected.column.text)
    if selected.aggregate in ("MIN", "MAX"):
        return _extreme(bound, show, best=min if selected.aggregate == "MIN" else max)
    return _total(bound, mean=selected.aggregate == "AVG")


def _extreme(bound: Bound, show: Callable[[Row], object], *, best: Callable[..., Row]) -> Measure:
    def measure(rows: list[Row]) -> object:
        filled = [row for row in rows if bound.read(row) is not None]
        return show(best(filled, key=lambda row: rank(bound.read(row)))) if filled else None

    return measure


def _total(bound: Bound, *, mean: bool) -> Measure:
    def measure(rows: list[Row]) -> object:
        numbers = [Decimal(str(cell)) for row in rows if (cell := bound.read(row)) is not None]
        if not numbers:
            return None
        total = sum(numbers, Decimal(0)) / (len(numbers) if mean else 1)
        rounded = round(total, _CENTS)
        return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)

    return measure
