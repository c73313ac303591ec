"""The outcome of one remote write, item by item."""

from datetime import datetime
from enum import StrEnum

from bigin_sync.model.frozen import dataclass


class Cause(StrEnum):
    """Why a record cannot be written, or is not written: each has its own way out."""

    MANDATORY = "mandatory"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    UNMAPPED = "unmapped"
    TOO_LONG = "too_long"
    FORBIDDEN = "forbidden"
    LOCKED = "locked"
    MISSING = "missing"
    LIMIT = "limit"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"


NOT_WRITTEN = "NOT_WRITTEN"
"""In place of a side's code: something that stopped more than this write, or may be over soon, kept it back."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The side took the record. Times are aware, UTC, whole seconds; `created` is False if an upsert met an old one."""

    id: str
    modified_at: datetime
    created: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """The side refused this one record and stored nothing. `field` is the side's own API name where it named one.

    stumbled: the side failed over this very record, so that trying it again at once is likely to end the same way.
    """

    cause: Cause
    code: str
    message: str
    field: str | None = None
    duplicate_of: str | None = None
    stumbled: bool = False


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The record was changed after the time we said we had read it (`ALREADY_MODIFIED`); nothing was stored."""

    id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost or cannot be read: the write may or may not have happened. stumbled: as of `Refused`."""

    reason: str
    stumbled: bool = False


Outcome = Stored | Refused | Overtaken | Unknown
