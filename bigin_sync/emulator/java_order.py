"""The order in which Zoho's servers write the keys of a JSON object: that of a Java `HashMap`.

Both products answer so, at every depth, with no exception known. A key's bucket is
`(h ^ h >>> 16) & (capacity - 1)` with `h` the Java hash of the key, the capacity being the smallest power of
two, at least 16, that holds the keys at a load of three quarters. The order therefore changes with the *number*
of keys: a client that counts on an order breaks here as it breaks there.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

_MASK = 0xFFFFFFFF
_PLAIN = frozenset({str, int, float, bool, type(None)})
"""What holds nothing: most of what is answered, and not worth a call."""


def java_hash(text: str) -> int:
    """The unsigned 32 bits of Java's `String.hashCode`: `h = 31 * h + unit` over UTF-16 units."""
    units = text.encode("utf-16-le")
    value = 0
    for index in range(0, len(units), 2):
        value = (31 * value + units[index] + (units[index + 1] << 8)) & _MASK
    return value


@lru_cache(maxsize=4096)
def key_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys as a `HashMap` would list them; keys that share a bucket keep the order given."""
    capacity = 16
    while len(keys) > capacity * 3 // 4:
        capacity *= 2
    return tuple(sorted(keys, key=lambda key: _spread(java_hash(key)) & (capacity - 1)))


def _spread(value: int) -> int:
    return value ^ (value >> 16)


def ordered(body: Mapping[str, object]) -> dict[str, object]:
    """A copy of one object with its keys in Java's order; what it holds is left alone."""
    return {key: body[key] for key in key_order(tuple(body))}


class Ready(list[object]):
    """A list whose members already have their keys in order, so that `settle` need not walk them."""

    __slots__ = ()


def settle(value: object) -> object:
    """A copy of a JSON value with the keys of every object in it in Java's order."""
    if isinstance(value, Ready):
        return value
    if isinstance(value, dict):
        return {key: one if type(one := value[key]) in _PLAIN else settle(one) for key in key_order(tuple(value))}
    if isinstance(value, (list, tuple)):
        return [member if type(member) in _PLAIN else settle(member) for member in value]
    return value


def ready(rows: Iterable[object]) -> Ready:
    """Marks rows as being in order already."""
    return Ready(rows)
