"""`GET /{module}`: lists, with everything that is required of their parameters, and single records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from bigin_sync.emulator import views, wire
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.paging import Standing, standing, token_keys
from bigin_sync.emulator.replies import (
    ApiError,
    Reply,
    invalid_param,
    missing_param,
    not_modified,
    nothing,
    pattern_not_matched,
)
from bigin_sync.emulator.table import Row, Table
from bigin_sync.emulator.validate import id_in
from bigin_sync.emulator.walks import Place, SortKey, place_of, walk

FIELDS_MAX = 50
_SORTABLE = ("id", "Created_Time", "Modified_Time")
_FEW = 0.2
"""Below this share of changed rows it is cheaper to sort those than to walk through all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a list call asks for, checked."""

    module: ModuleDef
    fields: tuple[str, ...] | None
    sort_by: SortKey
    ascending: bool
    since: int | None
    here: Standing


def list_records(ask: Ask) -> Reply:
    """A page of a module, 204 when it is empty, 304 when nothing changed since `If-Modified-Since`."""
    module = ask.module()
    _refuse_notes(ask, module)
    wish = wish_of(ask, module, fields_needed=fields_required(ask))
    rows, more = page_of(_rows(ask, wish), wish)
    if not rows:
        return not_modified() if wish.since is not None else nothing()
    data = wire.render_all(ask.org, module, rows, fields=wish.fields, user=ask.user, version=ask.version)
    order: dict[str, object] = {"sort_by": wish.sort_by, "sort_order": "asc" if wish.ascending else "desc"}
    return Reply(200, {"data": data, "info": info(ask, wish, rows=rows, more=more) | order})


def get_record(ask: Ask) -> Reply:
    """`GET /{module}/{id}`: 204 for an id that is not there, 400 for one that is none."""
    module = ask.module()
    record_id = id_in(ask.parts["id"])
    if record_id is None:
        raise ApiError("INVALID_DATA", "the id given seems to be invalid", details={"resource_path_index": 1})
    row = ask.org.live(module.api_name, record_id)
    if row is None:
        return nothing()
    fields = ask.listed("fields") or None
    shown = wire.render(ask.org, module, row, fields=fields, user=ask.user, version=ask.version)
    return Reply(200, {"data": [shown]})


def asked_fields(ask: Ask, *, required: bool) -> tuple[str, ...] | None:
    """`fields`, at most 50. Raises `ApiError` when it is missing and required, or too long."""
    names = ask.listed("fields")
    if not names:
        if required:
            raise missing_param("fields")
        return None
    if len(names) > FIELDS_MAX:
        details = {"limit": FIELDS_MAX, "param_name": "fields"}
        raise ApiError("LIMIT_EXCEEDED", "maximum number of fields exceeded", details=details)
    return tuple(names)


def fields_required(ask: Ask) -> bool:
    """Lists of CRM from generation 3, and of Bigin from 2, must say which fields they want."""
    return ask.version > 2 or (ask.org.product == "bigin" and ask.version == 2)


def _refuse_notes(ask: Ask, module: ModuleDef) -> None:
    if module.api_name == "Notes" and ask.org.product == "crm" and not ask.user.profile.admin:
        raise ApiError("NOT_SUPPORTED", "only administrators may list all notes", status=403)


def wish_of(ask: Ask, module: ModuleDef, *, fields_needed: bool) -> Wish:
    """What a call asks for that lists records of a module. Raises `ApiError`."""
    since = ask.time_header("if-modified-since") if ask.org.switches.modified_since else None
    here = standing(ask, since=since)
    sort_by = ask.params.get("sort_by", "id")
    if sort_by not in _SORTABLE:
        raise invalid_param("sort_by", supported_values=list(_SORTABLE))
    order = ask.params.get("sort_order", "desc")
    if order not in {"asc", "desc"}:
        raise pattern_not_matched("sort_order")
    return Wish(
        module=module,
        fields=asked_fields(ask, required=fields_needed),
        sort_by=cast("SortKey", sort_by),
        ascending=order == "asc",
        since=since,
        here=here,
    )


def _rows(ask: Ask, wish: Wish) -> Iterator[Row]:
    """The rows of the page asked for, and of all pages after it."""
    ids, name = ask.listed("ids") if ask.org.switches.ids else [], wish.module.api_name
    table = ask.org.tables[name] if ids else ask.org.listed(name)
    skip, filters = wish.here.skip, _filters(ask, wish)
    if not ids and not filters and (wish.since is None or wish.sort_by == "Modified_Time"):
        return walk(table, wish.sort_by, ascending=wish.ascending, after=wish.here.after, since=wish.since, skip=skip)
    rows = _of_ids(table, ids, wish) if ids else _all(table, wish)
    return islice((row for row in rows if all(admits(row) for admits in filters)), skip, None)


def _filters(ask: Ask, wish: Wish) -> list[Callable[[Row], bool]]:
    filters: list[Callable[[Row], bool]] = []
    view_id, layout_id = ask.params.get("cvid"), ask.params.get("pipeline_id")
    if view_id is not None:
        view = wish.module.view(view_id)
        if view is None:
            raise invalid_param("cvid")
        filters.append(views.predicate(ask.org, wish.module.api_name, view.criteria, user=ask.user))
    if layout_id is not None and wish.module.api_name == "Pipelines":
        if wish.module.layout(layout_id) is None:
            raise invalid_param("pipeline_id")
        filters.append(lambda row: row.values.get("Pipeline") == layout_id)
    return filters


def _of_ids(table: Table, ids: list[str], wish: Wish) -> Iterator[Row]:
    found = [row for one in dict.fromkeys(ids) if (row := table.get(one)) is not None]
    return in_order(found, wish)


def _all(table: Table, wish: Wish) -> Iterator[Row]:
    if wish.since is None or wish.sort_by == "Modified_Time":
        return walk(table, wish.sort_by, ascending=wish.ascending, after=wish.here.after, since=wish.since)
    since = wish.since
    start = table.by_modified.bisect_left((since, 0))
    if len(table) - start > _FEW * len(table):
        every = walk(table, wish.sort_by, ascending=wish.ascending, after=wish.here.after)
        return (row for row in every if row.modified >= since)
    return in_order([table.rows[str(number)] for _, number in table.by_modified.irange((since, 0))], wish)


def in_order(rows: list[Row], wish: Wish) -> Iterator[Row]:
    """Few rows in the order `walk` gives them, from behind the last one served, none older than `since`."""

    def rank(row: Row) -> Place:
        key, number = place_of(row, wish.sort_by)
        if not wish.ascending:
            return (-key, -number)
        return (key, number if wish.sort_by == "id" else -number)

    after = wish.here.after
    for row in sorted(rows, key=rank):
        if wish.since is not None and row.modified < wish.since:
            continue
        if after is None or rank(row) > _ranked(after, wish):
            yield row


def _ranked(after: Place, wish: Wish) -> Place:
    key, number = after
    if not wish.ascending:
        return (-key, -number)
    return (key, number if wish.sort_by == "id" else -number)


def page_of(rows: Iterator[Row], wish: Wish) -> tuple[list[Row], bool]:
    """The rows of a page, and whether more follow. rows: from the page's first on."""
    found = list(islice(rows, wish.here.per_page + 1))
    return found[: wish.here.per_page], len(found) > wish.here.per_page


def info(ask: Ask, wish: Wish, *, rows: list[Row], more: bool) -> dict[str, object]:
    """What every list tells of a page that is not empty; tokens where lists have them."""
    told: dict[str, object] = {
        "per_page": wish.here.per_page,
        "count": len(rows),
        "page": wish.here.page,
        "more_records": more,
    }
    if not fields_required(ask):
        return told
    last = place_of(rows[-1], wish.sort_by) if more else None
    return {**told, **token_keys(ask, wish.here, last=last)}
