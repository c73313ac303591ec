"""A full reading by lists: from both ends of the id order towards the middle, several stretches at once.

A module of one page takes one call. A larger one is counted first, so that no page is asked for in vain, then cut into
stretches (see `stretches.py`). Every page's cursor says how far each stretch has come, so a reading that was cut
off goes on with all of them. At the end one query of ids looks into the seams; where it finds a record left out, the
stretch before it takes another page. In all that is at most two calls more than there are pages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bigin_sync.errors import BiginSyncError, RequestRefused, StopRun
from bigin_sync.zoho import listing
from bigin_sync.zoho.coql import QueryPage, between
from bigin_sync.zoho.fullread import Submit
from bigin_sync.zoho.http import Wire
from bigin_sync.zoho.listing import PER_PAGE, ListPage
from bigin_sync.zoho.side import Cursor, Page
from bigin_sync.zoho.stretches import Seam, Stretch, Stretches

UNKNOWN = 1_000
"""The urgency of what may be followed by nobody knows how many calls."""

AskIds = Callable[[str], QueryPage]
"""The first ids, at most a page of them, that meet a condition. One call."""


@dataclass(slots=True)
class _Coming:
    """A page on its way."""

    stretch: Stretch
    page: "Future[ListPage]"


class FullList:
    """One full reading of one module by lists; used once.

    count: how many records there are. ids: looks into seams; None where no query can. width: calls at once.
    """

    def __init__(
        self,
        wire: Wire,
        module: str,
        *,
        fields: Sequence[str],
        count: Callable[[], int],
        ids: AskIds | None,
        submit: Submit,
        width: int,
        overlap: timedelta,
    ) -> None:
        self._wire = wire
        self._module = module
        self._fields = ",".join(fields)
        self._count = count
        self._ids = ids
        self._submit = submit
        self._at_once = max(2, width) if ids is not None else 2
        self._overlap = overlap
        self._started: datetime | None = None
        self._all = Stretches()
        self._coming: list[_Coming] = []

    def pages(self, walk: Mapping[str, Any]) -> Iterator[Page]:
        """The pages, from where a stored walk stands or, when its tokens have died, from the start."""
        try:
            yield from self._from(walk)
        except RequestRefused as refused:
            if not walk or not listing.stale(refused):
                raise
            yield from self._from({})

    def _from(self, walk: Mapping[str, Any]) -> Iterator[Page]:
        """The pages from a stored walk, or from the start. A walk that has one stretch only is not laid out yet."""
        self._started = datetime.fromisoformat(walk["started"]) if walk else None
        self._all = Stretches.from_json(walk.get("stretches", ()))
        try:
            if not self._all.up:
                self._all.up.append(Stretch("asc", listing.FIRST))
                self._send(self._all.up[0])
                yield self._take()
            if self._all.seams() and not self._all.down and len(self._all.up) == 1:
                self._lay_out()
            while self._all.seams():
                for stretch in self._all.going():
                    self._send(stretch)
                if self._coming:
                    yield self._take()
                elif self._look_into_seams():
                    yield Page([], self._cursor())
        finally:
            for coming in self._coming:
                coming.page.cancel()
            self._coming.clear()

    def _lay_out(self) -> None:
        """Find out how many pages there are, with the second one, which there is, already on its way."""
        first = self._all.up[0]
        counting = self._submit(self._count, urgency=UNKNOWN)
        self._send(first)
        try:
            rows = counting.result()
        except StopRun:
            raise
        except BiginSyncError:
            self._all.down.append(Stretch("desc", listing.FIRST))
            return
        self._all.lay_out(-(-rows // PER_PAGE), at_once=self._at_once)

    def _send(self, stretch: Stretch) -> None:
        """Have the next page of a stretch on its way."""
        place = stretch.place
        if place is None or any(coming.stretch is stretch for coming in self._coming):
            return
        params = {"fields": self._fields, "sort_by": "id", "sort_order": stretch.order}
        page = self._submit(
            lambda: listing.one_page(self._wire, self._module, params=params, place=place),
            urgency=_urgency(stretch),
        )
        self._coming.append(_Coming(stretch, page))

    def _take(self) -> Page:
        """The next page that has come, or else the most urgent one; the stretches go on meanwhile."""
        come = (one for one in self._coming if one.page.done())
        coming = next(come, None) or max(self._coming, key=lambda one: _urgency(one.stretch))
        found = coming.page.result()
        self._coming.remove(coming)
        coming.stretch.take([int(row["id"]) for row in found.rows], found.onward)
        self._started = self._started or found.at
        self._all.drop_void()
        for stretch in self._all.going():
            if len(self._all.up) + len(self._all.down) > 1:
                self._send(stretch)
        return Page(found.rows, self._cursor())

    def _cursor(self) -> Cursor:
        """What to store beside the page that was just taken."""
        assert self._started is not None  # noqa: S101 -- a page has been taken before any cursor is needed
        if not self._all.seams():
            return Cursor(since=self._started - self._overlap)
        started = self._started.isoformat()
        return Cursor(walk={"by": "list", "started": started, "stretches": self._all.to_json()})

    def _look_into_seams(self) -> bool:
        """Close the seams in which no record lies; let the stretches at the others go on. Tells if all are closed."""
        seams = self._all.seams()
        known = [seam for seam in seams if seam.low is not None and seam.high is not None]
        page = self._ask(known)
        for seam in seams:
            if page is None or seam not in known or any(seam.holds(int(row["id"])) for row in page.rows):
                self._reopen(seam, wide=page is not None and page.more)
            elif not page.more:
                seam.behind.joined = True
        return not self._all.seams()

    def _ask(self, seams: Sequence[Seam]) -> QueryPage | None:
        """The ids of records that lie in these seams; None when they cannot be asked for."""
        if self._ids is None or not seams:
            return None
        try:
            return self._ids(between([(str(seam.low), str(seam.high)) for seam in seams]))
        except StopRun:
            raise
        except BiginSyncError:
            return None

    def _reopen(self, seam: Seam, *, wide: bool) -> None:
        """Let a stretch go on until it reaches the one ahead; over a wide gap, both that meet in the middle."""
        seam.behind.pages = None
        if wide and seam.ahead is not None and seam.ahead.order != seam.behind.order:
            seam.ahead.pages = None


def _urgency(stretch: Stretch) -> int:
    """How many calls will still follow one another in a stretch."""
    return UNKNOWN if stretch.pages is None else stretch.pages
