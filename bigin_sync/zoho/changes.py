"""An incremental reading by COQL: what was modified at or after a moment, in order of (Modified_Time, id).

It walks by key, so nothing that happens meanwhile can upset it: a record edited during the walk moves to its end and
is seen there. Both products know whole seconds only, so many records share one; within a second the id decides. An
idle reading is one call. The next reading begins a little before the moment at which this one began, by the server's
clock.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from bigin_sync.zoho.coql import QueryPage, after, moment
from bigin_sync.zoho.side import Cursor, Page, Row
from bigin_sync.zoho.times import from_wire

ORDER = "Modified_Time asc, id asc"


class Ask(Protocol):
    """Fetch the first rows that meet a condition, in `ORDER`."""

    def __call__(self, where: str, *, limit: int) -> QueryPage:
        """One call."""
        ...


class OrderBroken(Exception):
    """The side did not answer in the order asked for, so that a walk by key would lose rows."""


def read_changes(ask: Ask, cursor: Cursor, *, first_rows: int, most_rows: int, overlap: timedelta) -> Iterator[Page]:
    """The pages from where the cursor stands; the last one's cursor is finished. Raises `OrderBroken`.

    first_rows: LIMIT of the first call, which in daily life is the only one. most_rows: LIMIT of those that follow it.
    """
    since = cursor.since
    assert since is not None  # noqa: S101 -- the caller reads in full without one
    walk: Mapping[str, Any] = cursor.walk
    limit = most_rows if walk else first_rows
    while True:
        where = f"Modified_Time >= {moment(since)}"
        if walk:
            where = after("Modified_Time", at=datetime.fromisoformat(walk["time"]), last_id=str(walk["id"]))
        page = ask(where, limit=limit)
        started = datetime.fromisoformat(walk["started"]) if walk else page.at
        if not page.more or not page.rows:
            # Time never goes back, even if the side's clock was set back meanwhile.
            yield Page(page.rows, Cursor(since=max(since, started - overlap)))
            return
        time, last_id = _last_key(page.rows)
        walk = {"by": "modified", "time": time.isoformat(), "id": str(last_id), "started": started.isoformat()}
        yield Page(page.rows, Cursor(since=since, walk=walk))
        limit = most_rows


def _last_key(rows: list[Row]) -> tuple[datetime, int]:
    """The (Modified_Time, id) of the last row, once it is sure that all rows ascend by it."""
    keys = [(from_wire(row.get("Modified_Time")), int(row["id"])) for row in rows]
    times = [time for time, _ in keys if time is not None]
    if len(times) != len(keys):
        raise OrderBroken
    found = list(zip(times, (record_id for _, record_id in keys), strict=True))
    if any(left >= right for left, right in pairwise(found)):
        raise OrderBroken
    return found[-1]
