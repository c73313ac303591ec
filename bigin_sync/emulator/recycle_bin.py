"""What was deleted: it can be listed for months, and brought back for sixty days."""

from dataclasses import dataclass
from typing import Any

from sortedcontainers import SortedList

from bigin_sync.emulator.table import Row

RECYCLE_DAYS = 60
LISTED_DAYS = 120
_DAY = 86_400


@dataclass(slots=True, kw_only=True)
class Gone:
    """One deleted record. `row` is `None` once nothing can bring it back (a merged one, for example)."""

    id: str
    module: str
    name: str | None
    deleted: int
    deleted_by: str | None
    created_by: str | None
    row: Row | None
    along_with: str | None = None
    """The record whose deletion took this one along; it comes back with it."""

    def kind(self, now: int) -> str:
        """`recycle` while it can be brought back, `permanent` after."""
        return "recycle" if self.row is not None and now - self.deleted <= RECYCLE_DAYS * _DAY else "permanent"


class RecycleBin:
    """Deleted records by module, the latest first."""

    def __init__(self) -> None:
        self._gone: dict[str, dict[str, Gone]] = {}
        self._order: dict[str, Any] = {}

    def drop(self, gone: Gone) -> None:
        """Takes a record in; it replaces an earlier entry of the same id."""
        self.lift(gone.module, gone.id)
        self._gone.setdefault(gone.module, {})[gone.id] = gone
        self._order.setdefault(gone.module, SortedList()).add((gone.deleted, int(gone.id)))

    def lift(self, module: str, record_id: str) -> Gone | None:
        """Takes a record out of the lists."""
        gone = self._gone.get(module, {}).pop(record_id, None)
        if gone is not None:
            self._order[module].remove((gone.deleted, int(gone.id)))
        return gone

    def get(self, module: str, record_id: str) -> Gone | None:
        """The entry of one record, whatever its kind."""
        return self._gone.get(module, {}).get(record_id)

    def found(self, record_id: str) -> Gone | None:
        """The entry of a record of any module."""
        return next((kept[record_id] for kept in self._gone.values() if record_id in kept), None)

    def everything(self) -> list[Gone]:
        """All entries, the latest deletion first."""
        return sorted(
            (one for kept in self._gone.values() for one in kept.values()),
            key=lambda one: (one.deleted, int(one.id)),
            reverse=True,
        )

    def listed(self, module: str, *, since: int | None, now: int) -> list[Gone]:
        """Entries of a module that may still be listed, deleted at or after `since`, the latest first."""
        order = self._order.get(module)
        if order is None:
            return []
        earliest = max(now - LISTED_DAYS * _DAY, since if since is not None else 0)
        start = order.bisect_left((earliest, 0))
        kept = self._gone[module]
        return [kept[str(number)] for _, number in reversed(order[start:])]

    def taken_along(self, record_id: str) -> list[Gone]:
        """Entries that went because that record went."""
        return [one for kept in self._gone.values() for one in kept.values() if one.along_with == record_id]
