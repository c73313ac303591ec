"""The wire: one place that sends requests, counts and pays them, and repeats only what is safe to repeat.

A read is repeated after anything. A write is repeated only when it is certain that nothing happened: the connection was
never made, the answer was 429, or the access token was refused. All waiting goes through the Clock.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn, TypeAlias

import httpx
import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from bigin_sync.clock import Clock
from bigin_sync.errors import AccessLost, BiginSyncError, Interrupted, TryLater, Unavailable
from bigin_sync.zoho import gate, jsontext
from bigin_sync.zoho.budget import Counters
from bigin_sync.zoho.oauth import TokenThrottled, ZohoAuth, unreachable, wrong_credentials
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.replies import Answer, Asked, CreditsDoubted, lost, no_credits, understand
from bigin_sync.zoho.side import CreditLedger
from bigin_sync.zoho.tls import trusted

log = structlog.get_logger(__name__)

# Errors of httpx that are raised before the first byte of a request has left.
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

_HEED = 0.25
"""Seconds after which a pause looks whether it is wanted any longer."""


_WRITES = "bigin_sync_writes"

TRYING_AGAIN = "trying again"
"""What is logged before each pause between two tries."""

Assure: TypeAlias = Callable[[], None]
"""Asked right before a write leaves, behind everything that may take its time, or before it is sent once more; raises
what forbids it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try again; seconds.

    Pauses between tries are random, up to a bound that doubles from `first_pause` to `longest_pause`. stop: once it is
    set, a call that failed is not tried again. Calls still begin then, so that what was begun can be finished.
    """

    connect: float = 10
    answer: float = 90
    tries: int = 7
    first_pause: float = 0.5
    longest_pause: float = 30
    stop: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be made.

    path: below the product's prefix. operation: what it is counted as. body: the JSON value to send. writes: whether
    it changes anything on the other end. again: asked before each further try, for what is sent was decided before the
    pause; raises what forbids it.
    """

    verb: str
    path: str
    operation: str
    credits: int = 1
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    writes: bool = False
    again: Assure | None = None


