"""JSON without loss: decimals are read and written digit by digit, never through a binary float."""

import json
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring_ascii

from bigin_sync.errors import Bug

_FAST = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def loads(content: bytes | str) -> object:
    """The value of a JSON text, numbers with a fraction as `Decimal`; raises `ValueError` when it is not JSON."""
    value: object = json.loads(content, parse_float=Decimal)
    return value


def dumps(value: object) -> str:
    """The compact JSON text of plain values and `Decimal`s; raises `Bug` for anything JSON cannot hold.

    The standard library can't write a `Decimal` as a number. So it gets the first try, being many times faster, and
    what holds one (or anything else it does not know) is written here, container by container.
    """
    try:
        return _FAST.encode(value)
    except (TypeError, ValueError):
        return _exact(value)


def _exact(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        members = [f"{encode_basestring_ascii(str(key))}:{_exact(item)}" for key, item in value.items()]
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_exact, value)) + "]"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Bug(f"The number {value} cannot be written as JSON.")
        return format(value, "f")
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Bug(f"A value of type {type(value).__name__} cannot be written as JSON.") from error
