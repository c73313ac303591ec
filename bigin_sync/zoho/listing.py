"""Readings by list calls, for orgs whose COQL is missing or refuses a column.

A list is walked by the page tokens that it hands out (Bigin v2 and Zoho CRM v8 "Get Records": numbered pages end at
2,000 records; a token lives 24 hours and belongs to the very parameters it was made with).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bigin_sync.errors import RequestRefused
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.side import Cursor, Page, Row
from bigin_sync.zoho.times import from_wire, to_wire

PER_PAGE = 200
FIRST: Mapping[str, str] = MappingProxyType({"page": "1"})
"""The place of the first page."""

_STALE_TOKEN = frozenset({"EXPIRED_VALUE", "TOKEN_BOUND_DATA_MISMATCH"})
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows of one list call, and how to ask for the next ones (None: there are none)."""

    rows: list[Row]
    at: datetime
    onward: Mapping[str, str] | None


def one_page(
    wire: Wire,
    module: str,
    *,
    params: Mapping[str, str],
    place: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    credits: int = 1,
    operation: str = "list",
) -> ListPage:
    """The page of a list at a place (`page` or `page_token`). One call."""
    asked = {**wire.product.list_params, **params, "per_page": str(PER_PAGE), **place}
    call = Call("GET", f"/{module}", operation, credits=credits, params=asked, headers=headers or {})
    answer = wire.send(call)
    return ListPage(answer.rows, answer.at, _onward(answer.info, place, rows=len(answer.rows)))


def pages(
    wire: Wire,
    module: str,
    *,
    params: Mapping[str, str],
    place: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    credits: int = 1,
    operation: str = "list",
) -> Iterator[ListPage]:
    """Pages of a list from a place (the first page if none is given) to the end; at least one, which may be empty."""
    onward: Mapping[str, str] | None = place or FIRST
    while onward is not None:
        page = one_page(
            wire, module, params=params, place=onward, headers=headers, credits=credits, operation=operation
        )
        yield page
        onward = page.onward


def _onward(info: Mapping[str, Any], present: Mapping[str, str], *, rows: int) -> Mapping[str, str] | None:
    """Where the next page is: by token if one was given, else by number."""
    if not rows or not info.get("more_records"):
        return None
    token = info.get("next_page_token")
    if token:
        return {"page_token": str(token)}
    return {"page": str(int(present["page"]) + 1)} if "page" in present else None


def stale(refused: RequestRefused) -> bool:
    """Whether a refusal says that a stored page token has died."""
    return refused.code in _STALE_TOKEN


def read_newest(
    wire: Wire, module: str, *, fields: Sequence[str], cursor: Cursor, overlap: timedelta
) -> Iterator[Page]:
    """What was modified since the cursor's moment: newest first, until rows are older than that.

    A record edited meanwhile moves to the front; the next reading overlaps this one and sees it.
    """
    since = cursor.since
    assert since is not None  # noqa: S101 -- the caller reads in full without one
    params = {"fields": ",".join(fields), "sort_by": "Modified_Time", "sort_order": "desc"}
    walk = cursor.walk
    started = datetime.fromisoformat(walk["started"]) if walk else None
    headers = {"If-Modified-Since": to_wire(since - _SECOND)}
    for page in _resumed(wire, module, params=params, walk=walk, headers=headers):
        started = started or page.at
        rows = newer(page.rows, "Modified_Time", since)
        if page.onward is None or len(rows) < len(page.rows):
            yield Page(rows, Cursor(since=max(since, started - overlap)))
            return
        yield Page(rows, Cursor(since=since, walk=_walk(page.onward, started)))


def newer(rows: list[Row], time_field: str, since: datetime) -> list[Row]:
    """The rows whose time is not before `since`; a row without a readable time counts as new."""
    return [row for row in rows if (from_wire(row.get(time_field)) or since) >= since]


def _walk(onward: Mapping[str, str], started: datetime) -> dict[str, Any]:
    return {"by": "newest", "place": dict(onward), "started": started.isoformat()}


def _resumed(
    wire: Wire, module: str, *, params: Mapping[str, str], walk: Mapping[str, Any], headers: Mapping[str, str]
) -> Iterator[ListPage]:
    """The pages from a stored place, or from the start when the token stored there has died."""
    place: Mapping[str, str] | None = walk.get("place")
    try:
        yield from pages(wire, module, params=params, place=place, headers=headers)
    except RequestRefused as refused:
        if place is None or not stale(refused):
            raise
        yield from pages(wire, module, params=params, headers=headers)
