"""A refusal of a whole call is narrowed down to the record it was for."""

from collections.abc import Sequence

import pytest

from bigin_sync.errors import AccessLost, RequestRefused, Unavailable
from bigin_sync.model.outcome import Cause, Outcome, Refused, Stored
from bigin_sync.sync.halves import MOST_CALLS, in_halves
from bigin_sync.zoho.side import Row
from tests.unit.sync.copies import NOON


class Side:
    """A side that refuses every call in which one of the culprits is; `breaks` with the given call."""

    def __init__(self, *culprits: int, status: int = 400) -> None:
        self._culprits = set(culprits)
        self._status = status
        self.stored: list[int] = []
        self.calls = 0
        self.breaks: tuple[int, Exception] | None = None

    def send(self, rows: Sequence[Row]) -> list[Outcome]:
        self.calls += 1
        if self.breaks is not None and self.calls >= self.breaks[0]:
            raise self.breaks[1]
        numbers = [int(row["n"]) for row in rows]
        if self._culprits & set(numbers):
            raise RequestRefused("refused", code="INVALID_DATA", status=self._status)
        self.stored += numbers
        return [Stored(str(number), NOON) for number in numbers]


def rows(many: int) -> list[Row]:
    return [{"n": number} for number in range(many)]


def test_what_is_taken_is_sent_once() -> None:
    side = Side()
    assert len(in_halves(side.send, rows(100))) == 100
    assert side.calls == 1


def test_of_a_hundred_refused_together_only_the_culprit_stays_refused() -> None:
    side = Side(7)
    outcomes = in_halves(side.send, rows(100))
    assert [place for place, one in enumerate(outcomes) if isinstance(one, Refused)] == [7]
    assert [one.id for one in outcomes if isinstance(one, Stored)] == [str(n) for n in range(100) if n != 7]
    assert side.stored == [n for n in range(100) if n != 7], "each is stored once"
    assert side.calls <= 15


def test_where_nearly_all_are_refused_few_calls_are_made_and_the_rest_may_try_again() -> None:
    side = Side(*range(0, 100, 2))
    outcomes = in_halves(side.send, rows(100))
    assert side.calls == MOST_CALLS
    assert side.stored == [int(one.id) for one in outcomes if isinstance(one, Stored)]
    assert {one.cause for one in outcomes if isinstance(one, Refused)} == {Cause.UNKNOWN, Cause.TRANSIENT}


def test_a_record_refused_alone_is_told_as_it_was_refused() -> None:
    with pytest.raises(RequestRefused):
        in_halves(Side(0).send, rows(1))


@pytest.mark.parametrize("status", [401, 403])
def test_a_right_that_is_missing_is_not_looked_for_among_the_records(status: int) -> None:
    side = Side(3, status=status)
    with pytest.raises(RequestRefused):
        in_halves(side.send, rows(10))
    assert side.calls == 1


@pytest.mark.parametrize("error", [Unavailable("gone"), AccessLost("no more")])
def test_what_was_stored_before_the_line_broke_is_not_forgotten(error: Exception) -> None:
    side = Side(9)
    side.breaks = (3, error)
    outcomes = in_halves(side.send, rows(10))
    assert [type(one) for one in outcomes] == [Stored] * 5 + [Refused] * 5
    assert {one.cause for one in outcomes if isinstance(one, Refused)} == {Cause.TRANSIENT}
    assert side.calls == 3
