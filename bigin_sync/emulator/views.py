"""Which records a custom view admits: evaluates the criteria tree that `settings/custom_views/{id}` shows.

Zoho CRM v8, "Get Custom View": a leaf is `{comparator, field, value}`, a group `{group_operator, group}`. A negative
comparator (`not_equal`, `not_in`, `not_contains`, `not_between`) admits records in which the field is empty.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from bigin_sync.emulator.cells import reader
from bigin_sync.emulator.columns import NoSuchColumn, field_named
from bigin_sync.emulator.metadata import FieldDef, ModuleDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User
from bigin_sync.emulator.view_values import Empty, Onlooker, Operands, Unusable, comparable, operands

Predicate: TypeAlias = Callable[[Row], bool]
Criteria: TypeAlias = Mapping[str, object]

_DAY = 86_400
_RECENT_DAYS = 31
_COMMON_STATUS = "Common_Status"
_NEGATIVE = {
    "not_equal": "equal",
    "not_in": "in",
    "not_contains": "contains",
    "not_between": "between",
}


def admits(org: Org, module: ModuleDef, criteria: Criteria | None, *, row: Row, user: User) -> bool:
    """Whether the view with these criteria shows this record to this user."""
    return predicate(org, module.api_name, criteria, user=user)(row)


def predicate(org: Org, module: str, criteria: Criteria | None, *, user: User) -> Predicate:
    """The question a view's criteria ask of a row, worked out once for many rows; no criteria admit everything.

    Raises the INVALID_QUERY answer for criteria that name a field or a comparator there is not.
    """
    return _tree(Onlooker(org, module, user), criteria)


def _tree(onlooker: Onlooker, criteria: Criteria | None) -> Predicate:
    if not criteria:
        return lambda _row: True
    group = criteria.get("group")
    if not isinstance(group, list):
        return _leaf(onlooker, criteria)
    members = [_tree(onlooker, member) for member in group]
    if str(criteria.get("group_operator", "AND")).upper() == "OR":
        return lambda row: any(member(row) for member in members)
    return lambda row: all(member(row) for member in members)


def _leaf(onlooker: Onlooker, leaf: Criteria) -> Predicate:
    named = leaf.get("field")
    name = str(named.get("api_name")) if isinstance(named, Mapping) else str(leaf.get("api_name"))
    comparator, value = str(leaf.get("comparator")), leaf.get("value")
    if name == _COMMON_STATUS:
        return _common_status(onlooker, comparator, str(value))
    positive = _NEGATIVE.get(comparator)
    if positive is not None:
        opposite = _leaf(onlooker, {**leaf, "comparator": positive})
        return lambda row: not opposite(row)
    test = _TESTS.get(comparator)
    if test is None:
        raise _invalid(name, comparator, value)
    try:
        field = field_named(onlooker.org, onlooker.module, name)
        return _question(onlooker, field, operands(onlooker, field, value), test=test)
    except (NoSuchColumn, Unusable) as error:
        raise _invalid(name, comparator, value) from error


def _question(onlooker: Onlooker, field: FieldDef, given: Operands, *, test: Callable[..., bool]) -> Predicate:
    """A comparison that holds, or not, for a filled field; an empty one meets only `${EMPTY}`."""
    if isinstance(given, Empty):
        read_any = reader(onlooker.org, onlooker.module, field)
        return lambda row: (read_any(row) is None) is given.wanted
    read, values = comparable(onlooker, field, given), given.values

    def ask(row: Row) -> bool:
        cell = read(row)
        if cell is None:
            return False
        return any(test(one, values) for one in cell) if isinstance(cell, tuple) else test(cell, values)

    return ask


def _common_status(onlooker: Onlooker, comparator: str, letter: str) -> Predicate:
    """The views `recently created`, `recently modified` and `unread`, which no field of the record tells.

    `c` and `m`: created, or modified, in the last 31 days; `v`: made or touched by this very user, as nothing else
    counts as read here.
    """
    since = onlooker.org.now() - _RECENT_DAYS * _DAY
    tests: dict[str, Predicate] = {
        "c": lambda row: row.created >= since,
        "m": lambda row: row.modified >= since and row.modified > row.created,
        "v": lambda row: onlooker.user.id in (row.created_by, row.modified_by),
    }
    test = tests.get(letter)
    if test is None or comparator not in ("contains", "not_contains"):
        raise _invalid(_COMMON_STATUS, comparator, letter)
    wanted = comparator == "contains"
    return lambda row: test(row) is wanted


def _invalid(name: str, comparator: str, value: object) -> ApiError:
    details = {"cv_criteria": True, "column_name": name, "value": str(value), "operator": comparator}
    return ApiError("INVALID_QUERY", "invalid query formed", details=details)


_TESTS: dict[str, Callable[..., bool]] = {
    "equal": lambda cell, values: cell in values,
    "in": lambda cell, values: cell in values,
    "less_than": lambda cell, values: cell < values[0],
    "less_equal": lambda cell, values: cell <= values[0],
    "greater_than": lambda cell, values: cell > values[0],
    "greater_equal": lambda cell, values: cell >= values[0],
    "between": lambda cell, values: values[0] <= cell <= values[-1],
    "contains": lambda cell, values: any(str(value) in str(cell) for value in values),
    "starts_with": lambda cell, values: any(str(cell).startswith(str(value)) for value in values),
    "ends_with": lambda cell, values: any(str(cell).endswith(str(value)) for value in values),
}
