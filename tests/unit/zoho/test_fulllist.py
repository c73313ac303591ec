"""A full reading by lists loses nothing, whatever people do meanwhile, is quick, and costs little but its pages."""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigin_sync.errors import RequestRefused
from bigin_sync.zoho.bigin import BIGIN
from bigin_sync.zoho.coql import QueryPage
from bigin_sync.zoho.fulllist import FullList
from bigin_sync.zoho.fullread import Submit
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.replies import Answer
from bigin_sync.zoho.side import Cursor, Page
from tests.unit.zoho.pool import DrawnPool
from tests.unit.zoho.stage import NOON

T = TypeVar("T")
OVERLAP = timedelta(seconds=120)
DEEPEST = 10
WHOLE = 200


class Lists:
    """A module that hands out its records by lists of `rows` a page, and is asked for 200.

    Pages up to 10 by number, deeper ones by a token that goes on behind the last row of its page.
    """

    product = BIGIN

    def __init__(self, ids: list[int], *, rows: int = WHOLE) -> None:
        self.ids = sorted(ids)
        self.rows = rows
        self.calls = 0
        self.counts = 0
        self.looks = 0
        self.countable = True
        self.meddle: Callable[[], None] = lambda: None

    def send(self, call: Call) -> Answer:
        """One page."""
        self.calls += 1
        upwards = call.params["sort_order"] == "asc"
        there = self.ids if upwards else self.ids[::-1]
        token = call.params.get("page_token")
        if token is not None:
            order, _, last = token.partition(":")
            assert order == call.params["sort_order"], "a token belongs to its own order"
            at = int(last)
            behind = self.ids[bisect_right(self.ids, at) :] if upwards else self.ids[: bisect_left(self.ids, at)][::-1]
        else:
            page = int(call.params["page"])
            assert page <= DEEPEST, "deeper than numbers reach"
            behind = there[(page - 1) * self.rows :]
        piece = behind[: self.rows]
        more = len(behind) > self.rows
        info = {"more_records": more, "next_page_token": f"{call.params['sort_order']}:{piece[-1]}" if more else None}
        self.meddle()
        body = {"data": [{"id": str(one)} for one in piece], "info": info} if piece else None
        return Answer(200 if piece else 204, body, NOON + timedelta(seconds=self.calls))

    def count(self) -> int:
        """As many as make so many pages of 200."""
        self.counts += 1
        if not self.countable:
            raise RequestRefused("no", code="INVALID_URL_PATTERN", status=404)
        return -(-len(self.ids) // self.rows) * WHOLE if self.rows != WHOLE else len(self.ids)

    def look(self, where: str) -> QueryPage:
        """The first ids between any of the banks in a condition."""
        self.looks += 1
        banks = [(int(low), int(high)) for low, high in re.findall(r"id > '(\d+)'\) and \(id < '(\d+)'", where)]
        assert len(banks) * 2 <= 20, "more conditions than a query may have"
        found = [one for one in self.ids if any(low < one < high for low, high in banks)]
        return QueryPage([{"id": str(one)} for one in found[: self.rows]], len(found) > self.rows, NOON)

    def reading(self, submit: Submit, *, width: int = 10, looks: bool = True) -> FullList:
        """One full reading."""
        return FullList(
            cast("Wire", self),
            "Contacts",
            fields=("Last_Name",),
            count=self.count,
            ids=self.look if looks else None,
            submit=submit,
            width=width,
            overlap=OVERLAP,
        )


class Rounds:
    """A pool in which `width` calls take the same time: each round, the next ones that wait are made."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rounds = 0
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, call: Callable[[], T], /, *, urgency: int = 0) -> "Future[T]":
        """A call that will be made in one of the next rounds."""
        rounds = self

        class InTime(Future[T]):
            def result(self, timeout: float | None = None) -> T:
                while not self.done():
                    rounds.go()
                return super().result(timeout)

        future: Future[T] = InTime()
        self.waiting.append((future, call))
        return future

    def go(self) -> None:
        """One round."""
        self.rounds += 1
        now, self.waiting = self.waiting[: self.width], self.waiting[self.width :]
        for future, call in now:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except Exception as error:  # noqa: BLE001 -- a pool hands every error to whoever asks for the result
                    future.set_exception(error)


def ids_of(pages: list[Page]) -> list[int]:
    return [int(row["id"]) for page in pages for row in page.rows]


def first_come() -> DrawnPool:
    return DrawnPool(lambda _: 0)


@given(st.data())
def test_no_record_is_lost_while_others_are_deleted_and_made_and_readings_are_cut_off(data: st.DataObject) -> None:
    start = data.draw(st.lists(st.integers(1, 300), unique=True, max_size=120))
    lists = Lists(start, rows=data.draw(st.integers(1, 6)))
    lists.countable = data.draw(st.booleans())
    looks, width = data.draw(st.booleans()), data.draw(st.integers(1, 12))
    pool = DrawnPool(lambda waiting: data.draw(st.integers(0, waiting - 1)))
    survivors = set(start)

    def meddle() -> None:
        for victim in data.draw(st.lists(st.sampled_from(lists.ids or [0]), max_size=4)):
            if victim in lists.ids:
                lists.ids.remove(victim)
                survivors.discard(victim)
        for newcomer in data.draw(st.lists(st.integers(1, 400), max_size=2)):
            if newcomer not in lists.ids:
                lists.ids = sorted([*lists.ids, newcomer])

    lists.meddle = meddle
    delivered: list[Page] = []
    cursor = Cursor()
    while not cursor.finished:
        stop_after = data.draw(st.integers(1, 30))
        for number, page in enumerate(lists.reading(pool.submit, width=width, looks=looks).pages(cursor.walk), start=1):
            delivered.append(page)
            cursor = Cursor.from_json(json.loads(json.dumps(page.cursor.to_json())))
            if number == stop_after:
                break
    assert survivors <= set(ids_of(delivered))
    assert cursor.since == NOON + timedelta(seconds=1) - OVERLAP, "what changed since the first answer is read again"


@pytest.mark.parametrize("records", [0, 1, 199, 200])
def test_a_module_of_one_page_takes_one_call(records: int) -> None:
    lists = Lists(list(range(1, records + 1)))
    pages = list(lists.reading(first_come().submit).pages({}))
    assert len(ids_of(pages)) == records
    assert (len(pages), lists.calls, lists.counts, lists.looks) == (1, 1, 0, 0)


@pytest.mark.parametrize("width", [1, 4, 10, 25])
@pytest.mark.parametrize("records", [201, 400, 401, 600, 799, 800, 1_999, 2_000, 4_000, 4_001, 8_000, 20_199, 50_000])
def test_a_reading_costs_at_most_two_calls_more_than_there_are_pages(records: int, width: int) -> None:
    lists = Lists(list(range(1, records + 1)))
    pages = list(lists.reading(Rounds(width).submit, width=width).pages({}))
    assert set(ids_of(pages)) == set(range(1, records + 1))
    assert lists.calls + lists.counts + lists.looks <= -(-records // WHOLE) + 2
    assert [page.cursor.finished for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("records", [201, 400, 2_345, 8_000])
@pytest.mark.parametrize("countable", [True, False])
def test_without_queries_two_walks_meet_at_about_the_same_price(records: int, countable: bool) -> None:
    lists = Lists(list(range(1, records + 1)))
    lists.countable = countable
    pages = list(lists.reading(Rounds(10).submit, looks=False).pages({}))
    assert set(ids_of(pages)) == set(range(1, records + 1))
    # Nobody knows the last page before it has come where nothing can be counted: both walks may have sent for it.
    assert lists.calls + lists.counts <= -(-records // WHOLE) + (2 if countable else 3)


@pytest.mark.parametrize(
    ("width", "records", "rounds"),
    [
        *((10, 400, 2), (10, 2_000, 3), (10, 4_000, 4), (10, 8_000, 13), (10, 20_000, 43)),
        *((5, 400, 2), (5, 2_000, 4), (5, 4_000, 6), (5, 8_000, 13), (5, 20_000, 43)),
    ],
)
def test_with_several_calls_at_once_numbered_pages_cost_hardly_any_time(width: int, records: int, rounds: int) -> None:
    pool = Rounds(width)
    list(Lists(list(range(1, records + 1))).reading(pool.submit, width=width).pages({}))
    assert pool.rounds <= rounds


@pytest.mark.parametrize("counted", [1, 200, 1_000, 100_000])
def test_a_count_that_is_far_off_costs_calls_but_no_records(counted: int) -> None:
    lists = Lists(list(range(1, 6_001)))
    reading = lists.reading(first_come().submit)
    reading._count = lambda: counted
    assert set(ids_of(list(reading.pages({})))) == set(range(1, 6_001))


def test_a_record_that_slid_through_a_seam_is_read_with_one_more_page() -> None:
    lists = Lists(list(range(1, 4_001)))
    pool = Rounds(10)
    pages = []
    for page in lists.reading(pool.submit).pages({}):
        pages.append(page)
        if len(pages) == 1:
            # The first page has gone; what is asked for by number from now on lies one place further to the front.
            lists.ids.remove(7)
    assert set(ids_of(pages)) == set(range(1, 4_001))
    assert lists.looks <= 1


def test_a_refused_look_into_the_seams_is_replaced_by_pages() -> None:
    lists = Lists(list(range(1, 4_001)))

    def refused(_where: str) -> QueryPage:
        raise RequestRefused("no", code="INVALID_QUERY", status=400)

    reading = lists.reading(first_come().submit)
    reading._ids = refused
    assert set(ids_of(list(reading.pages({})))) == set(range(1, 4_001))


def test_a_stored_walk_goes_on_where_every_stretch_was() -> None:
    lists = Lists(list(range(1, 8_001)))
    first = []
    for page in lists.reading(first_come().submit).pages({}):
        first.append(page)
        if len(first) == 15:
            break
    before = lists.calls
    stored = json.loads(json.dumps(first[-1].cursor.to_json()))
    second = list(lists.reading(first_come().submit).pages(Cursor.from_json(stored).walk))
    assert set(ids_of(first + second)) == set(range(1, 8_001))
    assert lists.calls - before <= 40 - 15
