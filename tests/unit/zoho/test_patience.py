"""What is repeated, what is not, and what an answer that never came means."""

import logging

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from bigin_sync.errors import (
    AccessLost,
    ModuleMissing,
    NotAdministrator,
    OutOfCredits,
    RequestRefused,
    Throttled,
    Unavailable,
)
from bigin_sync.model.outcome import Overtaken, Stored, Unknown
from tests.unit.zoho.stage import NOON, Stage, answer, refusal, stored

USERS = answer(200, {"users": [{"id": "1", "full_name": "Ana Ruiz", "status": "active"}]})
HTML = httpx.Response(200, text="<html>Service unavailable</html>")
TORN = httpx.Response(200, text='{"users":[{"id":"1"')


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("slow"),
        httpx.ConnectTimeout("far"),
        httpx.RemoteProtocolError("gone"),
        httpx.Response(502, text="<html>"),
        refusal(500, "INTERNAL_ERROR"),
        refusal(429, "TOO_MANY_REQUESTS"),
        refusal(429, "RATE_LIMIT_EXCEEDED"),
        HTML,
        TORN,
    ],
)
def test_a_read_is_repeated_after_anything_that_may_pass(failure: httpx.Response | Exception) -> None:
    stage = Stage("crm", [failure, failure, USERS])
    assert stage.side.me().id == "1"
    assert len(stage.clock.slept) == 2
    assert stage.side.counters.calls == 3


def test_pauses_grow_and_the_read_gives_up_in_the_end() -> None:
    stage = Stage("crm", [httpx.ReadTimeout("slow")])
    with pytest.raises(Unavailable):
        stage.side.me()
    assert len(stage.requests) == 7
    assert all(0 <= pause <= 0.5 * 2**number for number, pause in enumerate(stage.clock.slept))


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("far"),
        httpx.PoolTimeout("busy"),
        refusal(429, "TOO_MANY_REQUESTS"),
    ],
)
def test_a_write_is_repeated_when_it_is_certain_that_nothing_happened(failure: httpx.Response | Exception) -> None:
    stage = Stage("crm", [failure, answer(201, {"data": [stored("7")]})])
    assert isinstance(stage.side.create("Contacts", [{"Last_Name": "Weber"}])[0], Stored)
    assert len(stage.requests) == 2


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.WriteTimeout("slow"),
        httpx.RemoteProtocolError("gone"),
        httpx.Response(502, text="<html>"),
        httpx.Response(503, text=""),
        httpx.Response(408, text=""),
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
        refusal(500, "INTERNAL_ERROR"),
        HTML,
        TORN,
    ],
)
def test_a_write_whose_answer_is_lost_is_never_repeated_and_every_item_is_unknown(
    failure: httpx.Response | Exception,
) -> None:
    stage = Stage("bigin", [failure])
    found = stage.side.update("Contacts", [{"id": "7"}, {"id": "8"}], unmodified_since=None)
    assert [type(outcome) for outcome in found] == [Unknown, Unknown]
    assert len(stage.requests) == 1


def test_a_throttled_write_that_never_got_through_raises_and_leaves_nothing_open() -> None:
    stage = Stage("crm", [refusal(429, "TOO_MANY_REQUESTS")])
    with pytest.raises(Throttled):
        stage.side.create("Contacts", [{"Last_Name": "Weber"}])


def test_credits_used_up_are_told_from_too_many_calls_at_once() -> None:
    clear = refusal(429, "TOO_MANY_REQUESTS")
    clear.headers["X-API-CREDITS-REMAINING"] = "0"
    at_once = Stage("crm", [clear])
    with pytest.raises(OutOfCredits):
        at_once.side.me()
    assert len(at_once.requests) == 1
    patient = Stage("crm", [refusal(429, "LIMIT_EXCEEDED")])
    with pytest.raises(OutOfCredits):
        patient.side.me()
    assert len(patient.requests) > 1


