"""What a condition says of id, Modified_Time and Created_Time: the part of it that the indexes can answer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from bigin_sync.emulator.cells import Family, Unfit, family, literal
from bigin_sync.emulator.coql_tree import Column, Comparison, Condition, Pair
from bigin_sync.emulator.derived import DERIVED
from bigin_sync.emulator.metadata import FieldDef, ModuleDef
from bigin_sync.emulator.table import Table

LAST_ID = 10**19
LAST_SECOND = 10**12
_FEW = 1_000
_AUDIT = frozenset({"Created_By", "Modified_By"})

_FIELDS = {
    "id": FieldDef(api_name="id", label="Id", data_type="bigint"),
    "Modified_Time": FieldDef(api_name="Modified_Time", label="Modified Time", data_type="datetime"),
    "Created_Time": FieldDef(api_name="Created_Time", label="Created Time", data_type="datetime"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Everything between two pairs of (second, id), both included."""

    low: tuple[int, int] = (-LAST_SECOND, 0)
    high: tuple[int, int] = (LAST_SECOND, LAST_ID)

    def within(self, other: "Span") -> "Span":
        """What lies in both."""
        return Span(max(self.low, other.low), min(self.high, other.high))

    @property
    def everything(self) -> bool:
        """Whether it leaves nothing out."""
        return self == Span()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where the rows of a query lie: a range of ids, one of (Modified_Time, id), one of (Created_Time, id).

    `ids` are the only ids possible, when the query names them. `rest` is what no index can answer and has to be
    asked of each row.
    """

    low_id: int = 0
    high_id: int = LAST_ID
    ids: frozenset[int] | None = None
    modified: Span = Span()
    created: Span = Span()
    rest: tuple[Condition, ...] = ()

    @property
    def any_id(self) -> bool:
        """Whether the ids are not narrowed at all."""
        return self.ids is None and self.low_id == 0 and self.high_id == LAST_ID


def bounds(condition: Condition) -> Bounds:
    """Takes a condition apart into ranges of the indexes and the rest."""
    found = Bounds()
    for part in _parts(condition):
        narrowed = _narrowed(found, part)
        found = replace(found, rest=(*found.rest, part)) if narrowed is None else narrowed
    return found


def narrowed_by_value(found: Bounds, table: Table, module: ModuleDef) -> Bounds:
    """The same bounds with the only ids that hold a text or a reference the condition asks for, if they are few."""
    fields = module.fields
    for part in found.rest:
        if not isinstance(part, Comparison) or part.operator not in ("=", "in") or len(part.column.path) > 1:
            continue
        name = part.column.path[0]
        stored = name in fields and name not in _AUDIT and (module.api_name, name) not in DERIVED
        if stored and family(fields[name]) in (Family.TEXT, Family.REFERENCE):
            ids = frozenset(int(row_id) for value in part.values for row_id in table.find(name, str(value)))
            if len(ids) <= _FEW:
                found = replace(found, ids=ids if found.ids is None else found.ids & ids)
    return found


def _parts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Pair) and condition.word == "and":
        yield from _parts(condition.left)
        yield from _parts(condition.right)
    else:
        yield condition


def _narrowed(found: Bounds, part: Condition) -> Bounds | None:
    if isinstance(part, Pair):
        span = _keyset(part)
        return None if span is None else replace(found, modified=found.modified.within(span))
    name = _indexed(part.column)
    if name is None:
        return None
    if part.operator == "is not null":
        return found
    if name == "id":
        return _narrowed_ids(found, part)
    span = _span(part)
    if span is None:
        return None
    if name == "Modified_Time":
        return replace(found, modified=found.modified.within(span))
    return replace(found, created=found.created.within(span))


def _indexed(column: Column) -> str | None:
    return column.path[0] if len(column.path) == 1 and column.path[0] in _FIELDS else None


def _numbers(comparison: Comparison) -> tuple[int, ...]:
    """The literals as epoch seconds or id numbers; empty where they are neither."""
    field = _FIELDS[comparison.column.path[0]]
    try:
        return tuple(cast(int, literal(field, value)) for value in comparison.values)
    except Unfit:
        return ()


def _narrowed_ids(found: Bounds, part: Comparison) -> Bounds | None:
    numbers = _numbers(part)
    if not numbers:
        return None
    if part.operator in ("=", "in"):
        given = frozenset(numbers)
        return replace(found, ids=given if found.ids is None else found.ids & given)
    edges = {
        ">": (numbers[0] + 1, LAST_ID),
        ">=": (numbers[0], LAST_ID),
        "<": (0, numbers[0] - 1),
        "<=": (0, numbers[0]),
        "between": (numbers[0], numbers[-1]),
    }.get(part.operator)
    if edges is None:
        return None
    return replace(found, low_id=max(found.low_id, edges[0]), high_id=min(found.high_id, edges[1]))


def _span(part: Comparison) -> Span | None:
    numbers = _numbers(part)
    if not numbers:
        return None
    first, last = (numbers[0], 0), (numbers[-1], LAST_ID)
    everything = Span()
    edges = {
        "=": (first, last),
        ">": ((numbers[0] + 1, 0), everything.high),
        ">=": (first, everything.high),
        "<": (everything.low, (numbers[0] - 1, LAST_ID)),
        "<=": (everything.low, last),
        "between": (first, last),
    }.get(part.operator)
    return None if edges is None else Span(*edges)


def _keyset(pair: Pair) -> Span | None:
    """The span of `((Modified_Time > T) or ((Modified_Time = T) and (id > L)))`, or of its mirror image."""
    if pair.word != "or":
        return None
    outer, inner = (pair.left, pair.right) if isinstance(pair.left, Comparison) else (pair.right, pair.left)
    if not isinstance(outer, Comparison) or not isinstance(inner, Pair) or inner.word != "and":
        return None
    if not isinstance(inner.left, Comparison) or not isinstance(inner.right, Comparison):
        return None
    times, ids = (inner.left, inner.right) if _indexed(inner.left.column) != "id" else (inner.right, inner.left)
    names = (_indexed(outer.column), _indexed(times.column), _indexed(ids.column))
    if names != ("Modified_Time", "Modified_Time", "id") or times.operator != "=":
        return None
    moments, moment, number = _numbers(outer), _numbers(times), _numbers(ids)
    if not moments or moments != moment or not number:
        return None
    if (outer.operator, ids.operator) == (">", ">"):
        return Span(low=(moment[0], number[0] + 1))
    if (outer.operator, ids.operator) == ("<", "<"):
        return Span(high=(moment[0], number[0] - 1))
    return None
