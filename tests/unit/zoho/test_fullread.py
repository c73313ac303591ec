"""A full reading loses nothing, whatever people do meanwhile, and costs little more than its pages."""

from bisect import bisect_right
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigin_sync.errors import OutOfCredits, RequestRefused
from bigin_sync.zoho.coql import QueryPage
from bigin_sync.zoho.fullread import Ask, FullRead, Submit
from bigin_sync.zoho.side import Cursor, Page
from tests.unit.zoho.pool import DrawnPool, at_once
from tests.unit.zoho.stage import NOON

OVERLAP = timedelta(seconds=120)


class Shelf:
    """The records of a module, by id; `calls` counts what it was asked."""

    def __init__(self, ids: range | list[int], *, rows: int, window: int) -> None:
        self.ids = list(ids)
        self.rows = rows
        self.window = window
        self.calls = 0
        self.counts = 0
        self.count_fails = False
        self.ask: Ask = self.answer

    def answer(self, *, after: str | None, offset: int) -> QueryPage:
        self.calls += 1
        assert offset + self.rows <= self.window, "deeper than OFFSET may reach"
        behind = self.ids[bisect_right(self.ids, int(after)) if after else 0 :]
        piece = behind[offset : offset + self.rows]
        more = len(behind) > offset + self.rows
        return QueryPage([{"id": str(one)} for one in piece], more, NOON + timedelta(seconds=self.calls))

    def count(self) -> int:
        self.counts += 1
        if self.count_fails:
            raise RequestRefused("no", code="INVALID_URL_PATTERN", status=404)
        return len(self.ids)

    def reading(self, submit: Submit) -> FullRead:
        return FullRead(
            self.ask,
            count=self.count,
            submit=submit,
            rows=self.rows,
            window=self.window,
            width=10,
            overlap=OVERLAP,
        )


def ids_of(pages: list[Page]) -> list[int]:
    return [int(row["id"]) for page in pages for row in page.rows]


def first_come() -> DrawnPool:
    return DrawnPool(lambda _: 0)


@given(st.data())
def test_no_record_is_lost_while_others_are_deleted_and_made(data: st.DataObject) -> None:
    start = data.draw(st.lists(st.integers(1, 120), unique=True, max_size=60).map(sorted))
    shelf = Shelf(start, rows=data.draw(st.integers(2, 5)), window=20)
    shelf.count_fails = data.draw(st.booleans())
    pool = DrawnPool(lambda waiting: data.draw(st.integers(0, waiting - 1)))
    survivors = set(start)

    def meddled(*, after: str | None, offset: int) -> QueryPage:
        page = shelf.answer(after=after, offset=offset)
        for victim in data.draw(st.lists(st.sampled_from(shelf.ids or [0]), max_size=4)):
            if victim in shelf.ids:
                shelf.ids.remove(victim)
                survivors.discard(victim)
        for newcomer in data.draw(st.lists(st.integers(1, 400), max_size=1)):
            if newcomer not in shelf.ids:
                shelf.ids = sorted([*shelf.ids, newcomer])
        return page

    shelf.ask = meddled
    delivered: list[Page] = []
    cursor = Cursor()
    while not cursor.finished:
        stop_after = data.draw(st.integers(1, 30))
        for number, page in enumerate(shelf.reading(pool.submit).pages(cursor.walk), start=1):
            delivered.append(page)
            cursor = Cursor.from_json(page.cursor.to_json())
            if number == stop_after:
                break
    found = ids_of(delivered)
    assert survivors <= set(found)
    assert found == sorted(set(found)), "in order of id, each once"
    assert cursor.since == NOON + timedelta(seconds=1) - OVERLAP, "what changed since the first answer is read again"


@pytest.mark.parametrize("records", [0, 1, 199, 200])
def test_a_module_of_one_page_takes_one_call(records: int) -> None:
    shelf = Shelf(range(1, records + 1), rows=200, window=10_000)
    pages = list(shelf.reading(first_come().submit).pages({}))
    assert len(ids_of(pages)) == records
    assert (len(pages), shelf.calls, shelf.counts) == (1, 1, 0)


@pytest.mark.parametrize(("rows", "window"), [(200, 10_000), (2_000, 100_000)])
@pytest.mark.parametrize("records", [10_000, 10_001, 49_999, 100_000])
def test_a_large_module_costs_at_most_a_twentieth_more_than_its_pages(records: int, rows: int, window: int) -> None:
    shelf = Shelf(range(1, records + 1), rows=rows, window=window)
    assert len(ids_of(list(shelf.reading(first_come().submit).pages({})))) == records
    least = -(-records // rows)
    assert shelf.calls + shelf.counts <= max(least * 1.05, least + 2)


def test_two_hundred_rows_a_call_keep_to_the_twentieth_exactly() -> None:
    shelf = Shelf(range(1, 10_001), rows=200, window=10_000)
    list(shelf.reading(first_come().submit).pages({}))
    assert shelf.calls + shelf.counts <= 52


@pytest.mark.parametrize(("rows", "window", "ahead"), [(200, 10_000, 10), (2_000, 100_000, 3)])
def test_pages_are_fetched_ahead_but_only_so_many_rows_wait_in_memory(rows: int, window: int, ahead: int) -> None:
    shelf = Shelf(range(1, 60_001), rows=rows, window=window)
    pool = first_come()
    list(shelf.reading(pool.submit).pages({}))
    assert ahead <= pool.most_waiting <= ahead + 2


def test_the_next_window_begins_while_the_last_pages_of_this_one_are_on_their_way() -> None:
    shelf = Shelf(range(1, 20_001), rows=200, window=10_000)
    anchors: list[str | None] = []

    def noted(*, after: str | None, offset: int) -> QueryPage:
        anchors.append(after)
        return shelf.answer(after=after, offset=offset)

    shelf.ask = noted
    delivered = 0
    for page in shelf.reading(at_once).pages({}):
        delivered += len(page.rows)
        if anchors[-1] is not None:
            break
    assert delivered < 50 * 199


def test_without_a_count_pages_ahead_double_until_the_end() -> None:
    shelf = Shelf(range(1, 10_001), rows=200, window=10_000)
    shelf.count_fails = True
    assert len(ids_of(list(shelf.reading(first_come().submit).pages({})))) == 10_000
    assert shelf.calls <= 51 + 10


def test_a_side_that_says_no_more_where_offset_ends_is_asked_on_behind_the_last_id() -> None:
    shelf = Shelf(range(1, 31), rows=4, window=13)

    def capped(*, after: str | None, offset: int) -> QueryPage:
        page = shelf.answer(after=after, offset=offset)
        return QueryPage(page.rows, page.more and offset + 4 < 13, page.at)

    shelf.ask = capped
    assert ids_of(list(shelf.reading(first_come().submit).pages({}))) == list(range(1, 31))


def test_an_error_of_a_page_is_raised_and_nothing_is_left_waiting() -> None:
    shelf = Shelf(range(1, 2_001), rows=200, window=10_000)

    def broke(*, after: str | None, offset: int) -> QueryPage:
        if offset > 500:
            raise OutOfCredits("No credits left.")
        return shelf.answer(after=after, offset=offset)

    shelf.ask = broke
    reading = shelf.reading(first_come().submit).pages({})
    before = [next(reading), next(reading)]
    with pytest.raises(OutOfCredits):
        list(reading)
    assert not before[-1].cursor.finished
