"""Which way a module is read, and what the calls look like."""

import json

import httpx
import pytest

from bigin_sync.errors import InvalidMapping, RequestRefused
from bigin_sync.zoho.side import Capabilities, Cursor, Page, Row
from tests.unit.zoho.stage import NOON, Stage, answer, refusal

SINCE = Cursor(since=NOON)
FULL = Cursor()


def row(number: int, *, at: str = "2026-03-04T12:30:00+00:00") -> Row:
    return {"id": str(number), "Last_Name": f"Weber {number}", "Modified_Time": at, "Created_Time": at}


def rows(
    *numbers: int, more: bool = False, token: str | None = None, at: str = "2026-03-04T12:30:00+00:00"
) -> httpx.Response:
    info = {"count": len(numbers), "more_records": more, "next_page_token": token}
    return answer(200, {"data": [row(number, at=at) for number in numbers], "info": info})


def ids(pages: list[Page]) -> list[str]:
    return [one["id"] for page in pages for one in page.rows]


def read(stage: Stage, cursor: Cursor, *, fields: tuple[str, ...] = ("Last_Name",)) -> list[Page]:
    return list(stage.side.read("Contacts", fields=fields, cursor=cursor))


def can(**changes: object) -> Capabilities:
    found = {"concurrency": 5, "ids": False, "coql": True, "deleted": True, "daily_credits": 5_000, **changes}
    return Capabilities(**found)  # type: ignore[arg-type]  # -- names and types are those of the defaults


def test_a_full_reading_asks_for_the_fields_and_the_audit_fields_in_order_of_id() -> None:
    stage = Stage("crm", [rows(1, 2)])
    (page,) = read(stage, FULL)
    select, _, rest = stage.queries()[0].partition(" from ")
    assert select == "select Last_Name, Created_Time, Created_By, Modified_Time, Modified_By"
    assert rest == "Contacts where id is not null order by id asc limit 2000"
    assert page.cursor.finished
    assert stage.side.counters.by_operation == {"query": (1, 3)}


def test_an_empty_module_is_one_empty_finished_page() -> None:
    (page,) = read(Stage("bigin", [answer(204)]), FULL)
    assert (page.rows, page.cursor.finished) == ([], True)


@pytest.mark.parametrize("product", ["bigin", "crm"])
def test_an_idle_reading_is_one_call_of_one_credit(product: str) -> None:
    stage = Stage(product, [answer(204)])
    (page,) = read(stage, SINCE)
    assert stage.queries()[0].endswith(
        "where Modified_Time >= '2026-03-04T12:00:00+00:00' order by Modified_Time asc, id asc limit 200"
    )
    assert stage.side.counters.by_operation == {"poll": (1, 1)}
    assert page.cursor == SINCE


def test_what_changed_is_walked_by_time_and_id_with_the_largest_pages_there_are() -> None:
    stage = Stage("crm", [rows(1, 2, more=True), rows(3)])
    assert ids(read(stage, SINCE)) == ["1", "2", "3"]
    assert stage.queries()[1].endswith(
        "where ((Modified_Time > '2026-03-04T12:30:00+00:00') or"
        " ((Modified_Time = '2026-03-04T12:30:00+00:00') and (id > '2')))"
        " order by Modified_Time asc, id asc limit 2000"
    )


def test_a_column_that_coql_refuses_sends_the_reading_to_lists_and_is_remembered() -> None:
    refused = refusal(400, "INVALID_QUERY", column_name="Description", reason="data type not supported")
    stage = Stage("bigin", [refused, rows(1), rows(2), rows(3)])
    assert ids(read(stage, FULL, fields=("Last_Name", "Description"))) == ["1"]
    assert ids(read(stage, SINCE, fields=("Last_Name", "Description"))) == ["2"]
    assert ids(read(stage, SINCE, fields=("Last_Name",))) == ["3"]
    assert stage.paths == [
        "POST /bigin/v2/coql",
        "GET /bigin/v2/Contacts",
        "GET /bigin/v2/Contacts",
        "POST /bigin/v2/coql",
    ]


def test_a_column_known_to_be_refused_is_never_asked_of_coql() -> None:
    stage = Stage("bigin", [rows(1)], capabilities=can(unqueried=["Contacts.Description"]))
    read(stage, FULL, fields=("Description",))
    assert stage.paths == ["GET /bigin/v2/Contacts"]


def test_any_other_refusal_is_not_hidden_by_a_second_way() -> None:
    stage = Stage("bigin", [refusal(404, "INVALID_URL_PATTERN")])
    with pytest.raises(RequestRefused):
        read(stage, FULL)
    assert len(stage.requests) == 1


def test_rows_out_of_the_order_asked_for_send_the_reading_to_lists() -> None:
    stage = Stage("crm", [rows(2, 1, more=True), rows(1, 2, 3)])
    assert ids(read(stage, SINCE)) == ["1", "2", "3"]
    assert stage.paths[1] == "GET /crm/v8/Contacts"


def test_more_fields_than_one_call_answers_are_refused_before_any_call() -> None:
    stage = Stage("crm", [rows(1)])
    with pytest.raises(InvalidMapping):
        read(stage, FULL, fields=tuple(f"Field_{number}" for number in range(47)))
    assert stage.requests == []
    assert len(read(stage, FULL, fields=tuple(f"Field_{number}" for number in range(46)))) == 1


