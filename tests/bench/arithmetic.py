"""What a perfect sync would need: the fewest calls, and the shortest time in which given calls can be made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

PRODUCTS = ("bigin", "crm")
PAGE: Mapping[str, int] = MappingProxyType({"bigin": 200, "crm": 2_000})
"""Rows one query answers (Bigin v2 "COQL"; Zoho CRM v8 "COQL limits")."""
BATCH = 100
"""Records one write carries, and one reading by ids."""
PER_CREDIT = 10
"""Records that are written for one credit (both products' "API limits")."""
QUERIED: Mapping[str, tuple[tuple[int, int], ...]] = MappingProxyType(
    {"bigin": ((200, 1),), "crm": ((200, 1), (1_000, 2), (2_000, 3))}
)
"""Rows a query may ask for, and its credits (Zoho CRM v8 "API limits"; Bigin has one price for all queries)."""
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
    """The fewest calls for a run, and the fewest credits for reading and writing its records. rereads: looking at each
    batch of updated records again right before writing it.

    lists: reading what records are joined with, which both products tell of one record at a time, for a credit each.
    """

    reads: int
    writes: int
    rereads: int
    lists: int = 0
    spent: int = 0

    @property
    def credits(self) -> int:
        """All of them; another look at a batch costs one, too."""
        return self.spent + self.rereads + self.lists

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
        spent=sum(_read_for(load.product, load.rows) + _written_for(load) for load in given),
    )


def _read_for(product: str, rows: int) -> int:
    """Credits for a reading in the largest pages there are, and a last one no larger than need be."""
    size, price = QUERIED[product][-1]
    full, rest = divmod(max(1, rows), size)
    return full * price + (next(credits for most, credits in QUERIED[product] if rest <= most) if rest else 0)


def _written_for(load: Load) -> int:
    """Credits for writing in full batches."""
    whole, rest = BATCH // PER_CREDIT, (divmod(load.creates, BATCH), divmod(load.updates, BATCH))
    return sum(full * whole + ceil(some, PER_CREDIT) for full, some in rest)


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
