"""What an org says of itself, and what the probe finds out."""

import json
from typing import Any

import httpx
import pytest

from bigin_sync.errors import AccessLost
from bigin_sync.zoho.bigin import BIGIN
from bigin_sync.zoho.client import open_side
from bigin_sync.zoho.crm import CRM
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.side import Capabilities, Named, Org, SideClient, User
from tests.unit.zoho.stage import Stage, StillClock, answer, credentials, refusal

ORG = {
    "id": "500",
    "company_name": "Weber GmbH",
    "time_zone": "Europe/Berlin",
    "country_code": "DE",
    "license_details": {"paid_type": "enterprise", "users_license_purchased": 10},
}


def view(view_id: str, system_name: str | None, **more: object) -> dict[str, Any]:
    return {"id": view_id, "name": f"View {view_id}", "system_name": system_name, "default": False, **more}


def test_both_clients_meet_the_contract() -> None:
    for product in ("bigin", "crm"):
        side: SideClient = open_side(product, credentials(), clock=StillClock())
        assert (side.label, side.concurrency) == (product, 5)
        side.close()


def test_an_org_is_read_with_what_its_licence_says() -> None:
    found = Stage("crm", [answer(200, {"org": [ORG]})]).side.org()
    assert found == Org("500", "Weber GmbH", "Europe/Berlin", "DE", "enterprise", 10)
    bare = Stage("crm", [answer(200, {"org": [{"id": "500"}]})]).side.org()
    assert bare == Org("500", "500", None, None, "unknown", None)


@pytest.mark.parametrize(
    ("licence", "edition"),
    [
        (
            {"paid": False, "paid_type": "free", "trial_type": "premier", "trial_expiry": "2026-03-05T00:00:00+01:00"},
            "premier",
        ),
        (
            {"paid": False, "paid_type": "free", "trial_type": "premier", "trial_expiry": "2026-03-04T12:00:00+01:00"},
            "free",
        ),
        (
            {
                "paid": True,
                "paid_type": "express",
                "trial_type": "premier",
                "trial_expiry": "2026-03-05T00:00:00+01:00",
            },
            "express",
        ),
        ({"paid": False, "paid_type": "free", "trial_type": None, "trial_expiry": None}, "free"),
    ],
)
def test_a_trial_counts_while_it_runs(licence: dict[str, object], edition: str) -> None:
    found = Stage("bigin", [answer(200, {"org": [{**ORG, "license_details": licence}]})]).side.org()
    assert found.edition == edition


def test_an_org_that_shows_nothing_is_lost_access() -> None:
    with pytest.raises(AccessLost):
        Stage("crm", [answer(204)]).side.org()


def test_users_are_read_to_the_last_page_inactive_ones_too() -> None:
    ana = {
        "id": "1",
        "full_name": "Ana Ruiz",
        "email": "ana@example.org",
        "status": "active",
        "profile": {"name": "Administrator"},
    }
    ben = {
        "id": "2",
        "first_name": None,
        "last_name": "Ode",
        "email": None,
        "status": "disabled",
        "profile": {"name": "Standard"},
    }
    stage = Stage(
        "bigin", [answer(200, {"users": [ana], "info": {"more_records": True}}), answer(200, {"users": [ben]})]
    )
    assert stage.side.users() == [
        User("1", "Ana Ruiz", "ana@example.org", active=True, administrator=True, profile=Named("", "Administrator")),
        User("2", "Ode", "", active=False, administrator=False, profile=Named("", "Standard")),
    ]
    assert [request.url.params["page"] for request in stage.requests] == ["1", "2"]


def test_modules_fields_and_layouts_come_as_answered_and_may_be_none() -> None:
    side = Stage(
        "crm", [answer(200, {"modules": [{"api_name": "Contacts"}]}), answer(200, {"fields": [{}]}), answer(204)]
    ).side
    assert (side.modules(), side.fields("Contacts"), side.layouts("Contacts")) == ([{"api_name": "Contacts"}], [{}], [])


