"""Writes: silent, priced, at most a hundred at a time, and judged record by record."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bigin_sync.errors import Bug
from bigin_sync.model.outcome import Cause, Outcome, Overtaken, Refused, Stored, Unknown
from tests.unit.zoho.stage import NOON, Stage, answer, stored


def error(code: str, message: str = "invalid data", **details: object) -> dict[str, Any]:
    return {"code": code, "status": "error", "message": message, "details": details}


def create(status: int, verdicts: list[dict[str, Any]], *, count: int = 1) -> list[Outcome]:
    stage = Stage("crm", [answer(status, {"data": verdicts})])
    return stage.side.create("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(count)])


def update(status: int, verdicts: list[dict[str, Any]], *, ids: str) -> list[Outcome]:
    stage = Stage("crm", [answer(status, {"data": verdicts})])
    return stage.side.update("Contacts", [{"id": one, "Phone": "1"} for one in ids], unmodified_since=None)


@pytest.mark.parametrize("status", [200, 201, 202, 207, 400, 412])
def test_each_record_is_judged_on_its_own_whatever_the_status(status: int) -> None:
    found = create(status, [stored("7"), error("MANDATORY_NOT_FOUND", api_name="Last_Name")], count=2)
    assert found == [
        Stored("7", NOON),
        Refused(Cause.MANDATORY, "MANDATORY_NOT_FOUND", "invalid data", field="Last_Name"),
    ]


@pytest.mark.parametrize(
    ("verdict", "cause"),
    [
        (error("EXPECTED_FIELD_MISSING", expected_fields=[{"api_name": "Stage"}]), Cause.MANDATORY),
        (error("DEPENDENT_FIELD_MISSING", api_name="$se_module"), Cause.MANDATORY),
        (error("DUPLICATE_DATA", api_name="Email"), Cause.DUPLICATE),
        (error("INVALID_DATA", api_name="Title", maximum_length=100), Cause.TOO_LONG),
        (error("INVALID_DATA", api_name="Title", expected_data_type="string"), Cause.INVALID),
        (error("INVALID_DATA", "the id given seems to be invalid", api_name="id"), Cause.MISSING),
        (error("INVALID_DATA", "the id given seems to be invalid", api_name="Account_Name"), Cause.INVALID),
        (error("DEPENDENT_MISMATCH", api_name="Stage"), Cause.INVALID),
        (error("RECORD_LOCKED", api_name="id"), Cause.LOCKED),
        (error("NOT_APPROVED"), Cause.LOCKED),
        (error("NO_PERMISSION"), Cause.FORBIDDEN),
        (error("LIMIT_EXCEEDED"), Cause.LIMIT),
        (error("DEPENDENT_SERVICE_ERROR"), Cause.TRANSIENT),
        (error("SOMETHING_NEW"), Cause.UNKNOWN),
        (
            error("MULTIPLE_OR_MULTI_ERRORS", errors=[error("INVALID_DATA", api_name="Phone", maximum_length=30)]),
            Cause.TOO_LONG,
        ),
    ],
)
def test_every_refusal_has_its_cause(verdict: dict[str, Any], cause: Cause) -> None:
    (found,) = create(400, [verdict])
    assert isinstance(found, Refused)
    assert found.cause is cause


def test_a_duplicate_names_the_record_that_is_there_in_new_and_old_answers() -> None:
    new = error("DUPLICATE_DATA", api_name="Email", duplicate_record={"id": "11", "module": {"api_name": "Contacts"}})
    old = error("DUPLICATE_DATA", api_name="Email", id="12")
    found = create(400, [new, old], count=2)
    assert [one.duplicate_of for one in found if isinstance(one, Refused)] == ["11", "12"]


def test_an_upsert_like_verdict_says_that_nothing_was_made() -> None:
    (found,) = create(200, [stored("7", action="update", duplicate_field="Email")])
    assert found == Stored("7", NOON, created=False)


@pytest.mark.parametrize(
    "verdict",
    [
        {"code": "SUCCESS", "status": "success", "details": {}},
        {"code": "SUCCESS", "status": "success", "details": {"id": "7"}},
        {"status": "error"},
        error("INTERNAL_ERROR"),
    ],
)
def test_a_verdict_that_cannot_be_relied_on_is_unknown(verdict: dict[str, Any]) -> None:
    (found,) = create(200, [verdict])
    assert isinstance(found, Unknown)


def test_verdicts_that_do_not_match_the_records_in_number_are_not_guessed() -> None:
    found = create(200, [stored("7")], count=2)
    assert [type(one) for one in found] == [Unknown, Unknown]
    assert [type(one) for one in create(200, [], count=1)] == [Unknown]


def test_a_412_for_one_record_of_a_batch_leaves_the_others_unknown() -> None:
    moved = error("ALREADY_MODIFIED", "record updated time has already passed", id="8")
    first, second, third = update(412, [moved], ids="789")
    assert second == Overtaken("8")
    assert isinstance(first, Unknown)
    assert isinstance(third, Unknown)


def test_a_412_with_a_verdict_for_each_record_is_believed() -> None:
    moved = error("ALREADY_MODIFIED", "record updated time has already passed", id="8")
    assert update(412, [stored("7"), moved], ids="78") == [Stored("7", NOON, created=False), Overtaken("8")]


def test_an_update_carries_the_guard_where_the_product_knows_it() -> None:
    since = datetime(2026, 3, 4, 13, 0, 0, 999_999, tzinfo=UTC) - timedelta(hours=1)
    for product, expected in (("crm", "2026-03-04T12:00:00+00:00"), ("bigin", None)):
        stage = Stage(product, [answer(200, {"data": [stored("7")]})])
        stage.side.update("Contacts", [{"id": "7", "Phone": None}], unmodified_since=since)
        assert stage.requests[0].headers.get("If-Unmodified-Since") == expected


def test_a_write_is_silent_and_says_just_what_it_was_given() -> None:
    stage = Stage("bigin", [answer(201, {"data": [stored("7")]})])
    stage.side.create("Pipelines", [{"Deal_Name": "Roof", "Amount": Decimal("0.10"), "Account_Name": {"id": "9"}}])
    assert stage.requests[0].content == (
        b'{"data":[{"Deal_Name":"Roof","Amount":0.10,"Account_Name":{"id":"9"}}],"trigger":[]}'
    )
    assert stage.paths == ["POST /bigin/v2/Pipelines"]


@pytest.mark.parametrize(("records", "credits"), [(1, 1), (10, 1), (11, 2), (100, 10)])
def test_ten_records_cost_one_credit(records: int, credits: int) -> None:
    stage = Stage("crm", [answer(201, {"data": [stored(str(number)) for number in range(records)]})])
    stage.side.create("Contacts", [{"Last_Name": "Weber"}] * records)
    assert stage.side.counters.by_operation == {"create": (1, credits)}


def test_a_hundred_and_one_records_a_made_up_id_or_a_missing_one_are_bugs() -> None:
    side = Stage("crm", [answer(200)]).side
    with pytest.raises(Bug):
        side.create("Contacts", [{"Last_Name": "Weber"}] * 101)
    with pytest.raises(Bug):
        side.create("Contacts", [{"id": "7"}])
    with pytest.raises(Bug):
        side.update("Contacts", [{"Phone": "1"}], unmodified_since=None)
    with pytest.raises(Bug):
        side.update("Contacts", [{"id": "7"}, {"id": "7"}], unmodified_since=None)


def test_nothing_to_write_is_no_call() -> None:
    stage = Stage("crm", [answer(200)])
    assert stage.side.create("Contacts", []) == []
    assert stage.requests == []
