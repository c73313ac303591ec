"""Related lists have pages as lists do: by number to 2,000 records, on by token."""

from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.emulator.world import World

A_DAY_ON = {"bigin": "2026-03-05T09:00:00+01:00", "crm": "2026-03-05T03:00:00-05:00"}


def contacts_of_a_company(world: World, product: str, number: int) -> tuple[str, list[str]]:
    """A company of an org, and its contacts, the latest first."""
    org = world.org(product)
    (company,) = org.seed("Accounts", [{"Account_Name": "Harbour Pine"}])
    rows = [{"Last_Name": f"Person {count}", "Account_Name": company} for count in range(number)]
    return f"Accounts/{company}/Contacts", org.seed("Contacts", rows)[::-1]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("product", ["bigin", "crm"])
def test_tokens_lead_through_a_related_list_beyond_two_thousand(
    world: World, crm: httpx.Client, bigin: httpx.Client, product: str
) -> None:
    client = crm if product == "crm" else bigin
    path, ids = contacts_of_a_company(world, product, 2_030)
    params, shown, previous = {"fields": "id", "per_page": "200"}, list[str](), None
    for page in range(1, 12):
        answer = client.get(path, params=params).json()
        shown += [row["id"] for row in answer["data"]]
        info = answer["info"]
        assert (info["page"], info["count"], info["more_records"]) == (page, 200 if page < 11 else 30, page < 11)
        assert info["page_token_expiry"] == A_DAY_ON[product]
        assert (info["previous_page_token"] is None) == (page == 1)
        assert page < 3 or info["previous_page_token"] == previous
        previous = params.get("page_token")
        params = {**params, "page_token": info["next_page_token"]}
    assert shown == ids
    assert params["page_token"] is None


def test_a_related_list_of_one_page_has_no_tokens(world: World, bigin: httpx.Client) -> None:
    path, _ = contacts_of_a_company(world, "bigin", 2)
    info = bigin.get(path, params={"fields": "id"}).json()["info"]
    assert {info[name] for name in ("next_page_token", "previous_page_token", "page_token_expiry")} == {None}


def test_pages_of_a_related_list_by_number_are_those_by_token_and_end_at_two_thousand(
    world: World, crm: httpx.Client
) -> None:
    path, ids = contacts_of_a_company(world, "crm", 5)
    params = {"fields": "id", "per_page": "2"}
    second = crm.get(path, params={**params, "page": "2"}).json()
    token = crm.get(path, params=params).json()["info"]["next_page_token"]
    assert second["data"] == crm.get(path, params={**params, "page_token": token}).json()["data"]
    assert [row["id"] for row in second["data"]] == ids[2:4]
    assert code(crm.get(path, params={"fields": "id", "page": "11"})) == (400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED")


def test_a_walk_by_token_misses_nothing_when_a_record_before_it_leaves_the_list(
    world: World, crm: httpx.Client
) -> None:
    path, ids = contacts_of_a_company(world, "crm", 5)
    params = {"fields": "id", "per_page": "2"}
    token = crm.get(path, params=params).json()["info"]["next_page_token"]
    crm.delete(f"Contacts/{ids[0]}")
    answer = crm.get(path, params={**params, "page_token": token}).json()
    assert [row["id"] for row in answer["data"]] == ids[2:4]


def aged(world: World) -> tuple[str, dict[str, str]]:
    """The contacts of a company: of one hour and second, of another one in between, made in another order."""
    (company,) = world.crm.seed("Accounts", [{"Account_Name": "Harbour Pine"}])
    rows = [{"Last_Name": name, "Account_Name": company} for name in "abcd"]
    ids = world.crm.seed("Contacts", rows, created=[400, 300, 200, 100], modified=[500, 700, 600, 600])
    return f"Accounts/{company}/Contacts", dict(zip(ids, "abcd", strict=True))


@pytest.mark.parametrize(
    ("sort_by", "sort_order", "expected"),
    [
        (None, None, "dcba"),
        ("id", "asc", "abcd"),
        ("Created_Time", None, "abcd"),
        ("Created_Time", "asc", "dcba"),
        ("Modified_Time", "desc", "bdca"),
        ("Modified_Time", "asc", "adcb"),
    ],
)
def test_a_related_list_is_sorted_as_lists_are_page_by_page(
    world: World, crm: httpx.Client, sort_by: str | None, sort_order: str | None, expected: str
) -> None:
    path, names = aged(world)
    asked = {"fields": "id", "sort_by": sort_by, "sort_order": sort_order}
    params = {name: value for name, value in asked.items() if value is not None}
    whole = crm.get(path, params=params).json()["data"]
    assert "".join(names[row["id"]] for row in whole) == expected
    by_token, token = "", None
    for _ in whole:
        page = crm.get(path, params={**params, "per_page": "1"} | ({"page_token": token} if token else {})).json()
        by_token, token = by_token + names[page["data"][0]["id"]], page["info"]["next_page_token"]
    assert (by_token, token) == (expected, None)
    assert [row["id"] for row in crm.get("Contacts", params=params).json()["data"]] == [row["id"] for row in whole]


def test_a_related_list_is_sorted_by_nothing_else(world: World, crm: httpx.Client) -> None:
    path, _ = aged(world)
    assert code(crm.get(path, params={"fields": "id", "sort_by": "Last_Name"})) == (400, "INVALID_DATA")
    assert code(crm.get(path, params={"fields": "id", "sort_order": "up"})) == (400, "PATTERN_NOT_MATCHED")


def test_a_related_list_shows_what_was_modified_since_and_nothing_where_nothing_was(
    world: World, crm: httpx.Client
) -> None:
    path, names = aged(world)

    def since(second: int) -> httpx.Response:
        moment = datetime.fromtimestamp(second, UTC).isoformat()
        return crm.get(path, params={"fields": "id"}, headers={"If-Modified-Since": moment})

    assert "".join(names[row["id"]] for row in since(600).json()["data"]) == "dcb"
    assert since(701).status_code == 204
    world.crm.switches.turn({"modified_since": False})
    assert len(since(701).json()["data"]) == 4


def test_a_token_is_of_one_related_list_and_never_beside_a_page(world: World, crm: httpx.Client) -> None:
    path, _ = contacts_of_a_company(world, "crm", 3)
    other, _ = contacts_of_a_company(world, "crm", 3)
    params = {"fields": "id", "per_page": "1"}
    token = crm.get(path, params=params).json()["info"]["next_page_token"]
    asked = {**params, "page_token": token}
    assert code(crm.get(other, params=asked)) == (400, "TOKEN_BOUND_DATA_MISMATCH")
    assert code(crm.get("Contacts", params=asked)) == (400, "TOKEN_BOUND_DATA_MISMATCH")
    assert code(crm.get(path, params={**asked, "page": "2"})) == (400, "AMBIGUITY_DURING_PROCESSING")
    assert code(crm.get(path, params={**params, "page_token": "made-up"})) == (400, "INVALID_DATA")
    assert crm.get(path, params=asked).status_code == 200
