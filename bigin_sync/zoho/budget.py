"""What calls cost, how many an org may make, and a count of those made.

Both products sell API calls as credits in a rolling window of 24 hours (Bigin: "API limits"; Zoho CRM v8: "API
limits"). The price lists are data of the products, see `bigin.py` and `crm.py`; where the credits of an org are booked
is decided by whoever hands in a `CreditLedger`.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PriceList:
    """Credits per call.

    coql: (rows asked for at most, credits) in ascending order. per_records: how many written records one credit buys.
    """

    coql: tuple[tuple[int, int], ...]
    view_page: int
    deleted: int
    per_records: int = 10
    ordinary: int = 1

    def query(self, limit: int) -> int:
        """The price of one COQL call with that LIMIT."""
        return next((credits for rows, credits in self.coql if limit <= rows), self.coql[-1][1])

    def write(self, records: int) -> int:
        """The price of one insert, update or upsert of so many records."""
        return -(-records // self.per_records)


@dataclass(frozen=True, slots=True)
class Edition:
    """What an edition grants: credits a day (`base + per_user * users`, at most `most`) and simultaneous calls."""

    base: int
    per_user: int
    most: int
    concurrency: int

    def daily_credits(self, users: int | None) -> int:
        """Credits per rolling 24 hours with so many user licences."""
        return min(self.base + self.per_user * (users or 0), self.most)


@dataclass(frozen=True, slots=True)
class Editions:
    """The editions of a product, found by a word in what an org says of its licence; `otherwise` when no word fits."""

    by_word: tuple[tuple[str, Edition], ...]
    otherwise: Edition

    def of(self, name: str) -> Edition:
        """The edition that an org's own wording means (`Enterprise`, `zohoone_enterprise`, …)."""
        said = name.lower()
        return next((edition for word, edition in self.by_word if word in said), self.otherwise)


class Counters:
    """How many calls this client made and what they cost by the price list. Safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._credits: Counter[str] = Counter()

    def count(self, operation: str, *, credits: int) -> None:
        """Count one call of an operation."""
        with self._lock:
            self._calls[operation] += 1
            self._credits[operation] += credits

    @property
    def calls(self) -> int:
        """All calls so far, repeated ones too."""
        with self._lock:
            return self._calls.total()

    @property
    def credits(self) -> int:
        """All credits so far."""
        with self._lock:
            return self._credits.total()

    @property
    def by_operation(self) -> Mapping[str, tuple[int, int]]:
        """Operation -> (calls, credits), a copy."""
        with self._lock:
            return {name: (calls, self._credits[name]) for name, calls in self._calls.items()}
