"""Lists: what must be asked, in which order rows come, how one gets to the end."""

import httpx
import pytest

from bigin_sync.emulator.world import World


def seeded(world: World, count: int, *, second: int | None = None) -> list[str]:
    now = world.now()
    times = [now - count + number for number in range(count)] if second is None else [second] * count
    return world.crm.seed("Contacts", [{"Last_Name": f"Person {number}"} for number in range(count)], created=times)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_empty_module_is_a_204_without_a_body(crm: httpx.Client) -> None:
    answer = crm.get("Contacts", params={"fields": "Last_Name"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_list_must_say_which_fields_it_wants(crm: httpx.Client, bigin: httpx.Client) -> None:
    assert crm.get("Contacts").json()["details"] == {"param_name": "fields"}
    assert code(bigin.get("Contacts")) == (400, "REQUIRED_PARAM_MISSING")


def test_fifty_one_fields_are_too_many(crm: httpx.Client) -> None:
    fields = ",".join(f"F{number}" for number in range(51))
    answer = crm.get("Contacts", params={"fields": fields})
    assert code(answer) == (400, "LIMIT_EXCEEDED")
    assert answer.json()["details"] == {"limit": 50, "param_name": "fields"}


def test_unknown_and_hidden_names_are_dropped_without_a_word(world: World, bigin: httpx.Client) -> None:
    world.bigin.seed("Contacts", [{"Last_Name": "Weber", "Department": "Sales"}])
    answer = bigin.get("Contacts", params={"fields": "Last_Name,Department,Nonsense,$followed"})
    assert set(answer.json()["data"][0]) == {"id", "Last_Name"}


def test_the_default_order_is_by_id_downwards(world: World, crm: httpx.Client) -> None:
    ids = seeded(world, 3)
    info = crm.get("Contacts", params={"fields": "id"}).json()
    assert [row["id"] for row in info["data"]] == ids[::-1]
    assert (info["info"]["sort_by"], info["info"]["sort_order"]) == ("id", "desc")


def test_rows_of_one_second_come_with_ids_downwards_even_when_time_goes_upwards(
    world: World, crm: httpx.Client
) -> None:
    early = seeded(world, 3, second=world.now() - 50)
    late = seeded(world, 2, second=world.now() - 40)
    params = {"fields": "id", "sort_by": "Modified_Time", "sort_order": "asc"}
    shown = [row["id"] for row in crm.get("Contacts", params=params).json()["data"]]
    assert shown == [*early[::-1], *late[::-1]]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("by", ["id", "Created_Time", "Modified_Time"])
def test_page_tokens_lead_through_every_row_once(world: World, crm: httpx.Client, by: str, order: str) -> None:
    ids = {*seeded(world, 130), *seeded(world, 120, second=world.now() - 60)}
    params = {"fields": "id", "per_page": "40", "sort_by": by, "sort_order": order}
    shown: list[str] = []
    while True:
        page = crm.get("Contacts", params=params).json()
        shown += [row["id"] for row in page["data"]]
        if not page["info"]["more_records"]:
            break
        params = {**params, "page_token": page["info"]["next_page_token"]}
    assert len(shown) == len(set(shown)) == 250
    assert set(shown) == ids


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("by", ["id", "Created_Time", "Modified_Time"])
def test_pages_by_number_and_by_token_are_the_same_pages(world: World, crm: httpx.Client, by: str, order: str) -> None:
    seeded(world, 33, second=world.now() - 90)
    seeded(world, 30)
    seeded(world, 27, second=world.now() - 10)
    params = {"fields": "id", "per_page": "20", "sort_by": by, "sort_order": order}
    token: str | None = None
    for page in range(1, 6):
        numbered = crm.get("Contacts", params={**params, "page": str(page)}).json()
        walked = crm.get("Contacts", params={**params, "page_token": token} if token else params).json()
        assert [row["id"] for row in numbered["data"]] == [row["id"] for row in walked["data"]]
        token = walked["info"]["next_page_token"]
    assert token is None


def test_a_walk_by_token_does_not_stumble_over_a_row_that_moves_to_the_end(world: World, crm: httpx.Client) -> None:
    ids = seeded(world, 30)
    params = {"fields": "id", "per_page": "10", "sort_by": "Modified_Time", "sort_order": "asc"}
    first = crm.get("Contacts", params=params).json()
    crm.put(f"Contacts/{ids[0]}", json={"data": [{"Title": "moved"}]})
    second = crm.get("Contacts", params={**params, "page_token": first["info"]["next_page_token"]}).json()
    assert [row["id"] for row in second["data"]] == ids[10:20]


def test_a_page_token_outlives_nothing_but_its_own_query(world: World, crm: httpx.Client) -> None:
    seeded(world, 3)
    params = {"fields": "id", "per_page": "1"}
    token = crm.get("Contacts", params=params).json()["info"]["next_page_token"]
    other = {"fields": "id,Last_Name", "per_page": "1", "page_token": token}
    assert code(crm.get("Contacts", params=other)) == (400, "TOKEN_BOUND_DATA_MISMATCH")
    assert code(crm.get("Contacts", params={**params, "page_token": "made-up"})) == (400, "INVALID_DATA")


def test_a_page_token_dies_after_a_day(world: World, crm: httpx.Client) -> None:
    seeded(world, 3)
    params = {"fields": "id", "per_page": "1"}
    token = crm.get("Contacts", params=params).json()["info"]["next_page_token"]
    world.oauth.throttled = False
    world.clock.advance(86_400)
    form = {"grant_type": "refresh_token", "client_id": "1000.EMULATOR", "client_secret": "emulator-secret"}
    fresh = crm.post(
        "https://emulator.example/oauth/v2/token", data={**form, "refresh_token": "1000.emulator.crm"}
    ).json()
    headers = {"Authorization": f"Zoho-oauthtoken {fresh['access_token']}"}
    answer = crm.get("Contacts", params={**params, "page_token": token}, headers=headers)
    assert code(answer) == (400, "EXPIRED_VALUE")


def test_pages_by_number_end_at_two_thousand_records(crm: httpx.Client) -> None:
    answer = crm.get("Contacts", params={"fields": "id", "page": "11"})
    assert code(answer) == (400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    "clash", [{"page": "1", "page_token": "x"}, {"cvid": "1", "sort_by": "id"}], ids=["page", "view"]
)
def test_parameters_that_contradict_each_other_are_refused(crm: httpx.Client, clash: dict[str, str]) -> None:
    answer = crm.get("Contacts", params={"fields": "id", **clash})
    assert code(answer) == (400, "AMBIGUITY_DURING_PROCESSING")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"sort_by": "Email"}, "INVALID_DATA"),
        ({"sort_order": "up"}, "PATTERN_NOT_MATCHED"),
        ({"page": "zero"}, "PATTERN_NOT_MATCHED"),
        ({"cvid": "17"}, "INVALID_DATA"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(crm: httpx.Client, params: dict[str, str], expected: str) -> None:
    assert code(crm.get("Contacts", params={"fields": "id", **params})) == (400, expected)


@pytest.mark.parametrize("by", ["id", "Modified_Time"])
def test_if_modified_since_includes_its_own_second_and_is_304_when_nothing_changed(
    world: World, crm: httpx.Client, by: str
) -> None:
    ids = seeded(world, 10)
    params = {"fields": "id", "sort_by": by, "sort_order": "asc"}
    since = {"If-Modified-Since": "2026-03-04T09:59:58+02:00"}
    shown = [row["id"] for row in crm.get("Contacts", params=params, headers=since).json()["data"]]
    assert shown == ids[-2:]
    later = crm.get("Contacts", params=params, headers={"If-Modified-Since": "2026-03-04T08:00:01+00:00"})
    assert (later.status_code, later.content) == (304, b"")


def test_an_org_may_not_heed_ids_or_if_modified_since(world: World, crm: httpx.Client) -> None:
    ids = seeded(world, 10)
    params = {"fields": "id", "sort_order": "asc", "ids": f"{ids[3]},{ids[1]}"}
    late = {"If-Modified-Since": "2026-03-04T08:00:01+00:00"}
    assert [row["id"] for row in crm.get("Contacts", params=params).json()["data"]] == [ids[1], ids[3]]
    world.crm.switches.turn({"ids": False})
    assert [row["id"] for row in crm.get("Contacts", params=params).json()["data"]] == ids
    assert crm.get("Contacts", params=params, headers=late).status_code == 304
    world.crm.switches.turn({"modified_since": False})
    assert [row["id"] for row in crm.get("Contacts", params=params, headers=late).json()["data"]] == ids


def test_a_view_shows_the_records_its_criteria_admit(world: World, crm: httpx.Client) -> None:
    ids = world.crm.seed("Contacts", [{"Last_Name": "A", "Lead_Source": "Web Research"}, {"Last_Name": "B"}])
    view = next(one for one in world.crm.modules["Contacts"].views if one.name == "From the web")
    answer = crm.get("Contacts", params={"fields": "id", "cvid": view.id})
    assert [row["id"] for row in answer.json()["data"]] == ids[:1]


def test_a_team_pipeline_lists_its_own_deals(world: World, bigin: httpx.Client) -> None:
    sales, onboarding = world.bigin.modules["Pipelines"].layouts
    deals = [
        {"Deal_Name": "A", "Sub_Pipeline": "Renewals", "Stage": "Renewal Due"},
        {"Deal_Name": "B", "Sub_Pipeline": "Onboarding Standard", "Stage": "Kick-off"},
    ]
    assert bigin.post("Pipelines", json={"data": deals}).status_code == 201
    for layout, name in ((sales, "A"), (onboarding, "B")):
        answer = bigin.get("Pipelines", params={"fields": "Deal_Name,Pipeline", "pipeline_id": layout.id})
        (row,) = answer.json()["data"]
        assert (row["Deal_Name"], row["Pipeline"]) == (name, {"name": layout.name, "id": layout.id})


def test_only_an_administrator_lists_all_notes_of_crm(world: World, crm: httpx.Client) -> None:
    assert crm.get("Notes", params={"fields": "Note_Title"}).status_code == 204
    jonas = world.crm.user_by_email("jonas@harbourpine.example")
    assert jonas is not None
    world.crm.add_user(jonas.named(profile=world.crm.admin().profile))
    world.crm.add_user(world.crm.admin().named(profile=jonas.profile))
    assert code(crm.get("Notes", params={"fields": "Note_Title"})) == (403, "NOT_SUPPORTED")


def test_one_record_is_204_when_it_is_not_there_and_400_when_its_id_is_none(crm: httpx.Client) -> None:
    assert crm.get("Contacts/7301284000009999999").status_code == 204
    assert code(crm.get("Contacts/weber")) == (400, "INVALID_DATA")


def test_unknown_modules_paths_and_methods_have_errors_of_their_own(crm: httpx.Client, bigin: httpx.Client) -> None:
    assert code(crm.get("Ships", params={"fields": "id"})) == (400, "INVALID_MODULE")
    assert code(crm.get("https://emulator.example/crm/v99/Contacts")) == (404, "INVALID_URL_PATTERN")
    assert code(crm.patch("Contacts")) == (400, "INVALID_REQUEST_METHOD")
    assert code(bigin.patch("Contacts")) == (405, "INVALID_REQUEST_METHOD")
    assert code(bigin.get("Social", params={"fields": "id"})) == (400, "INVALID_MODULE")
