"""Durations: how long a call took. Inside it is whole seconds as text; on the wire it is `mm:ss`, or a number.

Sources: Zoho CRM v8 "Calls" (`Call_Duration`, `mm:ss`), Bigin v2 "Calls" (written as a number of minutes, read as
`mm:ss`).
"""

from bigin_sync.model.values import Value

MINUTE = 60
_HOUR = 60 * MINUTE
_UNITS = (1, MINUTE, _HOUR)


def read_duration(raw: object) -> Value:
    """Seconds of `ss`, `mm:ss` or `hh:mm:ss` as text; what is none of these is passed on as the text it is."""
    if raw is None or raw == "":
        return None
    parts = str(raw).strip().split(":")
    if len(parts) > len(_UNITS) or not all(part.isascii() and part.isdigit() for part in parts):
        return str(raw)
    return str(sum(int(part) * unit for part, unit in zip(reversed(parts), _UNITS, strict=False)))


def in_minutes(value: Value) -> Value:
    """The whole minutes nearest to a duration, in seconds; a call that took place took at least one."""
    if not isinstance(value, str) or not value.isdigit():
        return value
    seconds = int(value)
    return str(max((seconds + MINUTE // 2) // MINUTE, 1 if seconds else 0) * MINUTE)


def write_clock(value: Value) -> object:
    """`mm:ss` of a duration; minutes may be more than 60."""
    if not isinstance(value, str) or not value.isdigit():
        return value
    minutes, seconds = divmod(int(value), MINUTE)
    return f"{minutes:02d}:{seconds:02d}"


def write_minutes(value: Value) -> object:
    """A duration as a number of minutes."""
    if not isinstance(value, str) or not value.isdigit():
        return value
    return round(int(value) / MINUTE)
