"""Reads the dates and times that callers send."""

import re
from datetime import UTC, date, datetime

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")


def parse_moment(text: str) -> datetime | None:
    """An ISO time with an offset as aware UTC in whole seconds; `None` for anything else."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def parse_day(text: str) -> str | None:
    """`YYYY-MM-DD` if it names a day that exists, else `None`."""
    try:
        return date.fromisoformat(text).isoformat() if len(text) == len("2026-01-31") else None
    except ValueError:
        return None
