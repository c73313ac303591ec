"""Credits, calls at once, and everything that goes wrong on purpose."""

import threading
from dataclasses import replace

import httpx
import pytest

from bigin_sync.emulator.faults import Fault, fault_from
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.world import World

QUERY = "select id from Contacts where id is not null limit {}"


@pytest.mark.parametrize(
    ("product", "method", "path", "body", "price"),
    [
        ("crm", "GET", "Contacts?fields=id", None, 1),
        ("crm", "GET", "Contacts?fields=id&cvid=1", None, 3),
        ("crm", "GET", "Contacts/deleted", None, 2),
        ("crm", "POST", "Contacts", {"data": [{"Last_Name": "x"}] * 11}, 2),
        ("crm", "POST", "Contacts/upsert", {"data": [{"Last_Name": "x"}] * 100}, 10),
        ("crm", "POST", "coql", {"select_query": QUERY.format(200)}, 1),
        ("crm", "POST", "coql", {"select_query": QUERY.format(201)}, 2),
        ("crm", "POST", "coql", {"select_query": QUERY.format(2_000)}, 3),
        ("bigin", "POST", "coql", {"select_query": QUERY.format(200)}, 1),
        ("bigin", "GET", "Contacts?fields=id&cvid=1", None, 3),
        ("bigin", "GET", "users", None, 1),
    ],
)
def test_calls_cost_what_the_price_list_says(
    world: World, crm: httpx.Client, bigin: httpx.Client, product: str, method: str, path: str, body: object, price: int
) -> None:
    client = crm if product == "crm" else bigin
    client.request(method, path, json=body)
    assert world.ledgers[product].used() == price  # type: ignore[index]  # -- one of the two products


def test_out_of_credits_is_a_429_until_a_day_has_passed(world: World, crm: httpx.Client) -> None:
    world.crm.switches.turn({"credit_limit": 2})
    assert [crm.get("org").status_code for _ in range(3)] == [200, 200, 429]
    assert crm.get("org").json()["code"] == "LIMIT_EXCEEDED"
    world.clock.advance(86_401)
    assert world.ledgers["crm"].used() == 0


def test_crm_tells_what_is_left_once_half_is_gone(world: World, crm: httpx.Client, bigin: httpx.Client) -> None:
    for org in (world.crm, world.bigin):
        org.switches.turn({"credit_limit": 4})
    headers = [crm.get("org").headers.get("x-api-credits-remaining") for _ in range(3)]
    assert headers == [None, "2", "1"]
    assert all("x-api-credits-remaining" not in bigin.get("org").headers for _ in range(3))


def test_too_many_calls_at_once_are_a_429_and_heavy_ones_sooner(world: World) -> None:
    crowd = world.crowds["crm"]
    world.crm.switches.turn({"concurrency": 3, "heavy_concurrency": 1, "concurrency_code": "RATE_LIMIT_EXCEEDED"})
    crowd.enter(heavy=True)
    with pytest.raises(ApiError, match="RATE_LIMIT_EXCEEDED"):
        crowd.enter(heavy=True)
    crowd.enter(heavy=False)
    crowd.enter(heavy=False)
    with pytest.raises(ApiError, match="429"):
        crowd.enter(heavy=False)
    crowd.leave(heavy=True)
    crowd.enter(heavy=True)
    assert (crowd.inside, crowd.peak, crowd.refused) == (3, 3, 2)


def contacts(world: World) -> int:
    return len(world.crm.tables["Contacts"])


NEW = {"data": [{"Last_Name": "Weber"}]}


