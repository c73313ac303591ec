"""Searches a module as the search index of either product does: late, by words, and never past 2,000 rows.

Zoho CRM v8 and Bigin v2, "Search Records". What is asked is asked of what the index holds, which is late (see
`index_lag`). Nothing is known of what is shown of a hit meanwhile; here it is the record as it is stored.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bigin_sync.emulator import search_criteria, views
from bigin_sync.emulator.cells import rank, reader
from bigin_sync.emulator.columns import NoSuchColumn, field_named
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError, invalid_param, pattern_not_matched
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User

Predicate: TypeAlias = Callable[[Row], bool]

_DEEPEST = 2_000
_PAGE = 200
_SHORTEST_WORD = 2
_SHORTEST_PHONE = 3
_WAYS = ("criteria", "email", "phone", "word")
_DIGITS = re.compile(r"\D+")
_WORD_TYPES = frozenset({"text", "textarea", "email", "phone", "website", "picklist", "autonumber"})


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, and what the `info` of the answer says of it."""

    rows: list[Row]
    page: int
    per_page: int
    more_records: bool
    sort_by: str = "id"
    sort_order: str = "desc"

    def info(self) -> dict[str, object]:
        """The `info` of the answer; a search has no page tokens."""
        return {
            "per_page": self.per_page,
            "count": len(self.rows),
            "page": self.page,
            "more_records": self.more_records,
            "sort_by": self.sort_by,
            "sort_order": self.sort_order,
        }


def run(org: Org, module: ModuleDef, params: Mapping[str, str], *, user: User) -> Found:
    """One page of what a search finds.

    Unsorted hits come by Modified_Time, latest first, while `info` claims `id`, as recorded. Raises
    EXPECTED_PARAM_MISSING, INVALID_QUERY, PATTERN_NOT_MATCHED, LIMIT_REACHED.
    """
    page, per_page = _number(params, "page", otherwise=1), _number(params, "per_page", otherwise=_PAGE)
    if per_page > _PAGE:
        raise pattern_not_matched("per_page")
    if page * per_page > _DEEPEST:
        raise ApiError("LIMIT_REACHED", "maximum response iteration limit reached", details={"limit": str(_DEEPEST)})
    hits = matching(org, module, params, user=user)
    sort_by, sort_order = params.get("sort_by"), params.get("sort_order", "desc")
    if sort_by is None:
        hits.sort(key=lambda row: (row.modified, int(row.id)), reverse=True)
    else:
        _sort(org, module, hits, sort_by=sort_by, descending=sort_order != "asc")
    start = (page - 1) * per_page
    rows = hits[start : start + per_page]
    return Found(rows, page, per_page, len(hits) > start + per_page, sort_by or "id", sort_order)


def matching(org: Org, module: ModuleDef, params: Mapping[str, str], *, user: User) -> list[Row]:
    """Every record a search finds, in no order; also what `actions/count` counts."""
    way = next((each for each in _WAYS if params.get(each)), None)
    if way is None:
        raise ApiError("EXPECTED_PARAM_MISSING", "mandatory param missing", details={"param_names": list(_WAYS)})
    table, now = org.tables[module.api_name], org.now()
    held = org.index_lags[module.api_name].held(now)
    candidates: Iterable[Row] = table.rows.values()
    if way == "email":
        candidates = _with_email(org, module, params[way], held=held)
        asked = _by_email(module, params[way])
    elif way == "criteria":
        asked = search_criteria.predicate(org, module.api_name, params[way])
    else:
        asked = _by_phone(module, params[way]) if way == "phone" else _by_word(org, module, params[way])
    in_view = _in_view(org, module, params.get("cvid"), user=user)
    return [
        row for row in candidates if (known := held.get(row.id, row)) is not None and asked(known) and in_view(known)
    ]


def _with_email(org: Org, module: ModuleDef, address: str, *, held: Iterable[str]) -> list[Row]:
    """The rows that hold the address in any field of that type, and those of which the index holds something else."""
    table = org.tables[module.api_name]
    ids = {row_id: None for name in _emails(module) for row_id in table.find(name, address)}
    ids.update((row_id, None) for row_id in held if row_id in table.rows)
    return [table.rows[row_id] for row_id in ids]


def _by_email(module: ModuleDef, address: str) -> Predicate:
    emails, sought = _emails(module), address.casefold()
    return lambda row: any(str(row.values.get(name) or "").casefold() == sought for name in emails)


def _emails(module: ModuleDef) -> list[str]:
    return [field.api_name for field in module.fields.values() if field.data_type == "email"]


def _anything(_row: Row) -> bool:
    return True


def _by_phone(module: ModuleDef, number: str) -> Predicate:
    """Digits alone count, and a part of a number is enough."""
    digits = _DIGITS.sub("", number)
    if len(digits) < _SHORTEST_PHONE:
        raise pattern_not_matched("phone")
    phones = [field.api_name for field in module.fields.values() if field.data_type == "phone"]
    return lambda row: any(digits in _DIGITS.sub("", str(row.values.get(name) or "")) for name in phones)


def _by_word(org: Org, module: ModuleDef, text: str) -> Predicate:
    """Every word given begins a word of some searchable field."""
    sought = search_criteria.words(text)
    if len(text.strip()) < _SHORTEST_WORD or not sought:
        raise pattern_not_matched("word")
    fields = [one for one in module.fields.values() if one.searchable and one.data_type in _WORD_TYPES]
    readers = [reader(org, module.api_name, one) for one in fields]

    def holds(row: Row) -> bool:
        held = {word for read in readers if isinstance(cell := read(row), str) for word in search_criteria.words(cell)}
        return all(any(word.startswith(start) for word in held) for start in sought)

    return holds


def _in_view(org: Org, module: ModuleDef, cvid: str | None, *, user: User) -> Predicate:
    if cvid is None:
        return _anything
    view = module.view(cvid)
    if view is None:
        raise invalid_param("cvid")
    return views.predicate(org, module.api_name, view.criteria, user=user)


def _sort(org: Org, module: ModuleDef, hits: list[Row], *, sort_by: str, descending: bool) -> None:
    try:
        read = reader(org, module.api_name, field_named(org, module.api_name, sort_by))
    except NoSuchColumn:
        raise invalid_param("sort_by") from None
    hits.sort(key=lambda row: int(row.id), reverse=descending)
    hits.sort(key=lambda row: rank(read(row)), reverse=descending)


def _number(params: Mapping[str, str], name: str, *, otherwise: int) -> int:
    given = params.get(name)
    if given is None:
        return otherwise
    if not given.isdigit() or int(given) < 1:
        raise pattern_not_matched(name)
    return int(given)
