"""A full reading by COQL: every record once, many pages at a time, delivered in order of id.

Pages are asked for by OFFSET, so that they can be fetched in parallel; but offsets slide when a record is deleted
meanwhile. So neighbouring pages overlap by one row: each page is a gapless piece of the id order, and two pieces that
touch leave nothing out between them. Where they do not touch, reading starts anew behind the last delivered id. OFFSET
reaches only so deep, so behind each window of pages a new one is anchored with `id > last`; its last page is fetched
first, so that the next window need not wait. Records made during the reading are left to the incremental one that
follows.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from bigin_sync.errors import BiginSyncError, StopRun
from bigin_sync.zoho.coql import QueryPage
from bigin_sync.zoho.side import Cursor, Page, Row

T = TypeVar("T")

_AHEAD_ROWS = 6_000
"""Rows that may lie in memory waiting for their turn."""

_PATIENCE_WITH_GAPS = 3
"""After so many gaps somebody is deleting on a grand scale: go page by page, which nothing can upset."""


class Ask(Protocol):
    """Fetch one page in order of id: rows behind the id `after` (None: from the first), skipping `offset` of them."""

    def __call__(self, *, after: str | None, offset: int) -> QueryPage:
        """One call."""
        ...


class Submit(Protocol):
    """Run a call in the pool, the more urgent first."""

    def __call__(self, call: Callable[[], T], /, *, urgency: int = 0) -> "Future[T]":
        """What will have come of it."""
        ...


@dataclass(frozen=True, slots=True)
class _Fetch:
    """A page on its way. `number` counts from 0 within its window."""

    number: int
    page: "Future[QueryPage]"


class FullRead:
    """One full reading of one module; used once.

    ask, count: the two calls it makes (`count`: how many records there are, asked once when the first page is not
    all). submit: runs a call in the pool. rows, window: LIMIT of a page and how deep offsets reach. width: pages
    fetched at once.
    """

    def __init__(
        self,
        ask: Ask,
        *,
        count: Callable[[], int],
        submit: Submit,
        rows: int,
        window: int,
        width: int,
        overlap: timedelta,
    ) -> None:
        self._ask = ask
        self._count_call = count
        self._submit = submit
        self._rows = rows
        self._window = (window - rows) // (rows - 1) + 1
        self._width = max(1, min(width, _AHEAD_ROWS // rows))
        self._overlap = overlap
        self._queue: deque[_Fetch] = deque()
        self._count: Future[int] | None = None
        self._started: datetime | None = None
        self._last: str | None = None
        self._delivered = 0
        self._pages = 0
        self._gaps = 0
        self._anchor: str | None = None
        self._base = 0
        self._next = 0
        self._final: Future[QueryPage] | None = None

    def pages(self, walk: Mapping[str, Any]) -> Iterator[Page]:
        """The pages, from where a stored walk stands; the last one's cursor is finished."""
        if walk:
            self._last = str(walk["after_id"])
            self._started = datetime.fromisoformat(walk["started"])
            self._delivered = int(walk["seen"])
            self._begin_window(after=self._last, base=self._delivered)
        try:
            more = True
            while more:
                self._fill()
                fetch = self._queue.popleft()
                page = fetch.page.result()
                fresh = self._fresh(fetch, page)
                if fresh is None:
                    self._restart()
                    continue
                # At the end of a window a side may say "no more" because OFFSET ends there, though the records do not.
                more = page.more or (fetch.number == self._window - 1 > 0 and len(page.rows) == self._rows)
                yield self._deliver(fresh, page.at, more=more)
        finally:
            self._drop()

    # --- delivering ----------------------------------------------------------------------------------------------

    def _fresh(self, fetch: _Fetch, page: QueryPage) -> list[Row] | None:
        """The rows not delivered yet; None when there may be a gap between them and what was delivered."""
        if fetch.number == 0 or self._last is None:
            return page.rows
        last = int(self._last)
        if not page.rows or int(page.rows[0]["id"]) > last:
            return None
        return [row for row in page.rows if int(row["id"]) > last]

    def _deliver(self, rows: list[Row], at: datetime, *, more: bool) -> Page:
        """The page with the cursor to store beside it."""
        self._started = self._started or at
        self._pages += 1
        self._delivered += len(rows)
        if rows:
            self._last = str(rows[-1]["id"])
        if not more:
            return Page(rows, Cursor(since=self._started - self._overlap))
        if self._count is None:
            self._count = self._submit(self._count_call)
        walk = {"by": "id", "after_id": self._last, "started": self._started.isoformat(), "seen": self._delivered}
        return Page(rows, Cursor(walk=walk))

    def _restart(self) -> None:
        """Go on behind the last delivered id with nothing fetched ahead."""
        self._drop()
        self._gaps += 1
        if self._gaps >= _PATIENCE_WITH_GAPS:
            self._window = 1
        self._begin_window(after=self._last, base=self._delivered)

    def _drop(self) -> None:
        """Forget what was fetched ahead."""
        for fetch in self._queue:
            fetch.page.cancel()
        self._queue.clear()
        if self._final is not None:
            self._final.cancel()
            self._final = None

    # --- fetching ahead ------------------------------------------------------------------------------------------

    def _begin_window(self, *, after: str | None, base: int) -> None:
        """Pages are asked for behind `after` from now on; about `base` records lie before it."""
        self._anchor = after
        self._base = base
        self._next = 0
        self._final = None

    def _fill(self) -> None:
        """Ask for as many pages ahead as there surely are and may be."""
        while len(self._queue) < self._allowed():
            if self._next == self._window and not self._move_window():
                return
            if self._queue and not self._exists(self._next):
                return
            self._queue.append(_Fetch(self._next, self._take()))
            self._next += 1

    def _take(self) -> "Future[QueryPage]":
        """The next page; the last one of the window is sent for with the first, as soon as it is known to exist."""
        last = self._window - 1
        if self._next < last and self._final is None and self._expected() is not None and self._exists(last):
            self._final = self._fetch(last)
        if self._next == last and self._final is not None:
            page, self._final = self._final, None
            return page
        return self._fetch(self._next)

    def _move_window(self) -> bool:
        """Begin the next window behind the last page of this one; False while that page is still on its way."""
        base = self._base + self._window * (self._rows - 1) + 1
        if not self._queue:
            self._begin_window(after=self._last, base=self._delivered)
            return True
        last = self._queue[-1].page
        if not last.done() or last.cancelled() or last.exception() is not None or not last.result().rows:
            return False
        self._begin_window(after=str(last.result().rows[-1]["id"]), base=base)
        return True

    def _fetch(self, number: int) -> "Future[QueryPage]":
        """Send for one page of the present window."""
        after, offset = self._anchor, number * (self._rows - 1)
        return self._submit(lambda: self._ask(after=after, offset=offset))

    def _allowed(self) -> int:
        """How many pages may be on their way: one until the first has come, then by what is known of the count."""
        if self._count is None or not self._count.done():
            return 1
        if self._expected() is not None:
            return self._width
        return min(self._width, 1 << min(self._pages, 10))

    def _exists(self, number: int) -> bool:
        """Whether a page of the present window has records that the pages before it lack, as far as is known."""
        expected = self._expected()
        before = self._base + (number * (self._rows - 1) + 1 if number else 0)
        return expected is None or before < expected

    def _expected(self) -> int | None:
        """How many records there are; None when that could not be found out."""
        if self._count is None or not self._count.done():
            return None
        try:
            found: int = self._count.result()
        except StopRun:
            raise
        except BiginSyncError:
            return None
        return found
