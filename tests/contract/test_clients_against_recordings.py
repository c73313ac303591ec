"""Both clients fed with answers that real orgs gave: everything in them must be understood.

The recorded answers lie beside the checkout and are no part of the project; without them these tests are skipped.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.model.outcome import Stored
from bigin_sync.zoho.client import ZohoSide, open_side
from bigin_sync.zoho.oauth import AccessToken, Credentials
from bigin_sync.zoho.side import Capabilities, Cursor
from bigin_sync.zoho.times import from_wire

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
FAR = datetime(2100, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recorded answers are not beside this checkout")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded exchange and the side that is fed with it."""

    exchange: dict[str, Any]
    side: ZohoSide

    @property
    def rows(self) -> list[dict[str, Any]]:
        response = self.exchange["response"]
        return list(response["data"]) if isinstance(response, dict) else []

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.exchange["headers"]["date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def exchanges(*names: str) -> list[tuple[str, int]]:
    """(file, number) of every exchange in the named files."""
    found: list[tuple[str, int]] = []
    for name in names:
        path = RECORDINGS / name
        count = len(json.loads(path.read_text("utf-8"))["exchanges"]) if path.is_file() else 1
        found.extend((name, number) for number in range(count))
    return found


@pytest.fixture
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    name, number = request.param
    exchange = json.loads((RECORDINGS / name).read_text("utf-8"))["exchanges"][number]

    def replay(_: httpx.Request) -> httpx.Response:
        content = b"" if exchange["response"] == "" else json.dumps(exchange["response"]).encode()
        return httpx.Response(exchange["status"], content=content, headers=exchange["headers"])

    product = "bigin" if name.startswith("bigin") else "crm"
    side = open_side(
        product,
        Credentials("id", "secret", "refresh", "https://a.example", "https://b.example", AccessToken("t", FAR)),
        clock=SystemClock(),
        capabilities=Capabilities(2, ids=False, coql=False, deleted=True, daily_credits=5_000),
        transport=httpx.MockTransport(replay),
        version="v2",
    )
    yield Recorded(exchange, side)
    side.close()


LISTS = exchanges(
    "bigin-v2/contacts.json",
    "bigin-v2/accounts.json",
    "bigin-v2/list-contacts.json",
    "bigin-v2/list-accounts.json",
    "bigin-v2/products.json",
    *(f"crm-v2/{name}.json" for name in "accounts contacts deals products notes tasks events calls".split()),
)
CREATES = exchanges(
    "bigin-v2/create-contact.json",
    "bigin-v2/create-account.json",
    *(f"crm-v2/create-{name}.json" for name in "account contact deal task product call note".split()),
)
UPDATES = exchanges("crm-v2/update-contact.json", "crm-v2/update-deal.json", "crm-v2/update-task.json")
UPSERTS = exchanges("bigin-v2/upsert-contact.json", "crm-v2/upsert-records.json")


@pytest.mark.parametrize("recorded", LISTS, indirect=True)
def test_every_recorded_list_is_read_to_its_end(recorded: Recorded) -> None:
    (page,) = recorded.side.read("Contacts", fields=("Last_Name",), cursor=Cursor())
    assert [row["id"] for row in page.rows] == [row["id"] for row in recorded.rows]
    assert page.cursor == Cursor(since=recorded.at - timedelta(seconds=120))


@pytest.mark.parametrize("recorded", LISTS, indirect=True)
def test_every_recorded_list_is_cut_at_the_moment_asked_for(recorded: Recorded) -> None:
    times = [time for row in recorded.rows if (time := from_wire(row.get("Modified_Time")))]
    since = sorted(times)[len(times) // 2] if times else recorded.at
    (page,) = recorded.side.read("Contacts", fields=("Last_Name",), cursor=Cursor(since=since))
    expected = [row["id"] for row in recorded.rows if (from_wire(row.get("Modified_Time")) or since) >= since]
    assert [row["id"] for row in page.rows] == expected


@pytest.mark.parametrize("recorded", LISTS, indirect=True)
def test_all_times_of_recorded_rows_are_understood(recorded: Recorded) -> None:
    for row in recorded.rows:
        for name in ("Created_Time", "Modified_Time"):
            assert name not in row or from_wire(row[name]) is not None


@pytest.mark.parametrize("recorded", CREATES, indirect=True)
def test_every_recorded_insert_is_understood(recorded: Recorded) -> None:
    (found,) = recorded.side.create("Contacts", [{"Last_Name": "Weber"}])
    details = recorded.rows[0]["details"]
    assert found == Stored(details["id"], datetime.fromisoformat(details["Modified_Time"]))


@pytest.mark.parametrize("recorded", UPDATES, indirect=True)
def test_every_recorded_update_is_understood(recorded: Recorded) -> None:
    details = recorded.rows[0]["details"]
    (found,) = recorded.side.update("Contacts", [{"id": details["id"], "Phone": "1"}], unmodified_since=None)
    assert found == Stored(details["id"], datetime.fromisoformat(details["Modified_Time"]), created=False)


@pytest.mark.parametrize("recorded", UPSERTS, indirect=True)
def test_every_recorded_upsert_says_whether_it_made_a_record(recorded: Recorded) -> None:
    (found,) = recorded.side.create("Contacts", [{"Last_Name": "Weber"}])
    assert isinstance(found, Stored)
    assert found.created == (recorded.rows[0]["action"] == "insert")


@pytest.mark.parametrize("recorded", exchanges("bigin-v2/get-org.json"), indirect=True)
def test_the_recorded_org_is_understood(recorded: Recorded) -> None:
    org = recorded.side.org()
    raw = recorded.exchange["response"]["org"][0]
    assert (org.id, org.name, org.zone) == (raw["id"], raw["company_name"], raw["time_zone"])
    assert org.edition == raw["license_details"]["trial_type"], "it was recorded while a trial was running"


@pytest.mark.parametrize("recorded", exchanges("bigin-v2/list-users.json", "crm-v2/users.json"), indirect=True)
def test_the_recorded_users_are_understood(recorded: Recorded) -> None:
    users = recorded.side.users()
    assert [user.id for user in users] == [raw["id"] for raw in recorded.exchange["response"]["users"]]
    assert all(user.email and user.name for user in users)
    assert any(user.active and user.administrator for user in users)


@pytest.mark.parametrize("recorded", exchanges("bigin-v2/get-module-fields.json"), indirect=True)
def test_the_recorded_fields_come_through_whole(recorded: Recorded) -> None:
    assert recorded.side.fields("Contacts") == recorded.exchange["response"]["fields"]


@pytest.mark.parametrize("recorded", exchanges("bigin-v2/list-modules.json"), indirect=True)
def test_the_recorded_modules_come_through_whole(recorded: Recorded) -> None:
    assert recorded.side.modules() == recorded.exchange["response"]["modules"]
