"""Tokens: codes for refresh tokens, refresh tokens for access tokens, and the limits both products put on them.

Zoho CRM v8, "OAuth": an access token lives an hour; fifteen live at once for one refresh token, a sixteenth kills the
oldest; ten may be made in ten minutes. A client gets ten codes in ten minutes. A user has twenty refresh tokens for
one client, a twenty-first kills the oldest, and twenty may be made in ten minutes (an older text says ten). Bigin v2,
"OAuth 2.0", besides: five refresh tokens a minute. Errors are answered with HTTP 200 and an `error` key.

The emulator knows one client, so what counts by client counts as a whole, and by client and user, by user.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.replies import ApiError, Reply

CLIENT_ID = "1000.EMULATOR"
CLIENT_SECRET = "emulator-secret"  # noqa: S105 -- the emulator's, known to everybody
ACCESS_SECONDS = 3_600
LIVE_MAX = 15
REFRESH_MAX = 20
CODE_SECONDS = 180
_TEN_MINUTES = 600
_TOO_MANY = "You have made too many requests continuously. Please try again after some time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person allowed: one product, as one user, with some scopes."""

    product: str
    user_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A live access token."""

    grant: Grant
    refresh_token: str
    expires: int


@dataclass(slots=True)
class _Code:
    grant: Grant
    expires: int


class _Pace:
    """So many in so many seconds, counted apart for each key."""

    def __init__(self, most: int, *, seconds: int) -> None:
        self._most = most
        self._seconds = seconds
        self._made: dict[str, deque[int]] = {}

    def full(self, key: str, *, now: int) -> bool:
        """Whether one more would be one too many."""
        made = self._made.get(key, ())
        return sum(1 for moment in made if moment > now - self._seconds) >= self._most

    def count(self, key: str, *, now: int) -> None:
        """One was made."""
        self._made.setdefault(key, deque(maxlen=self._most)).append(now)


@dataclass(slots=True)
class OAuth:
    """The accounts server of the emulated data centre. Times are epoch seconds."""

    now: Callable[[], int]
    throttled: bool = True
    """Whether the limits on how many may be made in a time hold."""
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    """The oldest first."""
    _codes: dict[str, _Code] = field(default_factory=dict)
    _live: dict[str, Access] = field(default_factory=dict)
    _access_pace: _Pace = field(default_factory=lambda: _Pace(10, seconds=_TEN_MINUTES))
    _code_pace: _Pace = field(default_factory=lambda: _Pace(10, seconds=_TEN_MINUTES))
    _refresh_pace: _Pace = field(default_factory=lambda: _Pace(20, seconds=_TEN_MINUTES))
    _bigin_refresh_pace: _Pace = field(default_factory=lambda: _Pace(5, seconds=60))
    _count: int = 0

    def allow(self, refresh_token: str, grant: Grant) -> None:
        """Makes a refresh token known. It never expires, but the oldest of too many of one user dies."""
        if refresh_token not in self.refresh_tokens:
            mine = [key for key, one in self.refresh_tokens.items() if _user(one) == _user(grant)]
            for oldest in mine[: max(0, len(mine) - REFRESH_MAX + 1)]:
                self._forget(oldest)
        self.refresh_tokens[refresh_token] = grant

    def mint_code(self, grant: Grant, *, seconds: int = CODE_SECONDS) -> str:
        """A grant code, good for one use within minutes. Raises `ApiError` when the client got too many."""
        if self.throttled and self._code_pace.full(CLIENT_ID, now=self.now()):
            raise ApiError("Access Denied", _TOO_MANY)
        self._code_pace.count(CLIENT_ID, now=self.now())
        code = self._secret("code")
        self._codes[code] = _Code(grant, self.now() + seconds)
        return code

    def access(self, token: str) -> Access | None:
        """The access a token gives, `None` once it has expired, was revoked or pushed out."""
        found = self._live.get(token)
        return found if found is not None and found.expires > self.now() else None

    def expire(self, token: str) -> None:
        """Ends an access token before its time."""
        self._live.pop(token, None)

    def token(self, call: Call) -> Reply:
        """`POST /oauth/v2/token` with either grant, as form or query."""
        form = call.form()
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return _error("invalid_client" if form.get("client_id") != CLIENT_ID else "invalid_client_secret")
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._from_code(form.get("code", ""), base_url=call.base_url)
        if kind == "refresh_token":
            return self._from_refresh(form.get("refresh_token", ""), base_url=call.base_url)
        return _error("unsupported_grant_type")

    def revoke(self, call: Call) -> Reply:
        """`POST /oauth/v2/token/revoke`: a refresh token takes its access tokens along."""
        token = call.form().get("token", "")
        known = self._live.pop(token, None) is not None
        if token in self.refresh_tokens:
            known = True
            self._forget(token)
        return Reply(200, {"status": "success"}) if known else _error("invalid_token")

    def _forget(self, refresh_token: str) -> None:
        """A refresh token dies, and its access tokens with it."""
        del self.refresh_tokens[refresh_token]
        self._live = {key: one for key, one in self._live.items() if one.refresh_token != refresh_token}

    def _from_code(self, code: str, *, base_url: str) -> Reply:
        """A new refresh token; too many in too short a time are refused, and the code is not used up by that."""
        kept, now = self._codes.get(code), self.now()
        if kept is None or kept.expires <= now:
            return _error("invalid_code")
        user, paces = _user(kept.grant), [self._refresh_pace]
        if kept.grant.product == "bigin":
            paces.append(self._bigin_refresh_pace)
        if self.throttled and any(pace.full(user, now=now) for pace in paces):
            return _throttled()
        for pace in paces:
            pace.count(user, now=now)
        del self._codes[code]
        refresh_token = self._secret("refresh")
        self.allow(refresh_token, kept.grant)
        return self._answer(refresh_token, base_url=base_url, with_refresh=True)

    def _from_refresh(self, refresh_token: str, *, base_url: str) -> Reply:
        if refresh_token not in self.refresh_tokens:
            return _error("invalid_code")
        return self._answer(refresh_token, base_url=base_url, with_refresh=False)

    def _answer(self, refresh_token: str, *, base_url: str, with_refresh: bool) -> Reply:
        now = self.now()
        if self.throttled and self._access_pace.full(refresh_token, now=now):
            return _throttled()
        self._access_pace.count(refresh_token, now=now)
        grant = self.refresh_tokens[refresh_token]
        token = self._secret("access")
        self._make_room(refresh_token, now)
        self._live[token] = Access(grant=grant, refresh_token=refresh_token, expires=now + ACCESS_SECONDS)
        body = {
            "access_token": token,
            "scope": " ".join(sorted(grant.scopes)),
            "api_domain": base_url,
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
        }
        return Reply(200, {**body, "refresh_token": refresh_token} if with_refresh else body)

    def _make_room(self, refresh_token: str, now: int) -> None:
        self._live = {key: one for key, one in self._live.items() if one.expires > now}
        mine = [key for key, one in self._live.items() if one.refresh_token == refresh_token]
        for key in mine[: max(0, len(mine) - LIVE_MAX + 1)]:
            del self._live[key]

    def _secret(self, kind: str) -> str:
        self._count += 1
        digest = hashlib.sha256(f"{kind}:{self._count}".encode()).hexdigest()
        return f"1000.{digest[:32]}.{digest[32:]}"


def _user(grant: Grant) -> str:
    """Whose refresh tokens a grant's count among; the two orgs have people of their own."""
    return f"{grant.product}:{grant.user_id}"


def _error(code: str) -> Reply:
    return Reply(200, {"error": code})


def _throttled() -> Reply:
    return Reply(200, {"error": "Access Denied", "error_description": _TOO_MANY, "status": "failure"})