class ListOrg:
    """An org without COQL that hands out its records by list calls, with page tokens bound to the order."""

    def __init__(self, count: int) -> None:
        self.rows = [row(number) for number in range(1, count + 1)]
        self.dead_tokens = False
        self.asked: list[dict[str, str]] = []
        self.counts = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/coql"):
            return refusal(401, "OAUTH_SCOPE_MISMATCH")
        if request.url.path.endswith("/actions/count"):
            self.counts += 1
            return answer(200, {"count": len(self.rows)})
        params = dict(request.url.params)
        self.asked.append(params)
        token = params.get("page_token")
        if token and self.dead_tokens:
            self.dead_tokens = False
            return refusal(400, "EXPIRED_VALUE", api_name="page_token")
        assert not token or token.startswith(params["sort_order"])
        start = int(token.split(":")[1]) if token else 200 * (int(params["page"]) - 1)
        ordered = self.rows if params["sort_order"] == "asc" else self.rows[::-1]
        piece = ordered[start : start + 200]
        more = len(ordered) > start + 200
        onward = f"{params['sort_order']}:{start + 200}" if more else None
        return (
            answer(200, {"data": piece, "info": {"more_records": more, "next_page_token": onward}})
            if piece
            else answer(204)
        )


@pytest.mark.parametrize("count", [0, 1, 200, 201, 400, 999, 2_345])
def test_without_coql_a_full_reading_walks_lists_from_both_ends_and_misses_nothing(count: int) -> None:
    org = ListOrg(count)
    pages = read(Stage("bigin", org, capabilities=can(coql=False)), FULL)
    assert {int(one) for one in ids(pages)} == set(range(1, count + 1))
    assert [page.cursor.finished for page in pages] == [False] * (len(pages) - 1) + [True]
    assert len(org.asked) + org.counts <= max(1, -(-count // 200)) + 2
    assert all(one["approved"] == "both" for one in org.asked)


def test_a_module_of_one_list_page_takes_one_call() -> None:
    org = ListOrg(200)
    read(Stage("crm", org, capabilities=can(coql=False)), FULL)
    assert len(org.asked) + org.counts == 1


@pytest.mark.parametrize("dead", [False, True])
def test_a_list_reading_is_taken_up_again_where_it_was_or_anew_if_its_tokens_have_died(dead: bool) -> None:
    org = ListOrg(1_999)
    first = []
    for page in Stage("bigin", org, capabilities=can(coql=False)).side.read("Contacts", fields=(), cursor=FULL):
        first.append(page)
        if len(first) == 3:
            break
    org.dead_tokens = dead
    cursor = Cursor.from_json(json.loads(json.dumps(first[-1].cursor.to_json())))
    second = read(Stage("bigin", org, capabilities=can(coql=False)), cursor)
    assert {int(one) for one in ids(first + second)} == set(range(1, 2_000))
    assert second[-1].cursor.finished


def test_without_coql_changes_are_listed_newest_first_until_rows_are_older() -> None:
    old = "2026-03-04T11:59:59+00:00"
    mixed = answer(
        200, {"data": [row(9), row(8), row(7, at=old)], "info": {"more_records": True, "next_page_token": "t"}}
    )
    stage = Stage("crm", [mixed], capabilities=can(coql=False))
    (page,) = read(stage, SINCE)
    assert [one["id"] for one in page.rows] == ["9", "8"]
    assert page.cursor.finished
    request = stage.requests[0]
    assert (request.url.params["sort_by"], request.url.params["sort_order"]) == ("Modified_Time", "desc")
    assert request.headers["If-Modified-Since"] == "2026-03-04T11:59:59+00:00"


def test_without_coql_an_idle_reading_is_one_call_too() -> None:
    stage = Stage("bigin", [answer(304)], capabilities=can(coql=False))
    (page,) = read(stage, SINCE)
    assert (page.rows, page.cursor.finished, len(stage.requests)) == ([], True, 1)


def test_a_cursor_survives_a_change_of_the_way_it_was_read() -> None:
    walking = Cursor(walk={"by": "list", "started": NOON.isoformat(), "ends": [["asc", {"page_token": "t"}, 5]]})
    assert ids(read(Stage("crm", [rows(1, 2)]), walking)) == ["1", "2"]


def test_made_since_finds_what_one_user_made_in_the_database() -> None:
    mine = {**row(1), "Created_By": {"id": "26", "name": "Ana Ruiz"}}
    bare = {**row(3), "Created_By": "26"}
    other = {**row(2), "Created_By": {"id": "27", "name": "Ben Ode"}}
    stage = Stage(
        "crm", [answer(200, {"data": [mine, other], "info": {"more_records": True}}), answer(200, {"data": [bare]})]
    )
    found = stage.side.made_since("Contacts", NOON, fields=("Last_Name",), by="26")
    assert [one["id"] for one in found] == ["1", "3"]
    first, second = stage.queries()
    assert "where (Created_Time >= '2026-03-04T12:00:00+00:00') order by id asc" in first
    assert "((Created_Time >= '2026-03-04T12:00:00+00:00') and (id > '2'))" in second
