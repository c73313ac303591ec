"""A record: one row of one side, as canonical values."""

from dataclasses import dataclass
from datetime import datetime

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

    Times are aware, in UTC, in whole seconds (both products have no finer clock).
    """

    ref: Ref
    values: Values
    label: str
    modified_at: datetime
    modified_by: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None
