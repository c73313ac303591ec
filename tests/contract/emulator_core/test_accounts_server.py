"""Tokens and scopes: how one gets in, and when not."""

import httpx
import pytest

from bigin_sync.emulator.oauth import Grant
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.scopes import Need, all_scopes, check
from bigin_sync.emulator.world import World

TOKEN = "https://emulator.example/oauth/v2/token"
FORM = {"client_id": "1000.EMULATOR", "client_secret": "emulator-secret"}


@pytest.fixture
def anyone(crm: httpx.Client) -> httpx.Client:
    del crm.headers["Authorization"]
    return crm


def refreshed(client: httpx.Client, token: str = "1000.emulator.crm") -> httpx.Response:
    return client.post(TOKEN, data={**FORM, "grant_type": "refresh_token", "refresh_token": token})


def probe(client: httpx.Client, access_token: str) -> httpx.Response:
    headers = {"Authorization": f"Zoho-oauthtoken {access_token}"}
    return client.get("users", params={"type": "CurrentUser"}, headers=headers)


def test_a_refresh_token_gives_an_hour_and_the_address_to_call(world: World, anyone: httpx.Client) -> None:
    body = refreshed(anyone).json()
    assert (body["expires_in"], body["token_type"]) == (3_600, "Bearer")
    assert body["api_domain"] == "https://emulator.example"
    assert "refresh_token" not in body
    assert probe(anyone, body["access_token"]).status_code == 200
    world.clock.advance(3_600)
    answer = probe(anyone, body["access_token"])
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")


def test_errors_of_the_accounts_server_are_answered_with_200(anyone: httpx.Client) -> None:
    answer = refreshed(anyone, "1000.unknown")
    assert (answer.status_code, answer.json()) == (200, {"error": "invalid_code"})
    wrong = anyone.post(TOKEN, data={**FORM, "client_id": "nobody", "grant_type": "refresh_token"})
    assert (wrong.status_code, wrong.json()) == (200, {"error": "invalid_client"})


def test_a_code_is_good_for_one_use_within_minutes(world: World, anyone: httpx.Client) -> None:
    grant = world.oauth.refresh_tokens["1000.emulator.bigin"]
    code, stale = world.oauth.mint_code(grant), world.oauth.mint_code(grant)
    form = {**FORM, "grant_type": "authorization_code", "code": code}
    body = anyone.post(TOKEN, data=form).json()
    assert refreshed(anyone, body["refresh_token"]).json()["expires_in"] == 3_600
    assert anyone.post(TOKEN, data=form).json() == {"error": "invalid_code"}
    world.clock.advance(181)
    assert anyone.post(TOKEN, data={**form, "code": stale}).json() == {"error": "invalid_code"}


def test_ten_tokens_in_ten_minutes_are_enough(world: World, anyone: httpx.Client) -> None:
    world.clock.advance(3_600)
    answers = [refreshed(anyone).json() for _ in range(11)]
    assert all("access_token" in body for body in answers[:10])
    assert answers[10]["error"] == "Access Denied"
    world.clock.advance(600)
    assert "access_token" in refreshed(anyone).json()


def test_a_sixteenth_token_kills_the_oldest(world: World, anyone: httpx.Client) -> None:
    world.oauth.throttled = False
    world.clock.advance(3_600)
    tokens = [refreshed(anyone).json()["access_token"] for _ in range(16)]
    assert probe(anyone, tokens[0]).status_code == 401
    assert probe(anyone, tokens[1]).status_code == 200


def redeemed(client: httpx.Client, code: str) -> httpx.Response:
    return client.post(TOKEN, data={**FORM, "grant_type": "authorization_code", "code": code})


def test_a_client_gets_ten_codes_in_ten_minutes(world: World, anyone: httpx.Client) -> None:
    answers = [anyone.post("https://emulator.example/emulator/codes", json={"product": "crm"}) for _ in range(10)]
    assert all(answer.status_code == 200 for answer in answers)
    one_more = {"product": "bigin", "user": "jonas@harbourpine.example"}
    refused = anyone.post("https://emulator.example/emulator/codes", json=one_more)
    assert (refused.status_code, refused.json()["code"]) == (400, "Access Denied")
    world.clock.advance(600)
    assert anyone.post("https://emulator.example/emulator/codes", json=one_more).status_code == 200


def test_a_user_gets_twenty_refresh_tokens_in_ten_minutes(world: World, anyone: httpx.Client) -> None:
    ana, jonas = (world.oauth.refresh_tokens[f"1000.emulator.crm{name}"] for name in ("", ".jonas"))
    codes = []
    for _ in range(2):
        codes += [world.oauth.mint_code(ana, seconds=3_600) for _ in range(10)]
        world.clock.advance(600)
    last, other = world.oauth.mint_code(ana, seconds=3_600), world.oauth.mint_code(jonas)
    assert all("refresh_token" in redeemed(anyone, code).json() for code in codes)
    assert redeemed(anyone, last).json()["error"] == "Access Denied"
    assert "refresh_token" in redeemed(anyone, other).json()
    world.clock.advance(600)
    assert "refresh_token" in redeemed(anyone, last).json()


