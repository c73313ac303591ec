"""Given records: their present state, their views, their deletion."""

import json
from datetime import timedelta

import httpx
import pytest

from bigin_sync.errors import Bug, RequestRefused
from bigin_sync.zoho.side import Gone
from tests.unit.zoho.stage import NOON, Stage, answer, refusal
from tests.unit.zoho.test_reading import can, rows


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


def test_a_hundred_records_are_fetched_in_one_call_by_query_or_by_ids() -> None:
    by_query = Stage("crm", [rows(1, 2)], capabilities=can(ids=False))
    assert len(by_query.side.fetch("Contacts", numbers(1, 100), fields=()).rows) == 2
    (text,) = by_query.queries()
    assert text.count("id in (") == 2
    assert text.endswith("order by id asc limit 200")
    by_ids = Stage("crm", [rows(1, 2)], capabilities=can(ids=True))
    found = by_ids.side.fetch("Contacts", ["1", "2", "2"], fields=("Phone",))
    assert by_ids.requests[0].url.params["ids"] == "1,2"
    assert found.at == NOON
    assert len(by_ids.requests) == 1


def test_records_that_are_all_gone_are_an_empty_answer_with_its_time() -> None:
    found = Stage("bigin", [answer(204)]).side.fetch("Contacts", ["1"], fields=())
    assert (found.rows, found.at) == ([], NOON)


def test_a_side_that_ignores_ids_is_noticed_and_each_record_asked_for_on_its_own() -> None:
    stage = Stage("bigin", [rows(8, 9), rows(1), answer(204)], capabilities=can(coql=False))
    assert [one["id"] for one in stage.side.fetch("Contacts", ["1", "2"], fields=()).rows] == ["1"]
    assert stage.paths == ["GET /bigin/v2/Contacts", "GET /bigin/v2/Contacts/1", "GET /bigin/v2/Contacts/2"]


def test_fields_that_coql_refuses_are_fetched_by_ids() -> None:
    refused = refusal(400, "INVALID_QUERY", column_name="Description")
    stage = Stage("bigin", [refused, rows(1), rows(1)])
    for _ in range(2):
        assert len(stage.side.fetch("Contacts", ["1"], fields=("Description",)).rows) == 1
    assert stage.paths == ["POST /bigin/v2/coql", "GET /bigin/v2/Contacts", "GET /bigin/v2/Contacts"]


def test_more_than_a_hundred_records_or_an_id_that_is_none_are_bugs() -> None:
    side = Stage("bigin", [answer(204)]).side
    with pytest.raises(Bug):
        side.fetch("Contacts", numbers(1, 101), fields=())
    with pytest.raises(Bug):
        side.fetch("Contacts", ["1') or (id is not null"], fields=())
    with pytest.raises(Bug):
        side.admitted("Contacts", ["1"], view="1 where id is not null")


def test_a_view_is_asked_for_given_records_in_few_queries() -> None:
    stage = Stage("crm", [rows(3), rows(1500)])
    assert stage.side.admitted("Contacts", numbers(1, 1_500), view="77") == {"3", "1500"}
    assert [text.split(" where ")[0] for text in stage.queries()] == ["select id from Contacts#77"] * 2
    assert stage.side.counters.by_operation == {"view": (2, 4)}


def test_a_view_that_coql_does_not_know_is_walked_by_lists() -> None:
    refused = refusal(400, "INVALID_QUERY", reason="module given seems to be invalid")
    stage = Stage("crm", [refused, rows(1, 2, more=True, token="t"), rows(3)])
    assert stage.side.admitted("Contacts", ["2", "3", "4"], view="77") == {"2", "3"}
    assert stage.requests[1].url.params["cvid"] == "77"
    assert "sort_by" not in stage.requests[1].url.params
    assert stage.side.counters.by_operation["view"] == (3, 7)


def test_deleted_records_come_in_pages_and_older_ones_are_left_out() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        gone = {
            "id": str(number),
            "display_name": "Kurt Weber" if number == 1 else None,
            "type": "recycle" if number == 1 else "permanent",
            "deleted_time": "2026-03-04T14:00:00+01:00" if number < 3 else "2026-03-04T12:59:59+01:00",
        }
        return answer(200, {"data": [gone], "info": {"more_records": number < 3}})

    stage = Stage("crm", handle)
    first, second, third = stage.side.deleted("Contacts", since=NOON)
    later = NOON.replace(hour=13)
    assert first == [Gone("1", later, "Kurt Weber", permanent=False)]
    assert second == [Gone("2", later, None, permanent=True)]
    assert third == []
    assert stage.requests[0].headers["If-Modified-Since"] == "2026-03-04T12:00:00+00:00"
    assert stage.side.counters.by_operation == {"deleted": (3, 6)}


