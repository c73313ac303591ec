"""Times as both products write them: ISO 8601 in whole seconds with a numeric offset; inside they are aware and UTC."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def to_wire(moment: datetime) -> str:
    """`2026-03-04T08:15:00+00:00`; fractions are cut off, because neither product has a finer clock."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def from_wire(text: object) -> datetime | None:
    """The moment a wire time means, in UTC whole seconds; None when it is missing or is not a time with an offset."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo else None


def from_http_date(text: str | None) -> datetime | None:
    """The moment of a `Date` header, in UTC; None when it is missing or malformed."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