def test_a_limit_that_passes_is_no_lack_of_credits() -> None:
    assert Stage("crm", [refusal(429, "LIMIT_EXCEEDED"), USERS]).side.me().id == "1"


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (refusal(400, "INVALID_MODULE", resource_path_index=0), ModuleMissing),
        (refusal(403, "NO_PERMISSION", permissions=["Crm_Implied_View_Contacts"]), AccessLost),
        (refusal(404, "INVALID_URL_PATTERN"), RequestRefused),
        (refusal(400, "LIMIT_EXCEEDED"), RequestRefused),
        (refusal(200, "INVALID_DATA"), RequestRefused),
        (httpx.Response(413, text="<html>too large</html>"), RequestRefused),
    ],
)
def test_a_refusal_is_not_repeated_and_says_what_it_is(failure: httpx.Response, error: type[Exception]) -> None:
    stage = Stage("crm", [failure])
    with pytest.raises(error):
        stage.side.create("Contacts", [{"Last_Name": "Weber"}])
    assert len(stage.requests) == 1


def test_a_missing_right_names_the_right_and_while_connecting_asks_for_an_administrator() -> None:
    failure = refusal(403, "NO_PERMISSION", permissions=["Crm_Implied_View_Contacts"])
    with pytest.raises(AccessLost, match="Crm_Implied_View_Contacts"):
        Stage("crm", [failure]).side.me()
    with pytest.raises(NotAdministrator):
        Stage("crm", [failure], connecting=True).side.me()


def test_the_ledger_is_asked_before_every_try_and_can_forbid_it() -> None:
    class Purse:
        left = 2

        def book(self, credits: int) -> None:
            if self.left < credits:
                raise OutOfCredits("No credits left.")
            self.left -= credits

    stage = Stage("crm", [httpx.ReadTimeout("slow")], ledger=Purse())
    with pytest.raises(OutOfCredits):
        stage.side.me()
    assert len(stage.requests) == 2


def test_before_each_pause_it_is_told_once_whose_answer_is_missing_and_how_long_the_pause_is() -> None:
    stage = Stage("crm", [httpx.ConnectTimeout("far"), httpx.ConnectTimeout("far"), USERS])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as told:
        stage.side.me()
    assert [(line["event"], line["side"], line["attempt"]) for line in told] == [
        ("trying again", "crm", 1),
        ("trying again", "crm", 2),
    ]
    assert [line["seconds"] for line in told] == [round(pause, 1) for pause in stage.clock.slept]
    assert "cannot be reached in time" in told[0]["after"]


def test_while_one_call_waits_for_its_next_try_it_is_not_told_that_others_wait_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage("crm", [httpx.ConnectTimeout("far"), httpx.ConnectTimeout("far"), USERS])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    rest = stage.clock.sleep

    def another_call_meanwhile(seconds: float) -> None:
        monkeypatch.setattr(stage.clock, "sleep", rest)
        stage.side.me()
        rest(seconds)

    monkeypatch.setattr(stage.clock, "sleep", another_call_meanwhile)
    with capture_logs() as told:
        stage.side.me()
    assert len(stage.requests) == 4
    assert [line["event"] for line in told] == ["trying again"]


@pytest.mark.parametrize("holds", [True, False])
def test_an_update_is_repeated_only_as_long_as_what_it_was_decided_on_holds(holds: bool) -> None:
    stage = Stage("bigin", [refusal(429, "TOO_MANY_REQUESTS"), answer(200, {"data": [stored("7")]})])
    asked: list[int] = []

    def still() -> bool:
        asked.append(len(stage.clock.slept))
        return holds

    rows = [{"id": "7", "Phone": "1"}]
    found = stage.side.update("Contacts", rows, unmodified_since=None, still=still)
    assert found == ([Stored("7", NOON, created=False)] if holds else [Overtaken("7")])
    assert (asked, len(stage.requests)) == ([1], 1 + holds), "asked after the pause, and not before the first try"
