"""Answers told apart by what to do next.

Zoho's two envelopes: a request that failed as a whole is `{"code", "details", "message", "status": "error"}`; a write
has a verdict per record in `data[]`, whatever the HTTP status (201, 200, 202, 207, 400 and 412 are all documented for
mixed batches). Bodies may also be missing (204, 304) or be a gateway's HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from bigin_sync.errors import (
    AccessLost,
    AnswerLost,
    BiginSyncError,
    MissingScope,
    ModuleMissing,
    NotAdministrator,
    OutOfCredits,
    RequestRefused,
    Throttled,
    Unavailable,
    WrongDataCentre,
)
from bigin_sync.zoho import jsontext
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.times import from_http_date

_CREDITS_LEFT = "X-API-CREDITS-REMAINING"
_EMPTY = frozenset({httpx.codes.NO_CONTENT, httpx.codes.NOT_MODIFIED})
_MISSING_MODULE = frozenset({"INVALID_MODULE", "INVALID_MODULE_NAME"})
_VERDICTS = ("data", "fields")
"""What a list of verdicts stands under, one for each record or field that was sent."""

_NO_RIGHT = frozenset({"NO_PERMISSION", "AUTHORIZATION_FAILED"})
_OF_A_RECORD = frozenset({"api_name", "id", "json_path"})


class CreditsDoubted(Throttled):
    """429 by a code that means "no credits" to some, "too many at once" to others; patience tells them apart."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One understood answer. `body` is None for an empty one; `at` is the server's own time when it answered."""

    status: int
    body: dict[str, Any] | None
    at: datetime

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The records or verdicts in `data`; none for an empty answer."""
        return self.listed("data")

    @property
    def info(self) -> Mapping[str, Any]:
        """The paging part; empty where there is none."""
        info = (self.body or {}).get("info")
        return info if isinstance(info, dict) else {}

    def listed(self, key: str) -> list[dict[str, Any]]:
        """The objects in the list under a key; none when the answer is empty or has no such list."""
        found = (self.body or {}).get(key)
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known of a request to judge its answer."""

    product: Product
    verb: str
    path: str
    writes: bool
    connecting: bool

    def __str__(self) -> str:
        return f"{self.verb} {self.product.path}{self.path}"


def understand(asked: Asked, response: httpx.Response, *, now: datetime) -> Answer:
    """The answer, or the error that says what to do next. `now` serves where the answer has no `Date`."""
    at = from_http_date(response.headers.get("Date")) or now
    status = response.status_code
    if status in _EMPTY:
        return Answer(status, None, at)
    try:
        body = jsontext.loads(response.content)
    except ValueError:
        body = None
    if isinstance(body, dict):
        body = _no_right_at_all(asked, status, body) or body
    if isinstance(body, dict) and any(isinstance(body.get(key), list) for key in _VERDICTS):
        return Answer(status, body, at)
    envelope = body if isinstance(body, dict) else {}
    failed = status >= httpx.codes.MULTIPLE_CHOICES or envelope.get("status") == "error"
    if isinstance(body, dict) and not failed:
        return Answer(status, body, at)
    raise _error(asked, response, envelope)


def _no_right_at_all(asked: Asked, status: int, body: dict[str, Any]) -> dict[str, Any] | None:
    """The envelope of a 403, which may lie in a list under `data` (Zoho CRM v8, as described in 2026).

    It concerns the request as a whole: of a read it is no record, and of a write it may have one member for all
    records or one for each, which the description leaves open. Members of a write that name a record, or a
    field of it, are verdicts like any other.
    """
    rows = body.get("data")
    if status != httpx.codes.FORBIDDEN or not isinstance(rows, list) or not rows:
        return None
    told = [row for row in rows if isinstance(row, dict) and row.get("code") in _NO_RIGHT]
    if len(told) < len(rows) or (asked.writes and any(map(_names_a_record, told))):
        return None
    return told[0]


def _names_a_record(row: Mapping[str, Any]) -> bool:
    details = row.get("details")
    return isinstance(details, dict) and bool(_OF_A_RECORD & details.keys())


def lost(asked: Asked, what: str) -> BiginSyncError:
    """A request that went out and whose answer did not come back: harmless for a read, an open question for a write."""
    if asked.writes:
        return AnswerLost(
            f"{what} ({asked.product.title}, {asked}).",
            why="The records may or may not have been written; the next run looks before it writes again.",
        )
    return Unavailable(f"{what} ({asked.product.title}, {asked}).", why="Nothing was lost; it is read again later.")


