"""An answer that cannot be read says nothing about what happened, whatever its status."""

from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.errors import AccessLost, AnswerLost, RequestRefused
from bigin_sync.model.outcome import Cause, Refused, Unknown
from bigin_sync.zoho.crm import CRM
from bigin_sync.zoho.replies import Asked, understand
from bigin_sync.zoho.verdicts import outcomes

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
WRITE = Asked(CRM, "PUT", "/Contacts", writes=True, connecting=False)


@pytest.mark.parametrize("status", [200, 201, 202, 207, 400, 502])
def test_a_torn_answer_to_a_write_leaves_open_what_was_stored(status: int) -> None:
    with pytest.raises(AnswerLost):
        understand(WRITE, httpx.Response(status, content=b'{"data":[{"code":"SUCC'), now=NOON)


def test_a_whole_refusal_proves_that_nothing_was_stored() -> None:
    told = {"code": "INVALID_DATA", "details": {}, "message": "invalid data", "status": "error"}
    with pytest.raises(RequestRefused):
        understand(WRITE, httpx.Response(400, json=told), now=NOON)


@pytest.mark.parametrize("members", [1, 3])
def test_a_right_that_is_missing_altogether_concerns_the_request(members: int) -> None:
    told = {"code": "NO_PERMISSION", "details": {"permissions": ["Crm_Implied_Edit_Contacts"]}, "status": "error"}
    with pytest.raises(AccessLost):
        understand(WRITE, httpx.Response(403, json={"data": [told] * members}), now=NOON)


@pytest.mark.parametrize("details", [{"api_name": "id", "json_path": "$.data[0].id"}, {"id": "7300000000412001"}])
def test_a_right_that_is_missing_for_one_record_is_a_verdict_on_that_record(details: dict[str, str]) -> None:
    told = {"code": "NO_PERMISSION", "details": details, "message": "permission denied", "status": "error"}
    answer = understand(WRITE, httpx.Response(403, json={"data": [told]}), now=NOON)
    assert answer.body == {"data": [told]}
    (of_one,) = outcomes(answer, ["7300000000412001"])
    assert isinstance(of_one, Refused)
    assert of_one.cause is Cause.FORBIDDEN
    of_three = outcomes(answer, ["7300000000412001", "7300000000412002", "7300000000412003"])
    assert all(isinstance(each, Unknown) and each.stumbled for each in of_three), "tried later and later"


def test_a_right_that_is_missing_to_read_is_no_row() -> None:
    told = {"code": "NO_PERMISSION", "details": {"api_name": "id"}, "message": "permission denied", "status": "error"}
    reading = Asked(CRM, "GET", "/Contacts", writes=False, connecting=False)
    with pytest.raises(AccessLost):
        understand(reading, httpx.Response(403, json={"data": [told]}), now=NOON)
