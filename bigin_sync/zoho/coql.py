"""COQL, the query language of both products: building queries, asking them, reading their pages.

Sources: Bigin v2 "COQL", Zoho CRM v8 "COQL limits": 50 columns, 25 conditions, 50 values in an `in`, brackets around
every pair of conditions. COQL reads the database, not the search index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from bigin_sync.errors import Bug, InvalidMapping
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.side import Row
from bigin_sync.zoho.times import to_wire

AUDIT = ("id", "Created_Time", "Created_By", "Modified_Time", "Modified_By")
"""Fields that every reading brings along."""

MOST_COLUMNS = 50
IN_VALUES = 50
CONDITIONS = 20
"""Conditions one query may have: 25 by the documents, less a few to spare."""

EVERYTHING = "id is not null"
"""The condition that all records meet; a query without any is refused."""


@dataclass(frozen=True, slots=True)
class QueryPage:
    """The rows of one query, whether the side says there are more, and its own time."""

    rows: list[Row]
    more: bool
    at: datetime


def columns(fields: Iterable[str]) -> tuple[str, ...]:
    """The columns to ask for: the fields and the audit fields, each once. `id` comes by itself.

    Raises `InvalidMapping` when they are more than one call answers.
    """
    wanted = tuple(dict.fromkeys(name for name in (*fields, *AUDIT) if name != "id"))
    if len(wanted) > MOST_COLUMNS:
        raise InvalidMapping(
            f"{len(wanted)} fields were asked for at once; one call answers at most {MOST_COLUMNS}.",
            why="Both products answer no more, and a record has to be read in one piece.",
            hint=f"Map at most {MOST_COLUMNS - len(AUDIT) + 1} fields per module.",
        )
    return wanted


def quoted(value: str) -> str:
    """A text, id or time as a literal. Raises `Bug` for what could end the literal early."""
    if "'" in value or "\\" in value:
        raise Bug("A value with a quotation mark or a backslash cannot stand in a query.")
    return f"'{value}'"


def moment(value: datetime) -> str:
    """A time as a literal."""
    return quoted(to_wire(value))


def one_of(wanted: Sequence[str], *, field: str = "id") -> str:
    """The condition that a field of a record holds one of these: `in` lists of 50, bracketed in pairs."""
    lists = [wanted[start : start + IN_VALUES] for start in range(0, len(wanted), IN_VALUES)]
    conditions = [f"({field} in ({','.join(map(quoted, values))}))" for values in lists]
    return reduce(lambda left, right: f"({left} or {right})", conditions)


def between(banks: Sequence[tuple[str, str]]) -> str:
    """The condition that a record's id lies between two others, for at least one of these pairs."""
    conditions = [f"((id > {quoted(low)}) and (id < {quoted(high)}))" for low, high in banks]
    return reduce(lambda left, right: f"({left} or {right})", conditions)


def after(time_field: str, *, at: datetime, last_id: str) -> str:
    """The condition that a record comes after (time, id) in the order of both."""
    return f"(({time_field} > {moment(at)}) or (({time_field} = {moment(at)}) and (id > {quoted(last_id)})))"


def query(
    wire: Wire,
    source: str,
    *,
    select: Sequence[str],
    where: str,
    order: str = "id asc",
    limit: int,
    offset: int = 0,
    operation: str = "query",
) -> QueryPage:
    """Ask one query of a module or `Module#view`. One call, priced by its limit; the errors of `Wire.send`."""
    tail = f" offset {offset}" if offset else ""
    names = ", ".join(select) or "id"
    text = f"select {names} from {source} where {where} order by {order} limit {limit}{tail}"  # noqa: S608 -- COQL; values are quoted above
    price = wire.product.prices.query(limit)
    answer = wire.send(Call("POST", "/coql", operation, credits=price, body={"select_query": text}))
    rows = answer.rows
    return QueryPage(rows, bool(answer.info.get("more_records", len(rows) == limit)), answer.at)
