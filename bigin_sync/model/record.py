"""A record: one row of one side, as canonical values."""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values


@dataclass(frozen=True, slots=True)
class Ref:
    """Which record is meant: side, kind and the id it has there."""

    side: Side
    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it was read: canonical values of every mapped field, and who moved it last.

    Times are aware, in UTC, in whole seconds (both products have no finer clock). key: the sync key it carries, if it
    was made by the sync and its org has a field for that; it says nothing of what the record holds.
    """

    ref: Ref
    values: Values
    label: str
    modified_at: datetime
    modified_by: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None
    key: str | None = field(default=None, compare=False)


def by_side_and_kind(refs: Iterable[Ref]) -> dict[tuple[Side, Kind], list[str]]:
    """The ids of these records, each side's and kind's together: what one call or one query can ask for."""
    groups: dict[tuple[Side, Kind], list[str]] = {}
    for ref in refs:
        groups.setdefault((ref.side, ref.kind), []).append(ref.id)
    return groups