@pytest.mark.parametrize(
    ("fault", "status", "records"),
    [
        (Fault(kind="refuse", status=503, code="SERVICE_UNAVAILABLE"), 503, 0),
        (Fault(kind="fail_after"), 500, 1),
        (Fault(kind="too_many"), 429, 0),
        (Fault(kind="html_502"), 502, 0),
        (Fault(kind="expired_token"), 401, 0),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_a_fault_answers_for_the_call_before_or_after_its_effect(
    world: World, crm: httpx.Client, fault: Fault, status: int, records: int
) -> None:
    world.faults.add(fault)
    assert crm.post("Contacts", json=NEW).status_code == status
    assert contacts(world) == records


@pytest.mark.parametrize(("kind", "records"), [("drop_before", 0), ("drop_after", 1), ("torn", 1)])
def test_a_broken_connection_may_hide_that_the_effect_took_place(
    world: World, crm: httpx.Client, kind: str, records: int
) -> None:
    world.faults.add(fault_from({"kind": kind, "method": "POST"}))
    with pytest.raises(httpx.ReadError):
        crm.post("Contacts", json=NEW)
    assert contacts(world) == records


def test_a_killed_token_stays_dead(world: World, crm: httpx.Client) -> None:
    world.faults.add(Fault(kind="expired_token"))
    crm.get("org")
    assert crm.get("org").json()["code"] == "INVALID_TOKEN"


def test_a_late_answer_runs_into_the_callers_patience(world: World, crm: httpx.Client) -> None:
    world.faults.add(Fault(kind="delay", seconds=30))
    with pytest.raises(httpx.ReadTimeout):
        crm.post("Contacts", json=NEW, timeout=5)
    assert contacts(world) == 1
    world.faults.add(Fault(kind="delay", seconds=3))
    before = world.now()
    assert crm.get("org", timeout=5).status_code == 200
    assert world.now() == before + 3


def test_a_fault_strikes_from_its_nth_match_on_as_often_as_it_was_told(world: World, crm: httpx.Client) -> None:
    world.faults.add(Fault(kind="refuse", path="/org$", nth=2, times=2))
    assert [crm.get("org").status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    assert crm.get("users").status_code == 200


def test_a_fault_strikes_only_the_product_it_names(world: World, crm: httpx.Client, bigin: httpx.Client) -> None:
    world.faults.add(Fault(kind="refuse", product="bigin", times=0))
    assert (crm.get("org").status_code, bigin.get("org").status_code) == (200, 500)


def test_a_workflow_edits_what_was_written_as_somebody_else_unless_it_was_left_out(
    world: World, crm: httpx.Client
) -> None:
    rule = Fault(kind="workflow", method="POST", times=0, values={"Title": "Lead"}, user="jonas@harbourpine.example")
    world.faults.add(rule)
    for trigger, title in ((["workflow"], "Lead"), ([], None)):
        answer = crm.post("Contacts", json={**NEW, "trigger": trigger}).json()
        (row,) = crm.get(f"Contacts/{answer['data'][0]['details']['id']}").json()["data"]
        assert row["Title"] == title
    authors = {row.modified_by for row in world.crm.tables["Contacts"].rows.values()}
    assert authors == {world.crm.admin_id, world.crm.user_by_email("jonas@harbourpine.example").id}  # type: ignore[union-attr]  # -- a stock user


@pytest.mark.parametrize(
    ("does", "values", "title"),
    [("sets", {"Title": "Lead"}, "Lead"), ("appends", {"Title": "!"}, "Head!"), ("reverts", {}, "Buyer")],
)
def test_an_app_that_listens_edits_what_its_user_wrote_whatever_the_triggers_are(
    world: World, crm: httpx.Client, does: str, values: dict[str, object], title: str
) -> None:
    made = crm.post("Contacts", json={"data": [{"Last_Name": "Lind", "Title": "Buyer"}], "trigger": []}).json()
    id = made["data"][0]["details"]["id"]
    sync = world.crm.users[world.crm.admin_id].email
    person = "jonas@harbourpine.example"
    app = Fault(kind="workflow", times=0, does=does, values=values, listens=True, user=person)
    for watched, stored in ((person, "Head"), (sync, title)):
        world.faults.clear()
        world.faults.add(replace(app, of=watched))
        crm.put("Contacts", json={"data": [{"id": id, "Title": "Head"}], "trigger": []})
        assert world.crm.tables["Contacts"].rows[id].values["Title"] == stored
        crm.put("Contacts", json={"data": [{"id": id, "Title": "Buyer"}], "trigger": []})
    world.faults.lift("workflow", product="")
    crm.put("Contacts", json={"data": [{"id": id, "Title": "Head"}], "trigger": []})
    assert world.crm.tables["Contacts"].rows[id].values["Title"] == "Head"


@pytest.mark.parametrize(
    "data", [{}, {"kind": "earthquake"}, {"kind": "delay", "colour": "red"}, {"kind": "delay", "nth": "two"}]
)
def test_a_fault_that_cannot_be_understood_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ApiError, match="INVALID_DATA"):
        fault_from(data)


def test_several_threads_may_use_one_door(world: World, crm: httpx.Client) -> None:
    def add(number: int) -> None:
        crm.post("Contacts", json={"data": [{"Last_Name": f"{number}-{one}"} for one in range(5)]})

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contacts(world) == 40
