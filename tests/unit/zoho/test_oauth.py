"""Access: tokens are made when needed, by one thread, and secrets stay out of sight."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import httpx
import pytest

from bigin_sync.errors import (
    AccessLost,
    MissingScope,
    Throttled,
    Unavailable,
    Unreachable,
    WrongCredentials,
    WrongDataCentre,
)
from bigin_sync.model.outcome import Stored
from bigin_sync.zoho.crm import CRM
from bigin_sync.zoho.datacentres import DATA_CENTRES, data_centre, data_centre_of
from bigin_sync.zoho.oauth import Credentials, redeem
from tests.unit.zoho.stage import ACCOUNTS, Stage, StillClock, answer, credentials, refusal

TOKEN = {"access_token": "1000.new.token", "api_domain": "https://api.elsewhere.example", "expires_in": 3600}
USERS = {"users": [{"id": "1", "full_name": "Ana Ruiz", "status": "active", "profile": {"name": "Administrator"}}]}


def is_token(request: httpx.Request) -> bool:
    return request.url.path == "/oauth/v2/token"


def test_the_first_call_asks_for_a_token_and_then_for_the_host_that_it_names() -> None:
    kept: list[Credentials] = []
    stage = Stage(
        "crm", lambda request: answer(200, TOKEN if is_token(request) else USERS), access=False, renewed=kept.append
    )
    stage.side.me()
    first, second = stage.requests
    assert str(first.url) == f"{ACCOUNTS}/oauth/v2/token"
    assert parse_qs(first.content.decode())["grant_type"] == ["refresh_token"]
    assert second.url.host == "api.elsewhere.example"
    assert second.headers["Host"] == "api.elsewhere.example"
    assert second.headers["Authorization"] == "Zoho-oauthtoken 1000.new.token"
    assert kept[0].api_domain == "https://api.elsewhere.example"
    assert kept[0].access is not None
    assert kept[0].refresh_token == "1000.refresh"


def test_a_kept_token_is_used_without_asking_for_another() -> None:
    stage = Stage("crm", [answer(200, USERS)])
    stage.side.me()
    assert stage.paths == ["GET /crm/v8/users"]


def test_a_token_is_renewed_a_little_before_it_dies() -> None:
    stage = Stage("crm", lambda request: answer(200, TOKEN if is_token(request) else USERS))
    stage.clock.sleep(3600 - 30)
    stage.side.me()
    assert stage.paths == ["POST /oauth/v2/token", "GET /crm/v8/users"]


def test_a_refused_token_is_renewed_once_and_the_call_repeated_once() -> None:
    answers = [refusal(401, "INVALID_TOKEN"), answer(200, TOKEN), answer(200, USERS)]
    stage = Stage("crm", answers)
    assert stage.side.me().name == "Ana Ruiz"
    assert stage.paths == ["GET /crm/v8/users", "POST /oauth/v2/token", "GET /crm/v8/users"]
    assert stage.clock.slept == []


def test_a_write_whose_token_was_refused_is_repeated_with_its_whole_body() -> None:
    verdict = {"data": [{"code": "DUPLICATE_DATA", "status": "error", "message": "duplicate data", "details": {}}]}
    stage = Stage("crm", [refusal(401, "INVALID_TOKEN"), answer(200, TOKEN), answer(400, verdict)])
    stage.side.create("Contacts", [{"Last_Name": "Weber"}])
    assert stage.body(0) == stage.body(2)


def test_a_new_token_that_is_refused_as_well_is_lost_access() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return answer(200, TOKEN) if is_token(request) else refusal(401, "INVALID_TOKEN")

    with pytest.raises(AccessLost):
        Stage("crm", handle).side.me()
    with pytest.raises(WrongDataCentre):
        Stage("crm", handle, connecting=True).side.me()


def test_many_threads_share_one_renewal() -> None:
    gate = threading.Barrier(5)

    def handle(request: httpx.Request) -> httpx.Response:
        if is_token(request):
            return answer(200, TOKEN)
        if request.headers["Authorization"].endswith("first.token"):
            gate.wait(timeout=10)
            return refusal(401, "INVALID_TOKEN")
        return answer(200, USERS)

    stage = Stage("crm", handle)
    with ThreadPoolExecutor(5) as pool:
        assert {user.name for user in pool.map(lambda _: stage.side.me(), range(5))} == {"Ana Ruiz"}
    assert stage.paths.count("POST /oauth/v2/token") == 1


def test_a_missing_scope_is_told_at_once_and_never_repeated() -> None:
    stage = Stage("bigin", [refusal(401, "OAUTH_SCOPE_MISMATCH")])
    with pytest.raises(MissingScope, match=r"ZohoBigin\.coql\.READ"):
        stage.side.me()
    assert len(stage.requests) == 1


@pytest.mark.parametrize("error", ["invalid_code", "invalid_client", "invalid_client_secret", "access_denied"])
def test_refused_credentials_stop_a_run_and_refuse_a_connection(error: str) -> None:
    with pytest.raises(AccessLost):
        Stage("crm", [answer(200, {"error": error})], access=False).side.me()
    with pytest.raises(WrongCredentials):
        Stage("crm", [answer(200, {"error": error})], access=False, connecting=True).side.me()


def test_too_many_tokens_are_not_answered_with_more_requests_for_tokens() -> None:
    throttled = {"error": "Access Denied", "error_description": "You have made too many requests", "status": "failure"}
    stage = Stage("crm", [answer(200, throttled)], access=False)
    with pytest.raises(Throttled):
        stage.side.me()
    assert len(stage.requests) == 1


def test_a_sign_in_host_that_stumbles_is_asked_again_even_for_a_write() -> None:
    ok = {
        "data": [
            {
                "code": "SUCCESS",
                "status": "success",
                "details": {"id": "7", "Modified_Time": "2026-03-04T12:00:00+00:00"},
            }
        ]
    }
    answers: list[httpx.Response | Exception] = [
        httpx.ReadTimeout("slow"),
        answer(502, None),
        answer(200, TOKEN),
        answer(201, ok),
    ]
    stage = Stage("crm", answers, access=False)
    assert isinstance(stage.side.create("Contacts", [{"Last_Name": "Weber"}])[0], Stored)
    assert stage.paths == ["POST /oauth/v2/token"] * 3 + ["POST /crm/v8/Contacts"]


def test_an_absent_host_is_unreachable_while_connecting_and_unavailable_in_a_run() -> None:
    with pytest.raises(Unreachable, match=r"api\.example"):
        Stage("crm", [httpx.ConnectError("refused")], connecting=True).side.me()
    with pytest.raises(Unavailable):
        Stage("crm", [httpx.ConnectError("refused")]).side.me()


def redeemed(body: object, *, status: int = 200) -> Credentials:
    def handle(request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        assert form["grant_type"] == ["authorization_code"]
        assert form["code"] == ["1000.code"]
        return answer(status, body)

    return redeem(credentials(), "1000.code", product=CRM, clock=StillClock(), transport=httpx.MockTransport(handle))


def test_a_grant_code_is_traded_for_credentials_that_last() -> None:
    found = redeemed({**TOKEN, "refresh_token": "1000.lasting"})
    assert (found.refresh_token, found.api_domain) == ("1000.lasting", "https://api.elsewhere.example")


def test_a_refused_or_fruitless_grant_code_says_so() -> None:
    with pytest.raises(WrongCredentials, match="invalid_code"):
        redeemed({"error": "invalid_code"})
    with pytest.raises(WrongCredentials, match="no refresh token"):
        redeemed(TOKEN)
    with pytest.raises(Unavailable):
        redeemed("gateway", status=502)


def test_secrets_are_not_in_any_representation() -> None:
    shown = repr(credentials())
    for secret in ("client-secret", "1000.refresh", "first.token"):
        assert secret not in shown


def test_every_data_centre_is_found_by_its_name_and_by_its_sign_in_host() -> None:
    assert len(DATA_CENTRES) == 8
    for name, centre in DATA_CENTRES.items():
        assert data_centre(name.upper()) is centre
        assert data_centre_of(centre.accounts_url + "/") is centre
    assert data_centre("ca").accounts_url == "https://accounts.zohocloud.ca"
    assert data_centre_of("http://127.0.0.1:8600") is None
