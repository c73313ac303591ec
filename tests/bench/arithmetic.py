"""What a perfect sync would need: the fewest calls, and the shortest time in which given calls can be made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

PRODUCTS = ("bigin", "crm")
PAGE: Mapping[str, int] = MappingProxyType({"bigin": 200, "crm": 2_000})
"""Rows one query answers (Bigin v2 "COQL"; Zoho CRM v8 "COQL limits")."""
BATCH = 100
"""Records one write carries, and one reading by ids."""
AT_ONCE = 5
"""Calls that may be under way to an org at a time, as the program's own default has it."""
MOST_AT_ONCE = 10
"""Calls that an org lets be under way: Bigin's limit, and CRM's for queries and large writes ("API limits" of both)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run has to do to one kind of one product: rows to read, records to create and to update."""

    product: str
    kind: str
    rows: int
    creates: int = 0
    updates: int = 0


@dataclass(frozen=True, slots=True)
class Minimum:
    """The fewest calls for a run. rereads: looking at each batch of updated records again right before writing it.

    lists: reading what records are joined with, which both products tell of one record at a time.
    """

    reads: int
    writes: int
    rereads: int
    lists: int = 0

    @property
    def calls(self) -> int:
        """All of them."""
        return self.reads + self.writes + self.rereads + self.lists


def ceil(amount: int, step: int) -> int:
    """How many steps hold the amount."""
    return -(-amount // step)


def minimum(loads: Iterable[Load]) -> Minimum:
    """The fewest calls in which these loads can be done; even an empty reading is one call."""
    given = list(loads)
    return Minimum(
        reads=sum(max(1, ceil(load.rows, PAGE[load.product])) for load in given),
        writes=sum(ceil(load.creates, BATCH) + ceil(load.updates, BATCH) for load in given),
        rereads=sum(ceil(load.updates, BATCH) for load in given),
    )


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls that were made to one product."""

    reads: int
    writes: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.reads + self.writes


def ideal_seconds(made: Iterable[Calls], *, read: float, write: float, at_once: int) -> float:
    """How long the very same calls take when every product is kept busy to the limit and all work side by side.

    made: by product. read, write: seconds one call takes. at_once: calls under way to one product at a time.
    """
    return max((calls.reads * read + calls.writes * write) / at_once for calls in made)
