"""JSON without loss: decimals are read and written digit by digit, never through a binary float."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring_ascii

from bigin_sync.errors import Bug

_FAST = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

_HALF_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def loads(content: bytes | str) -> object:
    """The value of a JSON text, numbers with a fraction as `Decimal`; raises `ValueError` when it is not JSON.

    Half a character (RFC 8259, 8.2: an escaped surrogate without its other half, as a cut text ends in) is no text that
    could be stored or sent: it becomes the sign for an unreadable character.
    """
    value: object = json.loads(content, parse_float=Decimal)
    escaped = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return _whole(value) if _HALF_ESCAPED.search(escaped) else value


def _whole(value: object) -> object:
    """The same value with half characters replaced."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_HALF.sub("\ufffd", name): _whole(item) for name, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


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
            raise Bug("A number that is not finite cannot be written as JSON.")
        return format(value, "f")
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Bug(f"A value of type {type(value).__name__} cannot be written as JSON.") from error
