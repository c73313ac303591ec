"""An incremental reading sees every change, and in daily life takes one call."""

from datetime import timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigin_sync.zoho.changes import Ask, OrderBroken, read_changes
from bigin_sync.zoho.coql import QueryPage, after, moment
from bigin_sync.zoho.side import Cursor, Page
from bigin_sync.zoho.times import from_wire, to_wire
from tests.unit.zoho.stage import NOON

OVERLAP = timedelta(seconds=10)
IDS = st.integers(1, 30)


class Org:
    """Records as id -> (second of Modified_Time, version). Time stands at `second`."""

    def __init__(self, records: dict[int, int]) -> None:
        self.records = {record_id: (second, 0) for record_id, second in records.items()}
        self.second = 100
        self.asked: list[tuple[str, int]] = []
        self.ask: Ask = self.answer

    def answer(self, where: str, *, limit: int) -> QueryPage:
        self.asked.append((where, limit))
        rows = sorted((second, record_id, version) for record_id, (second, version) in self.records.items())
        keys = [row for row in rows if self._meets(where, row[0], row[1])]
        found = [
            {"id": str(record_id), "Modified_Time": to_wire(NOON + timedelta(seconds=second)), "v": version}
            for second, record_id, version in keys[:limit]
        ]
        return QueryPage(found, len(keys) > limit, NOON + timedelta(seconds=self.second))

    def _meets(self, where: str, second: int, record_id: int) -> bool:
        time = NOON + timedelta(seconds=second)
        if where.startswith("Modified_Time >="):
            return moment(time) >= where.split(">= ")[1]
        literals = where.split("'")
        start, last = from_wire(literals[1]), int(literals[5])
        assert start is not None
        assert where == after("Modified_Time", at=start, last_id=str(last))
        return time > start or (time == start and record_id > last)

    def edit(self, record_id: int) -> None:
        version = self.records.get(record_id, (0, -1))[1]
        self.records[record_id] = (self.second, version + 1)


def read(org: Org, cursor: Cursor, *, most_rows: int = 3) -> list[Page]:
    return list(read_changes(org.ask, cursor, first_rows=2, most_rows=most_rows, overlap=OVERLAP))


def meddle(org: Org, data: st.DataObject) -> None:
    """Somebody else edits, deletes, or lets time pass, in between two calls."""
    for _ in range(data.draw(st.integers(0, 3))):
        move, victim = data.draw(st.sampled_from(["edit", "delete", "wait"])), data.draw(IDS)
        if move == "edit" and len(org.asked) < 40:
            org.edit(victim)
        elif move == "delete":
            org.records.pop(victim, None)
        else:
            org.second += 1


def read_in_pieces(org: Org, cursor: Cursor, data: st.DataObject) -> tuple[dict[str, int], Cursor]:
    """One reading, broken off and taken up again now and then: id -> version seen last, and where it ended."""
    seen: dict[str, int] = {}
    while True:
        stop = data.draw(st.integers(1, 20))
        for page in islice(read_changes(org.ask, cursor, first_rows=2, most_rows=3, overlap=OVERLAP), stop):
            seen.update({row["id"]: row["v"] for row in page.rows})
            cursor = Cursor.from_json(page.cursor.to_json())
        if cursor.finished:
            return seen, cursor


@given(st.data())
def test_no_change_is_lost_while_others_edit_make_and_delete(data: st.DataObject) -> None:
    org = Org(data.draw(st.dictionaries(IDS, st.integers(40, 60), max_size=25)))

    def meddled(where: str, *, limit: int) -> QueryPage:
        page = org.answer(where, limit=limit)
        meddle(org, data)
        return page

    org.ask = meddled
    seen, cursor = read_in_pieces(org, Cursor(since=NOON + timedelta(seconds=50)), data)
    org.ask = org.answer
    org.second += 1
    seen |= read_in_pieces(org, cursor, data)[0]
    for record_id, (second, version) in org.records.items():
        if second >= 50:
            assert seen.get(str(record_id)) == version


def test_an_idle_reading_is_one_call_and_moves_the_cursor_to_a_little_before_its_start() -> None:
    org = Org({1: 10})
    (page,) = read(org, Cursor(since=NOON + timedelta(seconds=50)))
    assert page.rows == []
    assert page.cursor == Cursor(since=NOON + timedelta(seconds=100) - OVERLAP)
    assert [limit for _, limit in org.asked] == [2]


def test_many_records_of_one_second_are_walked_by_id() -> None:
    org = Org(dict.fromkeys(range(1, 21), 60))
    pages = read(org, Cursor(since=NOON + timedelta(seconds=50)))
    assert [row["id"] for page in pages for row in page.rows] == [str(number) for number in range(1, 21)]


def test_the_cursor_never_goes_back_in_time() -> None:
    since = NOON + timedelta(seconds=99)
    (page,) = read(Org({}), Cursor(since=since))
    assert page.cursor.since == since


@pytest.mark.parametrize("spoil", ["ties by descending id", "no time"])
def test_an_answer_out_of_order_is_noticed_before_anything_is_built_on_it(spoil: str) -> None:
    org = Org(dict.fromkeys(range(1, 9), 60))

    def spoiled(where: str, *, limit: int) -> QueryPage:
        page = org.answer(where, limit=limit)
        if spoil == "no time":
            return QueryPage([{"id": row["id"]} for row in page.rows], page.more, page.at)
        return QueryPage(page.rows[::-1], page.more, page.at)

    org.ask = spoiled
    with pytest.raises(OrderBroken):
        read(org, Cursor(since=NOON + timedelta(seconds=50)))
