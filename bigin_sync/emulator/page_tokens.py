"""Page tokens: where a walk through a list goes on, for whom, with which parameters, and for how long."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

LIFETIME = 86_400
"""Seconds a token lives (Zoho CRM v8, "Get Records")."""
_KEPT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What a token stands for."""

    bound_to: tuple[object, ...]
    """Product, user, every part of the path, the time of `If-Modified-Since`, and all parameters but the page."""
    page: int
    after: tuple[int, int] | None
    """Sort key and id of the last row served; `None` for the first page."""
    previous: str | None
    """The token of the page before."""
    expires: int


class PageTokens:
    """Gives out tokens and reads them back; the oldest are forgotten when there are very many."""

    def __init__(self) -> None:
        self._spots: OrderedDict[str, Spot] = OrderedDict()
        self._issued = 0

    def issue(self, spot: Spot) -> str:
        """A new opaque token for a spot."""
        self._issued += 1
        token = hashlib.sha256(f"{self._issued}:{spot}".encode()).hexdigest()
        self._spots[token] = spot
        if len(self._spots) > _KEPT:
            self._spots.popitem(last=False)
        return token

    def read(self, token: str) -> Spot | None:
        """The spot of a token ever given out and not forgotten, even if it has expired."""
        return self._spots.get(token)
