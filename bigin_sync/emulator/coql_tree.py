"""What a COQL query says, as frozen data."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

Scalar: TypeAlias = str | int | Decimal | bool
Operator: TypeAlias = Literal[
    "=",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "between",
    "not between",
    "in",
    "not in",
    "like",
    "not like",
    "is null",
    "is not null",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its path: one name, or lookups joined by dots and a name at the end.

    `module` is set only by the arrow form `'What_Id->Accounts.Account_Name'`, which says which of
    several modules the first lookup of the path is read as.
    """

    path: tuple[str, ...]
    module: str | None = None

    @property
    def text(self) -> str:
        """The column as the query spells it, the key it has in an answer."""
        first, *rest = self.path
        head = first if self.module is None else f"{first}->{self.module}"
        return ".".join([head, *rest])


@dataclass(frozen=True, slots=True)
class Selected:
    """One entry of the SELECT clause; `aggregate` is COUNT, SUM, AVG, MIN, MAX or nothing."""

    column: Column
    aggregate: str | None = None
    alias: str | None = None

    @property
    def key(self) -> str:
        """The key this entry has in every row of the answer."""
        if self.alias is not None:
            return self.alias
        return self.column.text if self.aggregate is None else f"{self.aggregate}({self.column.text})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One criterion; `values` holds one literal, two for `between`, many for `in`, none for `is null`."""

    column: Column
    operator: Operator
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two criteria joined by `and` or `or`; COQL knows no longer chains than two."""

    word: Literal["and", "or"]
    left: "Condition"
    right: "Condition"


Condition: TypeAlias = Comparison | Pair


@dataclass(frozen=True, slots=True)
class Ordering:
    """One entry of ORDER BY."""

    column: Column
    ascending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; `view` is the id behind `Module#id`."""

    selected: tuple[Selected, ...]
    module: str
    where: Condition
    view: str | None = None
    groups: tuple[Column, ...] = ()
    orderings: tuple[Ordering, ...] = ()
    limit: int = 200
    offset: int = 0


def columns(query: Query) -> Iterator[Column]:
    """Every column a query names, in whichever clause."""
    yield from (one.column for one in query.selected)
    yield from (one.column for one in comparisons(query.where))
    yield from query.groups
    yield from (one.column for one in query.orderings)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every criterion of a condition, from left to right."""
    if isinstance(condition, Comparison):
        yield condition
    else:
        yield from comparisons(condition.left)
        yield from comparisons(condition.right)
