"""Halves: a call that is refused as a whole is sent again in halves, until what it was refused for stands alone.

A refusal of a request as a whole says nothing of its records, and proves that none of them was stored (Zoho CRM v8,
"Status codes": 400 with a bare code, 413 for a body that is too large).
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TypeAlias

from bigin_sync.errors import RequestRefused, StopRun, TryLater
from bigin_sync.model.outcome import NOT_WRITTEN, Cause, Outcome, Refused
from bigin_sync.zoho.side import Row

MOST_CALLS = 32
"""Calls for one batch: enough to find two culprits among a hundred. Where nearly all are refused, more would only spend
credits."""

Send: TypeAlias = Callable[[Sequence[Row]], list[Outcome]]
End: TypeAlias = RequestRefused | StopRun | TryLater
"""Why nothing more is sent."""


def in_halves(send: Send, rows: Sequence[Row]) -> list[Outcome]:
    """Send rows, in one call if it is taken; one outcome per row, in order.

    Raises what the first call raises, unless splitting may help. Once something may have been stored nothing is raised:
    rows that could not be sent any more are refused as if by a passing cause.
    """
    try:
        return send(rows)
    except RequestRefused as refused:
        if len(rows) == 1 or not _of_a_record(refused):
            raise
        return _Splitting(send).split(rows, refused)


class _Splitting:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._left = MOST_CALLS - 1
        self._ended: End | None = None

    def split(self, rows: Sequence[Row], refused: RequestRefused) -> list[Outcome]:
        """The outcomes of rows that were refused together."""
        if len(rows) == 1:
            return [Refused(Cause.UNKNOWN, refused.code, refused.what)]
        middle = len(rows) // 2
        return [*self._half(rows[:middle]), *self._half(rows[middle:])]

    def _half(self, rows: Sequence[Row]) -> list[Outcome]:
        if self._ended is not None:
            return [_not_sent(self._ended)] * len(rows)
        if not self._left:
            together = Refused(Cause.TRANSIENT, "REFUSED_TOGETHER", "refused together with others", stumbled=True)
            return [together] * len(rows)
        self._left -= 1
        try:
            return self._send(rows)
        except RequestRefused as refused:
            if _of_a_record(refused):
                return self.split(rows, refused)
            self._ended = refused
        except (StopRun, TryLater) as error:
            self._ended = error
        return [_not_sent(self._ended)] * len(rows)


def _not_sent(error: End) -> Refused:
    return Refused(Cause.TRANSIENT, NOT_WRITTEN, str(error))


def _of_a_record(refused: RequestRefused) -> bool:
    """Whether a refusal may be due to one of the records; a right that is missing concerns them all."""
    return refused.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
