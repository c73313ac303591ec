"""The criteria of a search: `((Api_Name:operator:value)and(Api_Name:operator:value))`, read and asked of rows.

Zoho CRM v8, "Search Records", and Bigin v2, the same grammar. Brackets, commas and backslashes inside a value carry a
backslash. The index works with words: `equals` on a text finds every text that holds all the words given, as recorded
answers do, so a client has to compare again.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bigin_sync.emulator.cells import Cell, Family, Unfit, family, literal, reader
from bigin_sync.emulator.columns import NoSuchColumn, field_named
from bigin_sync.emulator.metadata import FieldDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.table import Row

Predicate: TypeAlias = Callable[[Row], bool]
Test: TypeAlias = Callable[[Cell], bool]

_IN_VALUES = 100
_CONDITIONS = {"crm": 15, "bigin": 10}
_WORDS = re.compile(r"\w+")
_LEAF = re.compile(r"\(([A-Za-z_][A-Za-z0-9_]*):([a-z_]+):((?:[^()\\]|\\.)*)\)")
_EQUALITY = frozenset({"equals", "not_equal"})
_ORDER = _EQUALITY | {"greater_equal", "greater_than", "less_equal", "less_than", "between", "in"}
_OPERATORS = {
    Family.TEXT: _EQUALITY | {"starts_with", "in"},
    Family.LONG_TEXT: _EQUALITY | {"starts_with"},
    Family.CHOICE: _EQUALITY | {"in"},
    Family.CHOICES: _EQUALITY | {"in", "starts_with"},
    Family.REFERENCE: _EQUALITY | {"in"},
    Family.NUMBER: _ORDER,
    Family.DATE: _ORDER,
    Family.MOMENT: _ORDER,
    Family.FLAG: _EQUALITY,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition, its value still as written."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Both:
    """Conditions joined by `and` or `or`."""

    word: Literal["and", "or"]
    left: "Leaf | Both"
    right: "Leaf | Both"


Tree: TypeAlias = Leaf | Both


def words(text: str) -> list[str]:
    """The words the index keeps of a text."""
    return _WORDS.findall(text.casefold())


def predicate(org: Org, module: str, criteria: str) -> Predicate:
    """The question the criteria ask of a row.

    Raises INVALID_QUERY for what is not understood and CRITERIA_LIMIT_EXCEEDED for too many conditions.
    """
    tree = read(criteria)
    limit = _CONDITIONS[org.product]
    if sum(1 for _ in _leaves(tree)) > limit:
        raise ApiError("CRITERIA_LIMIT_EXCEEDED", f"no of criterium that can be given exceed the limit {limit}")
    return _asked(org, module, tree)


def read(criteria: str) -> Tree:
    """The tree of a criteria text; raises INVALID_QUERY."""
    tree, rest = _read(criteria.strip())
    if rest:
        raise _invalid("the criteria given seems to be invalid", api_name="criteria")
    return tree


def _read(text: str) -> tuple[Tree, str]:
    """One bracketed condition or group from the front of a text, and what is left of the text."""
    leaf = _LEAF.match(text)
    if leaf is not None:
        return Leaf(leaf.group(1), leaf.group(2), leaf.group(3)), text[leaf.end() :]
    if not text.startswith("("):
        raise _invalid("the criteria given seems to be invalid", api_name="criteria")
    tree, rest = _read(text[1:].lstrip())
    while not rest.lstrip().startswith(")"):
        rest = rest.lstrip()
        word: Literal["and", "or"] = "and" if rest[:3].lower() == "and" else "or"
        if not rest.lower().startswith(word):
            raise _invalid("the criteria given seems to be invalid", api_name="criteria")
        right, rest = _read(rest[len(word) :].lstrip())
        tree = Both(word, tree, right)
    return tree, rest.lstrip()[1:]


def _leaves(tree: Tree) -> Iterator[Leaf]:
    if isinstance(tree, Leaf):
        yield tree
    else:
        yield from _leaves(tree.left)
        yield from _leaves(tree.right)


def _asked(org: Org, module: str, tree: Tree) -> Predicate:
    if isinstance(tree, Leaf):
        return _condition(org, module, tree)
    left, right = _asked(org, module, tree.left), _asked(org, module, tree.right)
    if tree.word == "and":
        return lambda row: left(row) and right(row)
    return lambda row: left(row) or right(row)


def _condition(org: Org, module: str, leaf: Leaf) -> Predicate:
    try:
        field = field_named(org, module, leaf.field)
    except NoSuchColumn:
        raise _invalid("the field is not available for search", api_name=leaf.field) from None
    if not field.searchable or (org.product == "bigin" and leaf.field == "Sub_Pipeline"):
        raise _invalid("the field is not available for search", api_name=leaf.field)
    if leaf.operator not in _OPERATORS.get(family(field), ()):
        raise _invalid("invalid operator found", api_name=leaf.field, operator=leaf.operator)
    cell = reader(org, module, field)
    if _plain(leaf.value) == "${EMPTY}":
        wanted = leaf.operator == "equals"
        return lambda row: (cell(row) is None) is wanted
    test = _test(field, leaf)
    return lambda row: (value := cell(row)) is not None and test(value)


def _test(field: FieldDef, leaf: Leaf) -> Test:
    """What the condition asks of a filled cell."""
    pieces = [_plain(piece).strip() for piece in re.split(r"(?<!\\),", leaf.value)]
    if leaf.operator == "in" and len(pieces) > _IN_VALUES:
        message = f'Only {_IN_VALUES} values are allowed in "IN" criteria'
        raise ApiError("INVALID_QUERY", message, details={"api_name": leaf.field})
    if leaf.operator == "starts_with":
        start = _plain(leaf.value).casefold()
        return lambda cell: any(one.startswith(start) for one in _texts(cell))
    if leaf.operator not in ("in", "between"):
        pieces = [_plain(leaf.value)]
    try:
        values = [literal(field, piece) for piece in pieces]
    except Unfit:
        raise _invalid("value given seems to be invalid", api_name=leaf.field, expected=field.data_type) from None
    if leaf.operator == "between":
        if len(values) != len(("from", "to")):
            raise _invalid("value given seems to be invalid", api_name=leaf.field, expected=field.data_type)
        return _ordered("between", values)
    if leaf.operator in ("equals", "not_equal", "in"):
        return _equal(field, values, wanted=leaf.operator != "not_equal")
    return _ordered(leaf.operator, values)


def _equal(field: FieldDef, values: list[Cell], *, wanted: bool) -> Test:
    if family(field) in (Family.TEXT, Family.LONG_TEXT) and field.data_type != "email" and wanted:
        sought = [words(str(value)) for value in values]
        return lambda cell: any(set(one) <= set(words(str(cell))) for one in sought if one)
    given = frozenset(values)
    return lambda cell: given.isdisjoint(cell if isinstance(cell, tuple) else (cell,)) is not wanted


def _ordered(operator: str, values: list[Cell]) -> Test:
    first, last = values[0], values[-1]
    tests: dict[str, Callable[..., bool]] = {
        "between": lambda cell: first <= cell <= last,
        "greater_equal": lambda cell: cell >= first,
        "greater_than": lambda cell: cell > first,
        "less_equal": lambda cell: cell <= first,
        "less_than": lambda cell: cell < first,
    }
    return tests[operator]


def _texts(cell: Cell) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (str(cell),)


def _plain(value: str) -> str:
    """A value without its backslashes."""
    return re.sub(r"\\(.)", r"\1", value)


def _invalid(reason: str, *, api_name: str, operator: str | None = None, expected: str | None = None) -> ApiError:
    details = {"reason": reason, "api_name": api_name}
    if operator is not None:
        details["operator"] = operator
    if expected is not None:
        details["expected_data_type"] = expected
    return ApiError("INVALID_QUERY", "Invalid query formed", details=details)