def _error(asked: Asked, response: httpx.Response, envelope: Mapping[str, Any]) -> BiginSyncError:
    """The error of an answer that has nothing to give."""
    status = response.status_code
    code = str(envelope.get("code") or f"HTTP_{status}")
    message = str(envelope.get("message") or response.reason_phrase)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return _throttled(asked, response, code=code, message=message)
    if code == "OAUTH_SCOPE_MISMATCH":
        return MissingScope(
            f"The refresh token for {asked.product.title} does not allow {asked}.",
            why="It was made without a scope that the sync needs.",
            hint=f"Make a new grant code with the scopes {','.join(asked.product.scopes)} and connect again: "
            f"bigin-sync connect {asked.product.label}",
        )
    if status == httpx.codes.UNAUTHORIZED:
        return _unauthorized(asked, code=code)
    if _says_nothing(response, envelope):
        return lost(asked, f"Zoho's answer says nothing about what happened: HTTP {status} {message}")
    if code in _MISSING_MODULE:
        return ModuleMissing(
            f"The {asked.product.title} org does not offer this module to its API ({asked}).",
            why="A module that is hidden or not part of the edition cannot be synced.",
            hint="Show the module in the org's settings, or leave it switched off here.",
        )
    if status == httpx.codes.FORBIDDEN and code in _NO_RIGHT:
        return _forbidden(asked, code=code, message=message, details=envelope.get("details"))
    return RequestRefused(
        f"Zoho refused {asked}: {message} ({code}).", code=code, status=status, details=envelope.get("details")
    )


def _says_nothing(response: httpx.Response, envelope: Mapping[str, Any]) -> bool:
    """Whether a gateway, a failing server or a torn body leaves open what became of the request.

    400 is also what a mixed batch comes with, of which some records were stored: torn, it proves nothing.
    """
    if response.is_success or response.status_code == httpx.codes.BAD_REQUEST:
        return not envelope
    return not response.is_client_error or response.status_code == httpx.codes.REQUEST_TIMEOUT


def _throttled(asked: Asked, response: httpx.Response, *, code: str, message: str) -> BiginSyncError:
    """429 means two things; the body's code is not a reliable witness (Zoho CRM v8: "act on the status")."""
    if response.headers.get(_CREDITS_LEFT) == "0" or "credit" in message.lower():
        return no_credits(asked.product)
    kind = CreditsDoubted if code == "LIMIT_EXCEEDED" else Throttled
    return kind(f"{asked.product.title} takes no more calls at the moment ({code}).", why="Nothing was lost.")


def no_credits(product: Product) -> OutOfCredits:
    """The org itself says that its credits are used up; when they come back it does not say."""
    return OutOfCredits(
        f"The {product.title} org has no API credits left.",
        why="Credits come back little by little, 24 hours after they were spent.",
        hint="The next runs go on by themselves as soon as there are some.",
    )


def _unauthorized(asked: Asked, *, code: str) -> BiginSyncError:
    """A token that was made a moment ago is refused: the two hosts do not belong together, or access was taken away."""
    if asked.connecting:
        return WrongDataCentre(
            f"The sign-in host accepts the credentials, but {asked.product.title} refuses its tokens ({code}).",
            why="They belong to different data centres, or to an account without this product.",
            hint="Choose the account's own data centre with --dc, or give its sign-in host with --accounts-url.",
        )
    return AccessLost(
        f"{asked.product.title} refuses new access tokens ({code}).",
        label=asked.product.label,
        why="The user was deactivated, or access was taken away.",
        hint=f"Check the user, then: bigin-sync connect {asked.product.label}",
    )


def _forbidden(asked: Asked, *, code: str, message: str, details: object) -> BiginSyncError:
    """The user may not do this."""
    named = details.get("permissions") if isinstance(details, dict) else None
    missing = f" Missing: {', '.join(map(str, named))}." if isinstance(named, list) and named else ""
    what = f"The user who is connected to {asked.product.title} may not do {asked}: {message} ({code}).{missing}"
    why = "The sync reads and writes all records on behalf of this user."
    hint = (
        f"Give the user an administrator's profile in {asked.product.title}, or sign in as another user: "
        f"bigin-sync connect {asked.product.label}"
    )
    if asked.connecting:
        return NotAdministrator(what, why=why, hint=hint)
    return AccessLost(what, label=asked.product.label, why=why, hint=hint)
