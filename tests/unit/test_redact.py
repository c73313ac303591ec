"""No secret passes, whichever way it is wrapped; everything else stays readable."""

import json
from urllib.parse import urlencode

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bigin_sync.redact import MASK, Redactor

TOKEN = "1000.0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f.1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e"
SECRET = "5ec2e7+/ of 'the' \"client\""

plain = st.none() | st.booleans() | st.integers() | st.text()


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Zoho-oauthtoken {TOKEN}",
        f"Zoho-oauthtoken   {TOKEN}",
        f"POST /oauth/v2/token?grant_type=authorization_code&code={TOKEN}&client_id=1000.ABC",
        f"grant_type=refresh_token&refresh_token={TOKEN}",
        json.dumps({"access_token": TOKEN, "api_domain": "https://api.example.org"}),
        repr({"refresh_token": TOKEN}),
        f"answered {TOKEN}, then closed",
    ],
)
def test_a_token_of_zoho_is_known_by_its_shape_anywhere_in_a_text(text: str) -> None:
    shown = Redactor().text(text)
    assert "0f0f" not in shown
    assert "1e1e" not in shown
    assert MASK in shown


@pytest.mark.parametrize(
    "text",
    [
        "client_secret=tell-nobody&client_id=1000.ABC",
        '{"client_secret": "tell-nobody", "x": 1}',
        '{"client_secret":"tell-nobody\\"tell-nobody"}',
        "postgresql+psycopg://sync:tell-nobody@db.example.org:5432/sync",
        "authorization: bearer tell-nobody",
    ],
)
def test_a_secret_without_a_shape_is_known_by_what_stands_before_it(text: str) -> None:
    assert "tell-nobody" not in Redactor().text(text)


@pytest.mark.parametrize(
    "text",
    [
        "1000.EMULATOR",
        "https://www.example.org:8600/crm/v8/Contacts?fields=Email&page_token=abc",
        "code: INVALID_DATA, the token bucket is full",
        "mail someone@example.org about 1000.50 EUR",
        "x-accesstoken-reset: 2026-05-04T10:00:00+02:00",
    ],
)
def test_what_is_no_secret_stays_as_it_was(text: str) -> None:
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    "name",
    ["access_token", "Authorization", "client_secret", "refreshToken", "Set-Cookie", "token", "secret_key", "PASSWORD"],
)
def test_a_name_that_says_secret_hides_its_value_whatever_it_looks_like(name: str) -> None:
    assert Redactor().value({"outer": [{name: "abc", "code": "INVALID_DATA"}]}) == {
        "outer": [{name: MASK, "code": "INVALID_DATA"}]
    }


def test_a_value_that_is_not_there_is_not_hidden() -> None:
    assert Redactor().value({"refresh_token": None}) == {"refresh_token": None}


@pytest.mark.parametrize(
    "wrapped",
    [
        SECRET,
        [SECRET],
        {"note": {"deep": (SECRET,)}},
        {SECRET: 1},
        SECRET.encode(),
        ValueError(f"no {SECRET}"),
        json.dumps({"note": SECRET}),
        repr([SECRET]),
        "https://example.org/?" + urlencode({"note": SECRET}),
    ],
)
def test_a_secret_of_this_process_is_found_however_it_is_written(wrapped: object) -> None:
    assert "5ec2e7" not in repr(Redactor([SECRET]).value(wrapped))


@given(
    st.recursive(
        st.builds("{}hush-hush{}".format, st.text(), st.text()) | plain,
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("hush-hush"), inner),
    )
)
def test_no_nesting_hides_a_secret_of_this_process(value: object) -> None:
    assert "hush-hush" not in repr(Redactor(["hush-hush"]).value(value))


def test_an_empty_secret_hides_nothing() -> None:
    assert Redactor([""]).text("all is well") == "all is well"


def test_a_log_line_carries_neither_the_secrets_of_its_event_nor_those_of_its_traceback() -> None:
    log = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[Redactor(["hush-hush"]), structlog.processors.JSONRenderer()]
    )
    try:
        raise RuntimeError(f"refused {TOKEN} of hush-hush")
    except RuntimeError:
        line = log.exception("call failed", refresh_token="abc", url=f"/token?code={TOKEN}", status=401)
    event = json.loads(line)
    assert "0f0f" not in line
    assert "hush" not in line
    assert event["refresh_token"] == MASK
    assert event["status"] == 401
    assert "RuntimeError" in event["exception"]
