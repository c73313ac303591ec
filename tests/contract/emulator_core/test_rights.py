"""Profiles: what people may do with the records of a module, and what those hear who may not."""

import httpx
import pytest

from bigin_sync.emulator.rights import right_to
from bigin_sync.emulator.world import World
from tests.contract.emulated import withhold

OPERATIONS = ("READ", "CREATE", "UPDATE", "DELETE")
CONTACT = {"data": [{"Last_Name": "Weber", "Email": "w@weber.example"}]}


def missing(answer: httpx.Response) -> object:
    """The rights that a refusal says are missing; what else came, if it is none."""
    body = answer.json() if answer.content else {}
    if (answer.status_code, body.get("code"), body.get("status")) != (403, "NO_PERMISSION", "error"):
        return answer.status_code, body
    return body["details"]


@pytest.mark.parametrize("product", ["bigin", "crm"])
@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        ("READ", "GET", "Contacts?fields=Last_Name"),
        ("READ", "GET", "Contacts/{id}"),
        ("READ", "GET", "Contacts/search?word=weber"),
        ("READ", "GET", "Contacts/deleted"),
        ("READ", "GET", "Contacts/actions/count"),
        ("READ", "GET", "Contacts/{id}/Notes"),
        ("READ", "GET", "Accounts/{company}/Contacts?fields=id"),
        ("READ", "POST", "coql"),
        ("CREATE", "POST", "Contacts"),
        ("CREATE", "POST", "Contacts/upsert"),
        ("UPDATE", "PUT", "Contacts"),
        ("UPDATE", "PUT", "Contacts/{id}"),
        ("UPDATE", "POST", "Contacts/actions/change_owner"),
        ("UPDATE", "POST", "Contacts/{id}/actions/add_tags"),
        ("UPDATE", "PUT", "Contacts/{id}/Products"),
        ("UPDATE", "DELETE", "Contacts/{id}/Products?ids=1"),
        ("DELETE", "DELETE", "Contacts?ids={id}"),
        ("DELETE", "DELETE", "Contacts/{id}"),
    ],
)
def test_every_way_into_a_module_needs_its_right(
    world: World, bigin: httpx.Client, crm: httpx.Client, product: str, operation: str, method: str, path: str
) -> None:
    org, client = world.org(product), crm if product == "crm" else bigin
    (contact,) = org.seed("Contacts", [{"Last_Name": "Weber"}])
    (company,) = org.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    body = {**CONTACT, "select_query": "select id from Contacts where id is not null"}
    url = path.format(id=contact, company=company)
    withhold(org, right_to(operation, "Contacts"))
    verb = {"READ": "View", "CREATE": "Create", "UPDATE": "Edit", "DELETE": "Delete"}[operation]
    assert missing(client.request(method, url, json=body)) == {"permissions": [f"Crm_Implied_{verb}_Contacts"]}
    rows = org.tables["Contacts"].rows
    assert [(row.id, row.values["Last_Name"]) for row in rows.values()] == [(contact, "Weber")]
    withhold(org, *(right_to(one, "Contacts") for one in OPERATIONS if one != operation))
    assert client.request(method, url, json=body).status_code != 403


SENT = {"data": [{"Last_Name": "A"}, {"Last_Name": "B"}], "owner": {"id": "1"}, "ids": ["1"]}


@pytest.mark.parametrize(("told", "most"), [("no", 0), ("one", 1), ("each", 2)])
@pytest.mark.parametrize(
    ("call", "listed"),
    [
        ("GET Contacts?fields=id", True),
        ("POST Contacts", True),
        ("PUT Contacts", True),
        ("GET Contacts/{id}", True),
        ("PUT Contacts/{id}", True),
        ("POST Contacts/upsert", True),
        ("POST Contacts/{id}/Notes", True),
        ("DELETE Contacts?ids={id}", False),
        ("DELETE Contacts/{id}", False),
        ("GET Contacts/search?word=weber", False),
        ("GET Contacts/{id}/Products?fields=id", False),
        ("PUT Contacts/{id}/Products", False),
        ("POST Contacts/actions/change_owner", False),
    ],
)
def test_a_missing_right_is_told_in_data_only_where_the_description_has_it_there(
    world: World, crm: httpx.Client, call: str, listed: bool, told: str, most: int
) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    world.crm.switches.turn({"forbidden_in_data": told})
    withhold(world.crm, *(right_to(one, module) for one in OPERATIONS for module in ("Contacts", "Notes")))
    method, _, path = call.format(id=contact).partition(" ")
    answer = crm.request(method, path, json=SENT if method in {"POST", "PUT"} else None)
    body = answer.json()
    assert answer.status_code == 403
    assert ("data" in body) == (listed and told != "no")
    if "data" in body:
        assert len(body["data"]) == (1 if method == "GET" else most)
    assert {one["code"] for one in body.get("data", [body])} == {"NO_PERMISSION"}


def test_deals_go_by_their_old_name_in_rights(world: World, bigin: httpx.Client, crm: httpx.Client) -> None:
    withhold(world.crm, right_to("READ", "Deals"))
    withhold(world.bigin, right_to("READ", "Pipelines"))
    for answer in (crm.get("Deals?fields=id"), bigin.get("Pipelines?fields=id")):
        assert missing(answer) == {"permissions": ["Crm_Implied_View_Potentials"]}