@pytest.mark.parametrize("status", [204, 304])
def test_no_deleted_records_are_one_empty_page(status: int) -> None:
    assert list(Stage("bigin", [answer(status)]).side.deleted("Contacts", since=None)) == [[]]


def test_a_side_that_keeps_no_list_of_a_module_s_deletions_tells_of_none() -> None:
    for code in ("NOT_SUPPORTED", "INVALID_MODULE"):
        assert list(Stage("crm", [refusal(400, code)]).side.deleted("Notes", since=None)) == [[]]


def test_records_that_hold_given_texts_are_asked_for_by_query_and_then_read_like_any_others() -> None:
    stage = Stage("crm", [rows(7), rows(7)], capabilities=can(ids=True))
    (row,) = stage.side.holding("Contacts", "Our_Key", ["bigin:1:2", "bigin:1:3"], fields=("Phone",), since=NOON)
    assert row["id"] == "7"
    (text,) = stage.queries()
    assert "where (Our_Key in ('bigin:1:2','bigin:1:3'))" in text
    assert stage.paths[1] == "GET /crm/v8/Contacts"
    assert "Our_Key" in stage.requests[1].url.params["fields"]


def test_records_that_hold_given_texts_are_looked_for_among_the_newest_where_there_are_no_queries() -> None:
    made = [{**row, "Our_Key": key} for row, key in zip(rows(7, 8).json()["data"], ("BIGIN:1:2", None), strict=True)]
    told = answer(200, {"data": made, "info": {"more_records": False}})
    stage = Stage("crm", [told], capabilities=can(coql=False))
    found = stage.side.holding("Contacts", "Our_Key", ["bigin:1:2"], fields=(), since=NOON - timedelta(days=9_999))
    assert [row["id"] for row in found] == ["7"]


def test_an_org_that_has_lost_the_field_refuses_to_be_asked_for_it() -> None:
    stage = Stage("crm", [refusal(400, "INVALID_QUERY", column_name="Our_Key")])
    with pytest.raises(RequestRefused):
        stage.side.holding("Contacts", "Our_Key", ["bigin:1:2"], fields=(), since=NOON)


def test_what_stands_in_a_field_is_asked_of_the_newest_records_that_have_anything_in_it() -> None:
    told = answer(200, {"data": [{"id": "7", "Our_Key": "crm:1:2"}, {"id": "6", "Our_Key": None}], "info": {}})
    stage = Stage("crm", [told])
    assert stage.side.filled("Contacts", "Our_Key") == ["crm:1:2"]
    (text,) = stage.queries()
    assert text == "select Our_Key from Contacts where Our_Key is not null order by id desc limit 200"
    assert Stage("crm", [], capabilities=can(coql=False)).side.filled("Contacts", "Our_Key") == []


@pytest.mark.parametrize(
    ("status", "verdict", "why"),
    [
        (201, {"code": "SUCCESS", "status": "success", "message": "field created", "details": {"id": "1"}}, None),
        (
            400,
            {"code": "LIMIT_EXCEEDED", "status": "error", "message": "too many", "details": {"api_name": "unique"}},
            "too many (LIMIT_EXCEEDED, unique)",
        ),
    ],
)
def test_a_field_that_no_two_records_may_share_is_added_and_what_speaks_against_it_is_told(
    status: int, verdict: dict[str, object], why: str | None
) -> None:
    stage = Stage("crm", [answer(status, {"fields": [verdict]})])
    assert stage.side.add_key_field("Contacts", label="Our Key", length=100) == why
    assert (stage.paths, stage.requests[0].url.params["module"]) == (["POST /crm/v8/settings/fields"], "Contacts")
    assert json.loads(stage.requests[0].content) == {
        "fields": [{"field_label": "Our Key", "data_type": "text", "length": 100, "unique": {"case_sensitive": False}}]
    }


def test_bigin_is_not_asked_to_add_a_field() -> None:
    stage = Stage("bigin", [answer(204)])
    with pytest.raises(RequestRefused, match="through its API"):
        stage.side.add_key_field("Contacts", label="Our Key", length=100)
    assert stage.requests == []
