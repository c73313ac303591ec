"""How much one COQL query may hold, by product.

Zoho CRM v8, "COQL: Limitations": 2,000 rows a call, 100,000 by offset, 50 columns, 25 criteria, 50 values in a list, 10
fields to order by, 4 to group by, 5 aggregates, 5 joins in conditions, 15 in SELECT. Bigin v2: 200 rows a call,
10,000 by offset, two joins, no aggregates.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bigin_sync.emulator.coql_faults import aggregate_misused, alias_twice, named_twice, over_limit
from bigin_sync.emulator.coql_tree import Column, Query, comparisons
from bigin_sync.emulator.org import Product


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one product."""

    rows: int
    depth: int
    base_joins: int
    select_joins: int
    aggregates: int
    columns: int = 50
    criteria: int = 25
    values: int = 50
    orderings: int = 10
    groups: int = 4


CRM = Limits(rows=2_000, depth=100_000, base_joins=5, select_joins=15, aggregates=5)
BIGIN = Limits(rows=200, depth=10_000, base_joins=2, select_joins=2, aggregates=0)


def limits_of(product: Product) -> Limits:
    """The caps of a product's COQL."""
    return BIGIN if product == "bigin" else CRM


def check(query: Query, limits: Limits) -> None:
    """Raises LIMIT_EXCEEDED, DUPLICATE_DATA or DUPLICATE_ALIAS for a query that holds too much, or a thing twice."""
    criteria = tuple(comparisons(query.where))
    aggregates = [one for one in query.selected if one.aggregate is not None]
    if aggregates and not limits.aggregates:
        raise aggregate_misused(aggregates[0].column.text)
    counted = (
        ("limit", query.limit, limits.rows),
        ("offset", query.offset + query.limit, limits.depth),
        ("select", len(query.selected), limits.columns),
        ("where", len(criteria), limits.criteria),
        ("in", max((len(one.values) for one in criteria), default=0), limits.values),
        ("order by", len(query.orderings), limits.orderings),
        ("group by", len(query.groups), limits.groups),
        ("aggregate", len(aggregates), limits.aggregates),
        ("select join", _joins(one.column for one in query.selected), limits.select_joins),
        ("join", _joins(one.column for one in criteria), limits.base_joins),
    )
    for clause, given, limit in counted:
        if given > limit:
            raise over_limit(clause, limit)
    _check_repeats(query)


def _joins(columns: Iterable[Column]) -> int:
    """How many different lookups are followed on the way to the columns."""
    return len({column.path[:depth] for column in columns for depth in range(1, len(column.path))})


def _check_repeats(query: Query) -> None:
    seen: set[tuple[str | None, str]] = set()
    for one in query.selected:
        mark = (one.aggregate, one.column.text)
        if mark in seen:
            raise named_twice(one.column.text, aggregate=one.aggregate)
        seen.add(mark)
    for columns in ([one.column for one in query.orderings], list(query.groups)):
        for position, column in enumerate(columns):
            if column in columns[:position]:
                raise named_twice(column.text)
    aliased: dict[str, str] = {}
    for one in query.selected:
        if one.alias is None:
            continue
        if one.alias in aliased:
            raise alias_twice(one.alias, [aliased[one.alias], one.column.text])
        aliased[one.alias] = one.column.text
