"""Patience: a job that is called again and again goes on after an error, and rests longer after each in a row."""

from collections.abc import Callable

import structlog

from bigin_sync.clock import Clock
from bigin_sync.jobs.backoff import reason, unforeseen

log = structlog.get_logger(__name__)


class Patient:
    """A job whose errors do not leave it: they are logged, without any record's values, and then it rests. A database
    that is busy, full or damaged now may serve the next call.

    longest: in seconds; the first rest is one, each is twice as long as the one before, and none exceeds this. failed:
    what the log says of an error.
    """

    def __init__(self, job: Callable[[], object], *, clock: Clock, longest: float, failed: str) -> None:
        self._job = job
        self._clock = clock
        self._longest = longest
        self._failed = failed
        self._failures = 0
        self._until = clock.elapsed()

    def __call__(self) -> None:
        """Do the job, unless it rests."""
        if self._clock.elapsed() < self._until:
            return
        try:
            self._job()
        except Exception as error:  # noqa: BLE001 -- see above
            rest = min(self._longest, 2.0 ** min(self._failures, 10))
            self._failures += 1
            self._until = self._clock.elapsed() + rest
            why = {} if unforeseen(error) else {"why": reason(error)}
            log.error(self._failed, error=type(error).__name__, again_in=rest, **why)  # noqa: TRY400 -- it quotes values
        else:
            self._failures = 0