def test_the_view_of_everything_is_known_by_its_system_name() -> None:
    views = {"custom_views": [view("1", "ALLVIEWS", default=True), view("2", None, criteria={"group": []})]}
    stage = Stage("crm", [answer(200, views)])
    first, second = stage.side.views("Contacts")
    assert (first.everything, first.default, second.everything) == (True, True, False)
    assert len(stage.requests) == 1


def test_of_two_views_with_that_name_the_one_without_criteria_is_meant() -> None:
    inventory = {"custom_views": [view("1", "ALLVIEWS"), view("2", "ALLVIEWS")]}
    whole = {"custom_views": [view("1", "ALLVIEWS", criteria={"comparator": "equal", "value": "x"})]}
    plain = {"custom_views": [view("2", "ALLVIEWS", criteria=None)]}
    stage = Stage("crm", [answer(200, inventory), answer(200, whole), answer(200, plain)])
    assert [one.everything for one in stage.side.views("Contacts")] == [False, True]


class Probed:
    """An org with two contacts that heeds, or does not heed, what it is asked."""

    def __init__(self, **refuses: bool) -> None:
        self.refuses = refuses

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/org"):
            return answer(200, {"org": [ORG]})
        if path.endswith("/coql"):
            texts = "Description" in json.loads(request.content)["select_query"]
            if self.refuses.get("coql") or (texts and self.refuses.get("texts")):
                return refusal(400, "INVALID_QUERY", column_name="Description")
            return answer(204)
        if path.endswith("/deleted"):
            return refusal(403, "NO_PERMISSION") if self.refuses.get("deleted") else answer(204)
        wanted = request.url.params.get("ids", "1,2") if not self.refuses.get("ids") else "1,2"
        return answer(200, {"data": [{"id": one} for one in wanted.split(",")]})


FIELDS = [{"api_name": "Description", "data_type": "textarea"}]


def test_the_probe_finds_what_an_org_can_do() -> None:
    found = Stage("crm", Probed()).side.probe({"Contacts": FIELDS})
    assert found == Capabilities(concurrency=10, ids=True, coql=True, deleted=True, daily_credits=60_000, unqueried=())
    assert Capabilities(**json.loads(json.dumps(found.to_json()))) == Capabilities(10, True, True, True, 60_000, [])


def test_the_probe_finds_what_an_org_cannot_do() -> None:
    found = Stage("bigin", Probed(coql=True, deleted=True, ids=True), connecting=True).side.probe({"Contacts": FIELDS})
    assert (found.ids, found.coql, found.deleted, found.unqueried) == (False, False, False, ("Contacts.*",))
    texts = Stage("bigin", Probed(texts=True)).side.probe({"Contacts": FIELDS, "Accounts": FIELDS})
    assert (texts.coql, texts.unqueried) == (True, ("Contacts.Description", "Accounts.Description"))


@pytest.mark.parametrize(
    ("product", "edition", "users", "credits", "concurrency"),
    [
        (BIGIN, "free", 3, 5_000, 5),
        (BIGIN, "premier", 4, 51_000, 10),
        (BIGIN, "express", 400, 100_000, 10),
        (CRM, "free", 3, 5_000, 5),
        (CRM, "standard", 4, 51_000, 10),
        (CRM, "Professional", 4, 52_000, 15),
        (CRM, "enterprise", 4, 54_000, 20),
        (CRM, "ZohoOne", 4, 54_000, 20),
        (CRM, "Ultimate", 4, 58_000, 25),
        (CRM, "CRM Plus", 4, 58_000, 25),
        (CRM, "unknown", None, 50_000, 10),
    ],
)
def test_an_edition_grants_credits_and_simultaneous_calls(
    product: Product, edition: str, users: int | None, credits: int, concurrency: int
) -> None:
    found = product.editions.of(edition)
    assert (found.daily_credits(users), found.concurrency) == (credits, concurrency)


def test_a_query_costs_by_its_limit() -> None:
    assert [CRM.prices.query(limit) for limit in (1, 200, 201, 1_000, 1_001, 2_000)] == [1, 1, 2, 2, 3, 3]
    assert BIGIN.prices.query(200) == 1


def test_another_version_of_the_api_is_a_setting() -> None:
    assert CRM.at_version("v9").path == "/crm/v9"