@pytest.mark.parametrize(("product", "throttled"), [("bigin", True), ("crm", False)])
def test_bigin_gives_a_user_five_refresh_tokens_a_minute(
    world: World, anyone: httpx.Client, product: str, throttled: bool
) -> None:
    grant = world.oauth.refresh_tokens[f"1000.emulator.{product}"]
    codes = [world.oauth.mint_code(grant) for _ in range(6)]
    answers = [redeemed(anyone, code).json() for code in codes]
    assert all("refresh_token" in body for body in answers[:5])
    assert (answers[5].get("error") == "Access Denied") is throttled
    world.clock.advance(60)
    assert ("refresh_token" in redeemed(anyone, codes[5]).json()) is throttled


def test_a_twenty_first_refresh_token_of_a_user_kills_the_oldest(world: World, anyone: httpx.Client) -> None:
    world.oauth.throttled = False
    grant = world.oauth.refresh_tokens["1000.emulator.crm"]
    access = refreshed(anyone).json()["access_token"]
    made = [redeemed(anyone, world.oauth.mint_code(grant)).json()["refresh_token"] for _ in range(19)]
    assert probe(anyone, access).status_code == 200
    made.append(redeemed(anyone, world.oauth.mint_code(grant)).json()["refresh_token"])
    assert refreshed(anyone).json() == {"error": "invalid_code"}
    assert probe(anyone, access).status_code == 401
    assert all("access_token" in refreshed(anyone, token).json() for token in made)
    assert "access_token" in refreshed(anyone, "1000.emulator.crm.jonas").json()


def test_a_revoked_refresh_token_takes_its_tokens_along(anyone: httpx.Client) -> None:
    token = refreshed(anyone).json()["access_token"]
    answer = anyone.post("https://emulator.example/oauth/v2/token/revoke", data={"token": "1000.emulator.crm"})
    assert answer.json() == {"status": "success"}
    assert probe(anyone, token).status_code == 401
    assert refreshed(anyone).json() == {"error": "invalid_code"}


def test_without_a_header_nobody_is_known(anyone: httpx.Client) -> None:
    answer = anyone.get("org")
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHENTICATION_FAILURE")


def test_bigin_answers_another_scheme_vaguely(world: World, bigin: httpx.Client) -> None:
    token = bigin.headers["Authorization"].partition(" ")[2]
    answer = bigin.get("org", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")


def test_a_token_of_one_product_does_not_open_the_other(bigin: httpx.Client) -> None:
    answer = bigin.get("https://emulator.example/crm/v8/org")
    assert (answer.status_code, answer.json()["code"]) == (401, "OAUTH_SCOPE_MISMATCH")


def test_search_needs_a_scope_of_its_own(world: World, anyone: httpx.Client) -> None:
    scopes = all_scopes("crm") - {"ZohoSearch.securesearch.READ"}
    world.oauth.allow("1000.narrow", Grant(product="crm", user_id=world.crm.admin_id, scopes=scopes))
    token = refreshed(anyone, "1000.narrow").json()["access_token"]
    headers = {"Authorization": f"Zoho-oauthtoken {token}"}
    assert anyone.get("Contacts", params={"fields": "id"}, headers=headers).status_code == 204
    answer = anyone.get("Contacts/search", params={"word": "weber"}, headers=headers)
    assert answer.json()["code"] == "OAUTH_SCOPE_MISMATCH"


@pytest.mark.parametrize(
    ("scope", "need", "enough"),
    [
        ("ZohoCRM.modules.ALL", Need(area="modules", operation="DELETE", within="Contacts"), True),
        ("ZohoCRM.modules.contacts.READ", Need(area="modules", operation="READ", within="Contacts"), True),
        ("ZohoCRM.modules.contacts.WRITE", Need(area="modules", operation="UPDATE", within="Contacts"), True),
        ("ZohoCRM.modules.contacts.WRITE", Need(area="modules", operation="READ", within="Contacts"), False),
        ("ZohoCRM.modules.deals.ALL", Need(area="modules", operation="READ", within="Contacts"), False),
        ("ZohoCRM.settings.fields.READ", Need(area="settings", operation="READ", within="layouts"), False),
        ("ZohoBigin.modules.ALL", Need(area="modules", operation="READ", within="Contacts"), False),
    ],
)
def test_a_scope_allows_what_its_name_says(scope: str, need: Need, enough: bool) -> None:
    if enough:
        check(frozenset({scope}), need, product="crm")
        return
    with pytest.raises(ApiError, match="OAUTH_SCOPE_MISMATCH"):
        check(frozenset({scope}), need, product="crm")


def test_every_active_person_has_a_refresh_token(world: World) -> None:
    assert set(world.oauth.refresh_tokens) == {
        "1000.emulator.bigin",
        "1000.emulator.bigin.jonas",
        "1000.emulator.bigin.aisha",
        "1000.emulator.bigin.tomas",
        "1000.emulator.crm",
        "1000.emulator.crm.jonas",
        "1000.emulator.crm.aisha",
        "1000.emulator.crm.priya",
    }


def test_what_a_person_writes_is_theirs_and_in_their_zone(world: World, anyone: httpx.Client) -> None:
    token = refreshed(anyone, "1000.emulator.crm.aisha").json()["access_token"]
    headers = {"Authorization": f"Zoho-oauthtoken {token}"}
    answer = anyone.post("Contacts", json={"data": [{"Last_Name": "Weber"}]}, headers=headers)
    details = answer.json()["data"][0]["details"]
    assert details["Created_By"]["name"] == "Aisha Rahman"
    assert details["Created_Time"] == "2026-03-04T12:00:00+04:00"
    assert answer.headers["x-accesstoken-reset"] == "2026-03-04T13:00:00+04:00"