class Wire:
    """The connection to one org. Safe across threads; never more calls at once than `concurrency`."""

    def __init__(  # noqa: PLR0913 -- everything a connection needs is handed in here, by name
        self,
        product: Product,
        auth: ZohoAuth,
        *,
        clock: Clock,
        concurrency: int,
        ledger: CreditLedger | None = None,
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        connecting: bool = False,
        assure: Assure | None = None,
    ) -> None:
        self.product = product
        self.clock = clock
        self.counters = Counters()
        self.clock_ahead = timedelta()
        self._auth = auth
        self._ledger = ledger
        self._patience = patience or Patience()
        self._connecting = connecting
        self._assure = assure
        self._stopped = threading.Event()
        self._told_until = 0.0
        self._slots = threading.BoundedSemaphore(concurrency)
        self._client = httpx.Client(
            verify=trusted(),
            transport=transport,
            timeout=httpx.Timeout(self._patience.answer, connect=self._patience.connect),
            limits=httpx.Limits(max_connections=concurrency + 1, max_keepalive_connections=concurrency),
            headers={"User-Agent": "bigin-sync", "Accept": "application/json"},
            event_hooks={"request": [self._leaves]},
        )

    def stop(self) -> None:
        """Begin no more calls and no more tries; calls in flight are left to end."""
        self._stopped.set()

    def close(self) -> None:
        """Drop the connections."""
        self.stop()
        self._client.close()

    def send(self, call: Call) -> Answer:
        """The understood answer of a call, after as many tries as it takes and is safe.

        Raises what `errors.py` says: `TryLater`, `StopRun` and `RequestRefused` mean that nothing happened; only a
        write raises `AnswerLost`. While connecting, refused access is `WrongCredentials` and an absent host is
        `Unreachable`.
        """
        gate.check(call.verb, call.path, body=call.body)
        began = self.clock.elapsed()
        retrying = Retrying(
            retry=retry_if_exception(_worth_another_try),
            stop=stop_after_attempt(2 if self._connecting else self._patience.tries),
            wait=wait_random_exponential(multiplier=self._patience.first_pause, max=self._patience.longest_pause),
            before=lambda state: self._before(call, state),
            sleep=self._pause,
            before_sleep=lambda state: self._tell(state, began=began),
            reraise=True,
        )
        try:
            return retrying(self._once, call)
        except CreditsDoubted as error:
            raise no_credits(self.product) from error
        except BiginSyncError as error:
            self._reword(error)

    def _pause(self, seconds: float) -> None:
        """Wait between two tries, as long as nobody asks to stop: a call that may be repeated has changed nothing."""
        stop = self._patience.stop
        if stop is None:
            self.clock.sleep(seconds)
            return
        while seconds > 0 and not stop.is_set():
            self.clock.sleep(min(seconds, _HEED))
            seconds -= _HEED
        if stop.is_set():
            raise Interrupted(
                f"The client of {self.product.title} was asked to stop before the next try.", why="Nothing was changed."
            )

    def _before(self, call: Call, state: RetryCallState) -> None:
        """See whether a call is wanted still that is to be tried once more."""
        if call.again is not None and state.attempt_number > 1:
            call.again()

    def _tell(self, state: RetryCallState, *, began: float) -> None:
        """Say that there will be another try, and when; once while it lasts, however many calls are waiting.

        In the log: `waited` and `seconds` are how long the call has been under way, and will rest now.
        """
        now = self.clock.elapsed()
        if round(now - self._told_until, 3) < 0:
            return
        error = state.outcome.exception() if state.outcome else None
        self._told_until = now + state.upcoming_sleep
        told = {"waited": round(now - began, 1), "seconds": round(state.upcoming_sleep, 1)}
        log.info(TRYING_AGAIN, side=self.product.label, after=str(error), attempt=state.attempt_number, **told)

    def _once(self, call: Call) -> Answer:
        """One try."""
        if self._stopped.is_set():
            raise Interrupted(f"The client of {self.product.title} was closed.", why="Nothing was sent.")
        if self._ledger is not None:
            self._ledger.book(call.credits)
        asked = Asked(self.product, call.verb, call.path, call.writes, self._connecting)
        with self._slots:
            self.counters.count(call.operation, credits=call.credits)
            began = self.clock.elapsed()
            try:
                response = self._client.send(self._request(call), auth=self._auth)
            except httpx.HTTPError as error:
                raise self._unanswered(asked, error) from error
            took = round(self.clock.elapsed() - began, 3)
        log.debug("call", side=asked.product.label, call=str(asked), status=response.status_code, took=took)
        now = self.clock.now()
        answer = understand(asked, response, now=now)
        self.clock_ahead = answer.at - now
        return answer

    def _request(self, call: Call) -> httpx.Request:
        """The request as it goes out, but for the token and the host, which the auth flow sets."""
        content = None if call.body is None else jsontext.dumps(call.body).encode()
        headers = dict(call.headers)
        if content is not None:
            headers["Content-Type"] = "application/json"
        url = self._auth.credentials.api_host.rstrip("/") + self.product.path + call.path
        return self._client.build_request(
            call.verb,
            url,
            params=dict(call.params),
            content=content,
            headers=headers,
            extensions={_WRITES: call.writes},
        )

    def _leaves(self, request: httpx.Request) -> None:
        """A request is about to leave: the last moment at which a write can be kept back."""
        if self._assure is not None and request.extensions.get(_WRITES):
            self._assure()

    def _unanswered(self, asked: Asked, error: httpx.HTTPError) -> BiginSyncError:
        """What it means that no answer came: the request for a token is no part of the write that waits for it."""
        url = error.request.url
        late = isinstance(error, httpx.TimeoutException)
        if "/oauth/" in url.path or isinstance(error, _NEVER_SENT):
            what = f"{self.product.title} cannot be reached{' in time' * late} ({url.host})."
            return Unavailable(what, why="Nothing was sent.")
        return lost(asked, "No answer came in time" if late else "The connection broke before the answer came")

    def _reword(self, error: BiginSyncError) -> NoReturn:
        """Raise the error, while connecting in the words of a person who is setting things up."""
        if self._connecting and isinstance(error, AccessLost):
            raise wrong_credentials(error) from error
        if self._connecting and isinstance(error, Unavailable) and isinstance(error.__cause__, httpx.HTTPError):
            cause = error.__cause__
            url = cause.request.url
            raise unreachable(f"{url.scheme}://{url.netloc.decode()}") from error
        raise error


def _worth_another_try(error: BaseException) -> bool:
    return isinstance(error, TryLater) and not isinstance(error, TokenThrottled)
