"""A stage for one client: a clock that never waits, and a transport whose answers a test writes itself."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bigin_sync.zoho.client import ZohoSide, open_side
from bigin_sync.zoho.oauth import AccessToken, Credentials, Renewed
from bigin_sync.zoho.side import Capabilities, CreditLedger

NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
ACCOUNTS = "https://accounts.sign-in.example"
API = "https://api.example"

OPEN: list[ZohoSide] = []
"""Sides that were opened; closed after each test."""

Handler = Callable[[httpx.Request], httpx.Response]


class StillClock:
    """A clock that moves only when somebody sleeps; `slept` keeps the pauses."""

    def __init__(self) -> None:
        self.time = NOON
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def elapsed(self) -> float:
        return (self.time - NOON).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


def credentials(*, access: bool = True) -> Credentials:
    """Credentials with a living access token (or none)."""
    token = AccessToken("1000.first.token", NOON + timedelta(hours=1)) if access else None
    return Credentials("1000.CLIENT", "client-secret", "1000.refresh", ACCOUNTS, API if access else None, token)


def answer(
    status: int, body: object = None, *, at: datetime = NOON, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """An answer as Zoho gives it, with its own time."""
    date = {"Date": at.strftime("%a, %d %b %Y %H:%M:%S GMT"), **(headers or {})}
    if body is None:
        return httpx.Response(status, headers=date)
    return httpx.Response(status, json=body, headers=date)


def refusal(status: int, code: str, **details: object) -> httpx.Response:
    """The envelope of a request that failed as a whole."""
    return answer(status, {"code": code, "details": details, "message": code.lower(), "status": "error"})


def stored(record_id: str, *, at: str = "2026-03-04T13:00:00+01:00", **more: object) -> dict[str, Any]:
    """The verdict on a record that was taken."""
    details = {"id": record_id, "Modified_Time": at, "Created_Time": at}
    return {"code": "SUCCESS", "status": "success", "message": "record added", "details": details, **more}


class Stage:
    """A side under test. `answers` are given one after the other, the last one for ever; a callable is asked."""

    def __init__(
        self,
        product: str,
        answers: Sequence[httpx.Response | Exception] | Handler,
        *,
        capabilities: Capabilities | None = None,
        access: bool = True,
        ledger: CreditLedger | None = None,
        renewed: Renewed | None = None,
        connecting: bool = False,
    ) -> None:
        self.clock = StillClock()
        self.requests: list[httpx.Request] = []
        self._answers = answers
        self.side: ZohoSide = open_side(
            product,
            credentials(access=access),
            clock=self.clock,
            capabilities=capabilities,
            transport=httpx.MockTransport(self._handle),
            ledger=ledger,
            renewed=renewed,
            connecting=connecting,
        )
        OPEN.append(self.side)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if callable(self._answers):
            return self._answers(request)
        found = self._answers[min(len(self.requests), len(self._answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def paths(self) -> list[str]:
        """Verb and path of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def queries(self) -> list[str]:
        """The COQL texts that were sent."""
        return [json.loads(one.content)["select_query"] for one in self.requests if one.url.path.endswith("/coql")]

    def body(self, number: int = -1) -> dict[str, Any]:
        """The JSON body of a request."""
        found = json.loads(self.requests[number].content)
        assert isinstance(found, dict)
        return found
