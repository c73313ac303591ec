"""What the search index of a module has not taken in yet.

Zoho CRM v8 and Bigin v2, "Search Records": search asks an index, and what was written is not there at once; on a live
Bigin org it took 10 to 20 seconds. Until then the index holds the record as it was before, or not at all if it is new.
"""

from collections import deque
from collections.abc import Mapping

from bigin_sync.emulator.table import Row


class IndexLag:
    """The writes still on their way into the index, the oldest first; nothing is kept of those that arrived."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, str, Row | None]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def wrote(self, row_id: str, before: Row | None, *, now: int, lag: int) -> None:
        """A record was written that looked like `before` (a copy; `None`: it was not there)."""
        self._drop(now)
        if lag > 0:
            self._waiting.append((now + lag, row_id, before))

    def held(self, now: int) -> Mapping[str, Row | None]:
        """Record id -> what the index holds of it, for those records of which it does not hold what is stored."""
        self._drop(now)
        found: dict[str, Row | None] = {}
        for arrives, row_id, before in self._waiting:
            if arrives > now:
                found.setdefault(row_id, before)
        return found

    def _drop(self, now: int) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self._waiting.popleft()
