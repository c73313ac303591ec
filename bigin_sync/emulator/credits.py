"""What calls cost, and how much of a day's credits is left.

Zoho CRM v8 and Bigin, "API limits": a call costs 1 unless said otherwise here; credits come back 24 hours after use.
Only the CRM lists a price of its own for deleted records; neither lists one for linking records.
"""

from collections import deque
from collections.abc import Callable

from bigin_sync.emulator import coql
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError

_DAY = 86_400
_BASE = 50_000
_PER_USER = {"bigin": 250, "crm": 1_000}
_CAP = {"bigin": 100_000, "crm": 5_000_000}
_DELETED = {"bigin": 1, "crm": 2}
_WRITES = frozenset({"insert", "update", "upsert", "add_notes", "change_notes"})
_TAGGED = frozenset({"add_tags", "remove_tags"})
HEAVY_WRITE = 10
"""Writes of more records than this count against the smaller limit of calls at once."""


def price(ask: Ask) -> int:
    """Credits of one call."""
    if ask.route == "list":
        return 3 if "cvid" in ask.params else 1
    if ask.route == "deleted":
        return _DELETED[ask.org.product]
    if ask.route in _WRITES:
        return -(-ask.count("data") // 10)
    if ask.route in _TAGGED:
        return -(-ask.count("ids") // 50)
    if ask.route == "coql" and ask.org.product == "crm":
        return _coql_price(_limit(ask))
    return 1


def heavy(ask: Ask) -> bool:
    """Whether a call counts against the smaller limit of calls at once."""
    if ask.route in {"search", "coql", "composite"}:
        return True
    if ask.route == "list":
        return "cvid" in ask.params or ask.params.get("sort_by", "id") != "id"
    return ask.route in _WRITES and ask.count("data") > HEAVY_WRITE


def _coql_price(limit: int) -> int:
    return 1 if limit <= 200 else 2 if limit <= 1_000 else 3


def _limit(ask: Ask) -> int:
    query = ask.legible_body().get("select_query")
    return coql.rows_asked(query) if isinstance(query, str) else 0


class Ledger:
    """Credits used by one org, minute by minute, over a rolling day."""

    def __init__(self, org: Org, *, now: Callable[[], int]) -> None:
        self._org = org
        self._now = now
        self._used: deque[list[int]] = deque()
        self._sum = 0
        self.ever = 0
        """Credits used since the emulator began."""

    def limit(self) -> int:
        """Credits a day: what the switch says, else what the edition and its users give."""
        given = self._org.switches.credit_limit
        if given is not None:
            return given
        active = sum(1 for user in self._org.users.values() if user.status == "active")
        product = self._org.product
        return min(_BASE + _PER_USER[product] * active, _CAP[product])

    def used(self) -> int:
        """Credits used in the last 24 hours."""
        edge = self._now() - _DAY
        while self._used and self._used[0][0] <= edge:
            self._sum -= self._used.popleft()[1]
        return self._sum

    def charge(self, credits: int) -> None:
        """Takes credits. Raises `ApiError` 429 when too few are left, and takes none then."""
        if self.used() + credits > self.limit():
            raise ApiError(self._org.switches.credits_code, "api credits exhausted for the day", status=429)
        minute = self._now() // 60 * 60
        if not self._used or self._used[-1][0] != minute:
            self._used.append([minute, 0])
        self._used[-1][1] += credits
        self._sum += credits
        self.ever += credits
