"""A full reading by lists: from both ends of the id order towards the middle, two pages on their way at once.

A list can only be walked page by page (each names the token of the next), which is why two walks are better than one.
They meet where the ascending one has come past the descending one. A module of one page takes one call.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bigin_sync.errors import RequestRefused
from bigin_sync.zoho import listing
from bigin_sync.zoho.fullread import Submit
from bigin_sync.zoho.http import Wire
from bigin_sync.zoho.listing import ListPage
from bigin_sync.zoho.side import Cursor, Page


@dataclass(slots=True)
class _End:
    """One of the two walks: where its next page is, which id it has come to, and the page on its way."""

    order: str
    place: Mapping[str, str] | None
    edge: int | None = None
    coming: "Future[ListPage] | None" = None

    def to_json(self) -> list[Any]:
        """What must be stored to go on."""
        return [self.order, dict(self.place or {}), self.edge]


class FullList:
    """One full reading of one module by lists; used once."""

    def __init__(self, wire: Wire, module: str, *, fields: Sequence[str], submit: Submit, overlap: timedelta) -> None:
        self._wire = wire
        self._module = module
        self._fields = ",".join(fields)
        self._submit = submit
        self._overlap = overlap

    def pages(self, walk: Mapping[str, Any]) -> Iterator[Page]:
        """The pages, from where a stored walk stands or, when its tokens have died, from the start."""
        try:
            yield from self._from(walk)
        except RequestRefused as refused:
            if not walk or not listing.stale(refused):
                raise
            yield from self._from({})

    def _from(self, walk: Mapping[str, Any]) -> Iterator[Page]:
        started = datetime.fromisoformat(walk["started"]) if walk else None
        ends = [_End(*stored) for stored in walk.get("ends", ())] or [_End("asc", listing.FIRST)]
        try:
            turn = 0
            while True:
                page = self._take(ends[turn % len(ends)])
                started = started or page.at
                if _met(ends):
                    yield Page(page.rows, Cursor(since=started - self._overlap))
                    return
                if len(ends) == 1:
                    ends.append(_End("desc", listing.FIRST))
                for end in ends:
                    self._send_for(end)
                stand = [end.to_json() for end in ends]
                yield Page(page.rows, Cursor(walk={"by": "list", "started": started.isoformat(), "ends": stand}))
                turn += 1
        finally:
            for end in ends:
                if end.coming is not None:
                    end.coming.cancel()

    def _send_for(self, end: _End) -> None:
        """Have the next page of a walk on its way."""
        if end.coming is None and end.place is not None:
            place = end.place
            params = {"fields": self._fields, "sort_by": "id", "sort_order": end.order}
            end.coming = self._submit(lambda: listing.one_page(self._wire, self._module, params=params, place=place))

    def _take(self, end: _End) -> ListPage:
        """The next page of a walk."""
        self._send_for(end)
        coming, end.coming = end.coming, None
        assert coming is not None  # noqa: S101 -- a walk without a next page has ended the reading already
        page = coming.result()
        end.place = page.onward
        if page.rows:
            end.edge = int(page.rows[-1]["id"])
        return page


def _met(ends: Sequence[_End]) -> bool:
    """Whether every record has been passed by one of the walks."""
    if any(end.place is None for end in ends):
        return True
    edges = [end.edge for end in ends if end.edge is not None]
    return len(edges) == 2 and edges[0] >= edges[1]
