"""Turns the conditions of a query into one question asked of a row.

An empty field meets no comparison but `is null`, as in SQL. Texts are compared without regard to case. Which
operators a type allows follows Zoho CRM v8, "COQL: Supported operators": no order among texts and choices, no
multi-line text at all.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from bigin_sync.emulator.cells import Cell, Family, Unfit, literal
from bigin_sync.emulator.columns import Bound, NoSuchColumn, bind
from bigin_sync.emulator.coql_faults import (
    INVALID_COLUMN,
    INVALID_VALUE,
    UNSUPPORTED_OPERATOR,
    UNSUPPORTED_TYPE,
    refused,
)
from bigin_sync.emulator.coql_tree import Column, Comparison, Condition
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row

Predicate: TypeAlias = Callable[[Row], bool]

_EQUALITY = frozenset({"=", "!=", "in", "not in", "is null", "is not null"})
_ORDER = frozenset({">", ">=", "<", "<=", "between", "not between"})
_LIKENESS = frozenset({"like", "not like"})
_ALLOWED = {
    Family.TEXT: _EQUALITY | _LIKENESS,
    Family.CHOICE: _EQUALITY | _LIKENESS,
    Family.CHOICES: _EQUALITY | _LIKENESS,
    Family.NUMBER: _EQUALITY | _ORDER,
    Family.DATE: _EQUALITY | _ORDER,
    Family.MOMENT: _EQUALITY | _ORDER,
    Family.FLAG: frozenset({"=", "!=", "is null", "is not null"}),
    Family.REFERENCE: _EQUALITY,
}


def column(org: Org, module: str, named: Column) -> Bound:
    """The column a query names; raises the INVALID_QUERY answer where there is none."""
    try:
        return bind(org, module, named.path, into=named.module)
    except NoSuchColumn as error:
        raise refused(named.text, INVALID_COLUMN) from error


def predicate(org: Org, module: str, condition: Condition) -> Predicate:
    """The question a condition asks of a row; raises the INVALID_QUERY answer for what the types do not allow."""
    if isinstance(condition, Comparison):
        return _question(column(org, module, condition.column), condition)
    left = predicate(org, module, condition.left)
    right = predicate(org, module, condition.right)
    if condition.word == "and":
        return lambda row: left(row) and right(row)
    return lambda row: left(row) or right(row)


def _question(bound: Bound, comparison: Comparison) -> Predicate:
    operator, name = comparison.operator, comparison.column.text
    allowed = _ALLOWED.get(bound.family)
    if allowed is None:
        raise refused(name, UNSUPPORTED_TYPE, operator=operator)
    if operator not in allowed and not (bound.field.api_name == "id" and operator in _ORDER):
        raise refused(name, UNSUPPORTED_OPERATOR, operator=operator)
    read = bound.read
    if operator == "is null":
        return lambda row: read(row) is None
    if operator == "is not null":
        return lambda row: read(row) is not None
    try:
        values = [literal(bound.field, value) for value in comparison.values]
    except Unfit as error:
        raise refused(name, INVALID_VALUE, operator=operator) from error
    if bound.family is Family.CHOICES:
        return _among(read, operator, values)
    return _TESTS[operator](read, values)


def _known(read: Callable[[Row], Any], holds: Callable[[Any], bool]) -> Predicate:
    """Asks only of rows that have a value."""

    def ask(row: Row) -> bool:
        value = read(row)
        return value is not None and holds(value)

    return ask


def _among(read: Callable[[Row], Any], operator: str, values: list[Cell]) -> Predicate:
    """A multi-select picklist equals a value when that is one of those selected."""
    if operator in _LIKENESS:
        pattern = _likeness(str(values[0]))
        wanted = operator == "like"
        return _known(read, lambda chosen: any(map(pattern.fullmatch, chosen)) is wanted)
    given = frozenset(values)
    wanted = operator in ("=", "in")
    return _known(read, lambda chosen: given.isdisjoint(chosen) is not wanted)


def _likeness(text: str) -> re.Pattern[str]:
    """`%` stands for any text; every other character for itself."""
    return re.compile(".*".join(re.escape(piece) for piece in text.split("%")), re.DOTALL)


def _like(read: Callable[[Row], Any], values: list[Any], *, wanted: bool) -> Predicate:
    pattern = _likeness(values[0])
    return _known(read, lambda value: (pattern.fullmatch(value) is not None) is wanted)


def _in(read: Callable[[Row], Any], values: list[Any], *, wanted: bool) -> Predicate:
    given = frozenset(values)
    return _known(read, lambda value: (value in given) is wanted)


def _between(read: Callable[[Row], Any], values: list[Any], *, wanted: bool) -> Predicate:
    low, high = values
    return _known(read, lambda value: (low <= value <= high) is wanted)


_TESTS: dict[str, Callable[[Callable[[Row], Any], list[Any]], Predicate]] = {
    "=": lambda read, values: _known(read, lambda value: value == values[0]),
    "!=": lambda read, values: _known(read, lambda value: value != values[0]),
    ">": lambda read, values: _known(read, lambda value: value > values[0]),
    ">=": lambda read, values: _known(read, lambda value: value >= values[0]),
    "<": lambda read, values: _known(read, lambda value: value < values[0]),
    "<=": lambda read, values: _known(read, lambda value: value <= values[0]),
    "in": lambda read, values: _in(read, values, wanted=True),
    "not in": lambda read, values: _in(read, values, wanted=False),
    "like": lambda read, values: _like(read, values, wanted=True),
    "not like": lambda read, values: _like(read, values, wanted=False),
    "between": lambda read, values: _between(read, values, wanted=True),
    "not between": lambda read, values: _between(read, values, wanted=False),
}
