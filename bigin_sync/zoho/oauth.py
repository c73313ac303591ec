"""Access to an org: from a grant code or refresh token to the header of every call.

`ZohoAuth` is a flow in httpx's sense: it yields the requests that must be made and never makes one itself. One flow at
a time asks for a new access token, all others wait for it (at most 10 new tokens in 10 minutes for one refresh token).
Sources: Bigin v2 and Zoho CRM v8 "OAuth": failures come as JSON with an `error` key, mostly with HTTP 200.
"""

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from bigin_sync.clock import Clock
from bigin_sync.errors import AccessLost, BiginSyncError, Throttled, Unavailable, Unreachable, WrongCredentials
from bigin_sync.zoho import jsontext
from bigin_sync.zoho.datacentres import data_centre_of
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.tls import trusted

_EARLY = timedelta(seconds=60)
_TOKEN_PATH = "/oauth/v2/token"  # noqa: S105 -- a path, not a secret


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token for calls, and when it dies (an hour after it was made)."""

    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one org is reached with. Secrets are left out of its `repr`.

    api_domain and access are known after the first token answer; kept, they save the next process a token request.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    accounts_url: str
    api_domain: str | None = None
    access: AccessToken | None = None

    @property
    def api_host(self) -> str:
        """Where to aim calls until the token answer has told the API host."""
        centre = data_centre_of(self.accounts_url)
        return self.api_domain or (centre.api_domain if centre else self.accounts_url)


class TokenThrottled(Throttled):
    """Too many access tokens were asked for; asking again soon makes it worse."""


Renewed = Callable[[Credentials], None]
"""Called with the complete new credentials whenever a token answer changed them."""

Flow = Generator[httpx.Request, httpx.Response, Any]


class ZohoAuth(httpx.Auth):
    """Puts a living access token and the right API host on every request; renews a dead token once, then repeats."""

    def __init__(
        self, credentials: Credentials, *, product: Product, clock: Clock, renewed: Renewed | None = None
    ) -> None:
        self._credentials = credentials
        self._product = product
        self._clock = clock
        self._renewed = renewed
        self._lock = threading.Lock()

    @property
    def credentials(self) -> Credentials:
        """The credentials as they are now."""
        return self._credentials

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        """The requests that one call takes: perhaps one for a token, the call, and at most one repetition of both."""
        token = yield from self._living(dead=None)
        self._aim(request, token)
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        response.read()
        if b"OAUTH_SCOPE_MISMATCH" in response.content:
            return
        token = yield from self._living(dead=token)
        self._aim(request, token)
        yield request

    def _living(self, dead: AccessToken | None) -> Generator[httpx.Request, httpx.Response, AccessToken]:
        """A token that has some time left and is not the one just refused."""
        with self._lock:
            token = self._credentials.access
            if token is not None and token != dead and self._clock.now() < token.expires_at - _EARLY:
                return token
            response = yield _token_request(
                self._credentials, grant_type="refresh_token", refresh_token=self._credentials.refresh_token
            )
            response.read()
            self._credentials = understood(response, self._credentials, product=self._product, now=self._clock.now())
            fresh = self._credentials.access
            if self._renewed is not None:
                self._renewed(self._credentials)
        assert fresh is not None  # noqa: S101 -- always set by `understood`; said for the type checker
        return fresh

    def _aim(self, request: httpx.Request, token: AccessToken) -> None:
        """Point the request at the API host of the account, should a new token have told another one, and sign it."""
        url, host = request.url, httpx.URL(self._credentials.api_host)
        if (url.scheme, url.netloc) != (host.scheme, host.netloc):
            request.url = url.copy_with(scheme=host.scheme, host=host.host, port=host.port)
            request.headers["Host"] = request.url.netloc.decode("ascii")
        request.headers["Authorization"] = f"Zoho-oauthtoken {token.text}"


def redeem(
    credentials: Credentials,
    code: str,
    *,
    product: Product,
    clock: Clock,
    redirect_uri: str | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Credentials:
    """Trade a grant code (one use, minutes to live) for credentials with a refresh token.

    `credentials` carries the client and the accounts URL; its refresh token is not looked at. Raises
    `WrongCredentials`, `Unreachable` or `TryLater`. A code that was sent is never sent a second time.
    """
    extra = {"redirect_uri": redirect_uri} if redirect_uri else {}
    request = _token_request(credentials, grant_type="authorization_code", code=code, **extra)
    try:
        with httpx.Client(verify=trusted(), transport=transport, timeout=30) as client:
            response = client.send(request)
    except httpx.HTTPError as error:
        raise unreachable(credentials.accounts_url) from error
    try:
        found = understood(response, replace(credentials, refresh_token=""), product=product, now=clock.now())
    except AccessLost as error:
        raise wrong_credentials(error) from error
    if not found.refresh_token:
        raise WrongCredentials(
            "Zoho accepted the code but gave no refresh token.",
            why="Without one access ends after an hour.",
            hint="Make the code with access_type=offline (a Self Client does so by itself) and connect again.",
        )
    return found


def _token_request(credentials: Credentials, **form: str) -> httpx.Request:
    """The request for a token; everything secret is in its form body, nothing in its URL."""
    data = {"client_id": credentials.client_id, "client_secret": credentials.client_secret, **form}
    try:
        return httpx.Request("POST", credentials.accounts_url.rstrip("/") + _TOKEN_PATH, data=data)
    except httpx.InvalidURL as error:
        raise unreachable(credentials.accounts_url) from error


def understood(response: httpx.Response, credentials: Credentials, *, product: Product, now: datetime) -> Credentials:
    """The credentials after a token answer; raises `AccessLost`, `TokenThrottled` or `Unavailable`."""
    try:
        body = jsontext.loads(response.content)
    except ValueError:
        body = None
    if not isinstance(body, dict) or response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unavailable(
            f"The sign-in host of {product.title}, {credentials.accounts_url}, gave no readable answer"
            f" (HTTP {response.status_code}).",
            why="Without an access token no call can be made.",
            hint="bigin-sync sync tries again.",
        )
    if "error" in body or "access_token" not in body:
        raise _refusal(body, credentials.accounts_url, product)
    lives = timedelta(seconds=int(body.get("expires_in") or 3600))
    return replace(
        credentials,
        access=AccessToken(str(body["access_token"]), now + lives),
        refresh_token=str(body.get("refresh_token") or credentials.refresh_token),
        api_domain=str(body.get("api_domain") or credentials.api_domain or credentials.api_host).rstrip("/"),
    )


def _refusal(body: dict[str, Any], accounts_url: str, product: Product) -> BiginSyncError:
    """The error that a refused token request means."""
    code = str(body.get("error", "no access_token"))
    text = f"{code} {body.get('error_description', '')}".lower()
    centre = data_centre_of(accounts_url)
    elsewhere = (
        f"Or the account lives in another data centre than {centre.name}: choose it with --dc." if centre else ""
    )
    if "too many" in text or code.lower() == "access denied":
        return TokenThrottled(
            f"Zoho refuses more access tokens for {product.title} for now.",
            why="At most 10 may be asked for in 10 minutes.",
            hint="Wait ten minutes.",
        )
    again = f"bigin-sync connect {product.label}."
    if code in {"invalid_client", "invalid_client_secret"}:
        return AccessLost(
            f"Zoho does not know this client id and secret for {product.title} ({code}).",
            label=product.label,
            why="Every access begins with them.",
            hint=f"Compare both with the API console, then: {again} {elsewhere}".strip(),
        )
    return AccessLost(
        f"Zoho does not accept the refresh token or grant code for {product.title} ({code}).",
        label=product.label,
        why="It was revoked, is mistyped, has been used before or has expired (a code lives for minutes).",
        hint=f"Make a new code in the API console and connect again: {again} {elsewhere}".strip(),
    )


def wrong_credentials(error: AccessLost) -> WrongCredentials:
    """The same refusal, met while connecting."""
    return WrongCredentials(error.what, why=error.why, hint=error.hint)


def unreachable(host: str) -> Unreachable:
    """Nobody answers at a host while connecting."""
    return Unreachable(
        f"{host} cannot be reached.",
        why="Connecting needs the sign-in host and the API host of the account's data centre.",
        hint="Check the network, a proxy (HTTPS_PROXY) and the address (--dc or --accounts-url).",
    )
