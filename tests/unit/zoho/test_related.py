"""What is joined with a record, and joining more."""

import httpx
import pytest

from bigin_sync.errors import Bug
from bigin_sync.model.outcome import Cause, Refused, Stored, Unknown
from bigin_sync.zoho import gate
from tests.unit.zoho.stage import Stage, answer

ADDED = {"code": "SUCCESS", "status": "success", "message": "relation added", "details": {"id": "71"}}
INVALID = {"code": "INVALID_DATA", "status": "error", "message": "the related id given seems to be invalid"}


def page(*ids: str, more: bool = False, token: str | None = None) -> httpx.Response:
    info = {"more_records": more, "next_page_token": token, "page": 1, "per_page": 200, "count": len(ids)}
    return answer(200, {"data": [{"id": one} for one in ids], "info": info})


@pytest.mark.parametrize("product", ["bigin", "crm"])
def test_a_related_list_is_read_to_its_end(product: str) -> None:
    pages = [page("71", more=True), page("72", more=True, token="next"), page("73", more=True), page("74")]
    stage = Stage(product, pages)
    assert stage.side.related("Deals", "5", listed="Products") == ["71", "72", "73", "74"]
    asked = [dict(request.url.params) for request in stage.requests]
    assert [one.get("page") for one in asked] == ["1", "2", None, "4"]
    assert asked[2]["page_token"] == "next"


def test_an_empty_related_list_is_one_call() -> None:
    stage = Stage("crm", [answer(204)])
    assert stage.side.related("Deals", "5", listed="Products") == []
    assert stage.paths == ["GET /crm/v8/Deals/5/Products"]


def test_records_are_joined_by_their_ids_alone() -> None:
    stage = Stage("bigin", [answer(200, {"data": [ADDED]})])
    (outcome,) = stage.side.relate("Pipelines", "5", listed="Products", ids=["71"])
    assert isinstance(outcome, Stored)
    assert stage.paths == ["PUT /bigin/v2/Pipelines/5/Products"]
    assert stage.body() == {"data": [{"id": "71"}]}


def test_each_joined_record_is_judged_on_its_own() -> None:
    stage = Stage("crm", [answer(207, {"data": [ADDED, INVALID]})])
    first, second = stage.side.relate("Deals", "5", listed="Products", ids=["71", "72"])
    assert isinstance(first, Stored)
    assert isinstance(second, Refused)
    assert second.cause is Cause.MISSING


def test_a_lost_answer_leaves_it_open_whether_records_were_joined() -> None:
    stage = Stage("crm", [httpx.ReadTimeout("silence")])
    (outcome,) = stage.side.relate("Deals", "5", listed="Products", ids=["71"])
    assert isinstance(outcome, Unknown)
    assert len(stage.requests) == 1


def test_an_answer_with_another_number_of_verdicts_is_not_believed() -> None:
    stage = Stage("crm", [answer(200, {"data": [ADDED]})])
    outcomes = stage.side.relate("Deals", "5", listed="Products", ids=["71", "72"])
    assert [type(each) for each in outcomes] == [Unknown, Unknown]


def test_joining_nothing_makes_no_call() -> None:
    stage = Stage("crm", [answer(500)])
    assert stage.side.relate("Deals", "5", listed="Products", ids=[]) == []
    assert not stage.requests


def test_no_more_than_a_hundred_are_joined_at_once() -> None:
    stage = Stage("crm", [answer(500)])
    with pytest.raises(Bug):
        stage.side.relate("Deals", "5", listed="Products", ids=[str(number) for number in range(101)])


def test_bigin_is_not_asked_for_pipelines_that_its_layouts_tell() -> None:
    stage = Stage("bigin", [answer(500)])
    assert stage.side.pipelines("8") == []
    assert not stage.requests


def test_the_gate_lets_ids_be_joined_with_a_record() -> None:
    gate.check("PUT", "/Deals/5/Products", body={"data": [{"id": "71"}, {"id": "72"}]})


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "/Deals/5/Products", {"data": [{"id": "71"}]}),
        ("PUT", "/Deals/5", {"data": [{"id": "71"}]}),
        ("PUT", "/Deals", {"data": [{"id": "71"}]}),
        ("PUT", "/Deals/5/Products", {"data": [{"id": "71", "Quantity": 2}]}),
        ("PUT", "/Deals/5/Products", {"data": [{"id": {"id": "71"}}]}),
        ("PUT", "/Deals/5/Products", {"data": []}),
        ("PUT", "/Deals/5/Products", {"data": [{"id": "71"}], "over": "board"}),
    ],
)
def test_the_gate_lets_no_other_write_pass_without_its_triggers(verb: str, path: str, body: object) -> None:
    with pytest.raises(Bug, match="triggers"):
        gate.check(verb, path, body=body)
