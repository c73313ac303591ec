"""Backoff: how long nothing is tried after a run that could not go on, and why. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bigin_sync.errors import (
    AccessLost,
    BiginSyncError,
    BrakePulled,
    Bug,
    LeaseLost,
    OutOfCredits,
    Refused,
    RequestRefused,
    StopRun,
    TryLater,
)

SOON = timedelta(seconds=10)
"""Another process is at work: it will be through some time, and looking at the lease costs nothing."""

FIRST = timedelta(seconds=15)
LONGEST = timedelta(minutes=15)
"""The first pause, and the one that no pause exceeds: each is twice as long as the one before."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is tried until then. why: a sentence without any record's values. cause: the error as it was."""

    until: datetime
    why: str
    cause: Exception | None = field(default=None, compare=False)


def rest_after(error: Exception, *, failures: int, now: datetime) -> Rest:
    """How long to rest after a run that ended with this error; `failures`: how many failed in a row, this one too."""
    return Rest(now + _pause(error, failures, now), reason(error), error)


def reason(error: Exception) -> str:
    """The error in a sentence that holds no value of a record.

    What the vendor says of a request it refused, and what an unforeseen error says, may quote values: of these only the
    kind is told.
    """
    if isinstance(error, OutOfCredits) and error.until is not None:
        return f"{error.what} There are new ones from {error.until:%Y-%m-%d %H:%M} UTC."
    if isinstance(error, BrakePulled):
        return f"{error.what} {error.hint}".rstrip()
    if isinstance(error, (Refused, StopRun, TryLater)):
        return error.what
    if isinstance(error, RequestRefused):
        return f"Zoho refused a request as a whole ({error.code}, HTTP {error.status})."
    return "Something unforeseen happened: a mistake in the program, of which the log names a report."


def for_a_person(error: Exception) -> bool:
    """Whether it goes on only once somebody has done something."""
    return unforeseen(error) or isinstance(error, (AccessLost, BrakePulled, Refused))


def unforeseen(error: Exception) -> bool:
    """Whether it is a mistake in the program."""
    return not isinstance(error, BiginSyncError) or isinstance(error, Bug)


def _pause(error: Exception, failures: int, now: datetime) -> timedelta:
    if isinstance(error, LeaseLost):
        return SOON
    if isinstance(error, OutOfCredits):
        return LONGEST if error.until is None else max(FIRST, error.until - now)
    if isinstance(error, (AccessLost, BrakePulled, Refused)):
        return LONGEST
    doubled: int = 2 ** min(max(failures - 1, 0), 10)
    return min(LONGEST, FIRST * doubled)