@pytest.mark.parametrize("product", ["bigin", "crm"])
@pytest.mark.parametrize(
    "query",
    [
        "select Account_Name.Phone from Contacts where id is not null",
        "select id from Contacts where Account_Name.Phone = '1'",
        "select id from Contacts where (Last_Name = 'A' and Account_Name.Account_Name like 'W%')",
        "select id from Contacts where id is not null order by Account_Name.Account_Name asc",
    ],
)
def test_a_query_reads_no_closed_module_through_a_dot(
    world: World, bigin: httpx.Client, crm: httpx.Client, product: str, query: str
) -> None:
    org, client = world.org(product), crm if product == "crm" else bigin
    (company,) = org.seed("Accounts", [{"Account_Name": "Weber Ltd", "Phone": "1"}])
    org.seed("Contacts", [{"Last_Name": "A", "Account_Name": company}])
    assert client.post("coql", json={"select_query": query}).status_code == 200
    withhold(org, right_to("READ", "Accounts"))
    answer = client.post("coql", json={"select_query": query})
    assert missing(answer) == {"permissions": ["Crm_Implied_View_Accounts"]}
    fine = "select Account_Name, Owner.email from Contacts where id is not null"
    assert client.post("coql", json={"select_query": fine}).status_code == 200


def test_a_closed_module_behind_two_dots_or_an_arrow_stays_closed(world: World, crm: httpx.Client) -> None:
    withhold(world.crm, right_to("READ", "Accounts"))
    for query in (
        "select Contact_Name.Account_Name.Phone from Deals where id is not null",
        "select 'What_Id->Accounts.Phone' from Tasks where id is not null",
    ):
        answer = crm.post("coql", json={"select_query": query})
        assert missing(answer) == {"permissions": ["Crm_Implied_View_Accounts"]}
    unknown = crm.post("coql", json={"select_query": "select Nick.Phone from Contacts where id is not null"})
    assert unknown.json()["code"] == "INVALID_QUERY"


def test_the_bin_shows_and_gives_back_no_rows_of_a_closed_module(world: World, crm: httpx.Client) -> None:
    (company,) = world.crm.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    crm.delete(f"Accounts/{company}")
    crm.delete(f"Contacts/{contact}")
    withhold(world.crm, right_to("READ", "Accounts"))
    assert [one["id"] for one in crm.get("settings/recycle_bin").json()["recycle_bin"]] == [contact]
    answer = crm.post("settings/recycle_bin/actions/restore", json={"ids": [company, contact]})
    assert [one["code"] for one in answer.json()["recycle_bin"]] == ["INVALID_DATA", "SUCCESS"]
    crm.delete(f"Contacts/{contact}")
    withhold(world.crm, right_to("READ", "Accounts"), right_to("READ", "Contacts"))
    assert crm.get("settings/recycle_bin").status_code == 204


def test_notes_have_rights_of_their_own(world: World, crm: httpx.Client) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    withhold(world.crm, right_to("CREATE", "Notes"))
    answer = crm.post(f"Contacts/{contact}/Notes", json={"data": [{"Note_Content": "x"}]})
    assert missing(answer) == {"permissions": ["Crm_Implied_Create_Notes"]}
    assert crm.get(f"Contacts/{contact}/Notes").status_code == 204


def test_an_upsert_changes_nothing_for_one_who_may_only_add(world: World, crm: httpx.Client) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Dahl", "Email": "w@weber.example"}])
    withhold(world.crm, right_to("UPDATE", "Contacts"))
    (known,) = crm.post("Contacts/upsert", json=CONTACT).json()["data"]
    (added,) = crm.post("Contacts/upsert", json={"data": [{"Last_Name": "New"}]}).json()["data"]
    assert (known["code"], added["code"]) == ("NO_PERMISSION", "SUCCESS")
    assert world.crm.tables["Contacts"].rows[contact].values["Last_Name"] == "Dahl"


def test_a_right_is_missing_inside_a_composite_call_too(world: World, crm: httpx.Client) -> None:
    withhold(world.crm, right_to("CREATE", "Contacts"))
    inner = {"sub_request_id": "a", "method": "POST", "uri": "/crm/v8/Contacts", "body": CONTACT}
    (told,) = crm.post("__composite_requests", json={"__composite_requests": [inner]}).json()["__composite_requests"]
    assert told["details"]["response"]["status_code"] == 403


def test_a_profile_that_was_made_shows_and_those_of_a_fresh_org_lack_nothing(world: World, crm: httpx.Client) -> None:
    assert [one.withheld for one in world.crm.profiles.values()] == [frozenset(), frozenset()]
    withhold(world.crm, right_to("DELETE", "Contacts"))
    shown = crm.get("settings/profiles").json()["profiles"]
    assert [(one["name"], one["custom"]) for one in shown][2:] == [("Restricted", True)]
    admin = crm.get("users?type=CurrentUser").json()["users"][0]
    assert admin["profile"]["name"] == "Restricted"
    standard = next(one for one in world.crm.users.values() if one.profile.name == "Standard")
    assert not standard.profile.withheld
