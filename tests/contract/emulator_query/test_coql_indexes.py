"""COQL of the emulator along its indexes: the same answers as asking every row, at a page's cost."""

# ruff: noqa: S608 -- the queries are COQL, asked of an emulator that has no SQL behind it

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigin_sync.emulator import coql
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from tests.contract.emulator_query.asking import ask, ids, people
from tests.contract.emulator_query.conftest import NOON, at

_BOUNDS: dict[str, Callable[[Row, int, int], bool]] = {
    "id > {id}": lambda row, pivot, _second: int(row.id) > pivot,
    "id <= {id}": lambda row, pivot, _second: int(row.id) <= pivot,
    "Modified_Time >= '{time}'": lambda row, _pivot, second: row.modified >= second,
    "Modified_Time < '{time}'": lambda row, _pivot, second: row.modified < second,
    "Modified_Time = '{time}'": lambda row, _pivot, second: row.modified == second,
    "Created_Time > '{time}'": lambda row, _pivot, second: row.created > second,
    "((Modified_Time > '{time}') or ((Modified_Time = '{time}') and (id > {id})))": lambda row, pivot, second: (
        (row.modified, int(row.id)) > (second, pivot)
    ),
    "((Modified_Time < '{time}') or ((id < {id}) and (Modified_Time = '{time}')))": lambda row, pivot, second: (
        (row.modified, int(row.id)) < (second, pivot)
    ),
    "Last_Name like '%1%'": lambda row, _pivot, _second: "1" in str(row.values["Last_Name"]),
}


@given(
    chosen=st.lists(st.sampled_from(sorted(_BOUNDS)), min_size=1, max_size=3),
    times=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40),
    pivot=st.integers(0, 39),
    second=st.integers(-1, 11),
    order=st.sampled_from(["id", "Modified_Time", "Created_Time"]),
    directions=st.tuples(st.booleans(), st.sampled_from([None, True, False])),
    window=st.tuples(st.integers(0, 20), st.integers(1, 20)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_what_the_indexes_answer_is_what_asking_every_row_would_answer(
    crm: Org,
    chosen: list[str],
    times: list[tuple[int, int]],
    pivot: int,
    second: int,
    order: str,
    directions: tuple[bool, bool | None],
    window: tuple[int, int],
) -> None:
    table = crm.tables["Contacts"]
    for row_id in list(table.rows):
        table.take(row_id)
    created = [NOON + born for born, _ in times]
    made = crm.seed(
        "Contacts",
        [{"Last_Name": f"Name {number}"} for number in range(len(times))],
        created=created,
        modified=[NOON + born + later for born, later in times],
    )
    told = {"id": made[pivot % len(made)], "time": at(second)}
    condition = chosen[0].format(**told)
    for one in chosen[1:]:
        condition = f"({condition} and {one.format(**told)})"
    ascending, ids_ascending = directions
    tie = "" if ids_ascending is None or order == "id" else f", id {'asc' if ids_ascending else 'desc'}"
    offset, limit = window
    query = (
        f"select id from Contacts where {condition} order by {order} {'asc' if ascending else 'desc'}{tie}"
        f" limit {limit} offset {offset}"
    )
    admitted = [
        row for row in table.rows.values() if all(_BOUNDS[one](row, int(told["id"]), NOON + second) for one in chosen)
    ]
    admitted.sort(key=lambda row: int(row.id), reverse=not ids_ascending)
    keys = {"id": lambda row: int(row.id), "Modified_Time": lambda row: row.modified}
    admitted.sort(key=keys.get(order, lambda row: row.created), reverse=not ascending)
    expected = [int(row.id) for row in admitted]
    assert ids(ask(crm, query)) == expected[offset : offset + limit]


class _Counted(dict[str, Row]):
    """Rows that count how often one of them is looked at."""

    looks = 0

    def __getitem__(self, key: str) -> Row:
        self.looks += 1
        return super().__getitem__(key)


@pytest.mark.parametrize(
    "rest",
    [
        "where id is not null order by id limit 20",
        "where id is not null limit 20 offset 4000",
        "where id > {id} order by id desc limit 20",
        "where Modified_Time >= '{time}' order by Modified_Time, id limit 20 offset 500",
        "where Modified_Time >= '{time}' order by Modified_Time limit 20 offset 500",
        (
            "where ((Modified_Time > '{time}') or ((Modified_Time = '{time}') and (id > {id})))"
            " order by Modified_Time, id limit 20"
        ),
        "where Created_Time >= '{time}' order by Created_Time limit 20",
        "where Created_Time >= '{late}' limit 20",
        "where Email = 'n77@example.org'",
        "where Email in ('N77@example.org', 'n78@example.org') order by Modified_Time",
    ],
)
def test_a_page_looks_at_hardly_more_rows_than_it_shows(crm: Org, rest: str) -> None:
    made = people(crm, 5_000)
    crm.tables["Contacts"].find("Email", "")  # the index of a field is made once, by whoever asks first
    rows = _Counted(crm.tables["Contacts"].rows)
    crm.tables["Contacts"].rows = rows
    rest = rest.format(id=made[2_000], time=at(300), late=at(1_655))
    coql.run(crm, crm.admin(), f"select Last_Name from Contacts {rest}")
    assert rows.looks <= 60, rows.looks


def test_every_page_of_an_offset_walk_joins_the_one_before(crm: Org) -> None:
    people(crm, 40)
    query = "select id from Contacts where id is not null order by Modified_Time desc limit 9 offset {}"
    pages = [ids(ask(crm, query.format(offset))) for offset in range(0, 40, 9)]
    assert sum(map(len, pages)) == len(set().union(*pages)) == 40
    assert all(len(page) == 9 for page, _ in pairwise(pages))
