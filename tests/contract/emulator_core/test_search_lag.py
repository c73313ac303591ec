"""What search finds while its index is behind the records."""

import httpx
import pytest

from bigin_sync.emulator.world import World

ADDRESS = "weber@example.org"


@pytest.fixture
def record(world: World) -> str:
    (made,) = world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": ADDRESS, "Phone": "555 0101"}])
    return made


def found(client: httpx.Client, **params: str) -> list[dict[str, object]]:
    answer = client.get("Contacts/search", params=params)
    rows: list[dict[str, object]] = answer.json()["data"] if answer.status_code == 200 else []
    return rows


def write(client: httpx.Client, record: str, **values: object) -> None:
    assert client.put("Contacts", json={"data": [{"id": record, **values}]}).status_code == 200


def test_a_new_record_is_not_found_until_the_index_has_it(world: World, crm: httpx.Client) -> None:
    crm.post("Contacts", json={"data": [{"Last_Name": "Weber", "Email": ADDRESS}]})
    world.clock.advance(14)
    assert found(crm, email=ADDRESS) == []
    world.clock.advance(1)
    assert len(found(crm, email=ADDRESS)) == 1


def test_a_changed_record_is_found_by_what_stayed_and_shown_as_it_is(crm: httpx.Client, record: str) -> None:
    write(crm, record, Phone="555 0202")
    (row,) = found(crm, email=ADDRESS)
    assert (row["id"], row["Phone"]) == (record, "555 0202")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"email": ADDRESS}, {"email": "new@example.org"}),
        ({"phone": "5550101"}, {"phone": "5550202"}),
        ({"word": "weber"}, {"word": "winter"}),
        ({"criteria": "(Last_Name:equals:Weber)"}, {"criteria": "(Last_Name:equals:Winter)"}),
    ],
)
def test_a_changed_record_is_found_by_its_old_values_until_the_index_has_the_new(
    world: World, crm: httpx.Client, record: str, old: dict[str, str], new: dict[str, str]
) -> None:
    write(crm, record, Email="new@example.org", Phone="555 0202", Last_Name="Winter")
    assert len(found(crm, **old)) == 1
    assert found(crm, **new) == []
    assert crm.get("Contacts/actions/count", params=old).json() == {"count": 1}
    world.clock.advance(15)
    assert found(crm, **old) == []
    assert len(found(crm, **new)) == 1


def test_every_write_reaches_the_index_in_its_own_time(world: World, crm: httpx.Client, record: str) -> None:
    write(crm, record, Email="first@example.org")
    world.clock.advance(10)
    write(crm, record, Email="second@example.org")
    every = (ADDRESS, "first@example.org", "second@example.org")
    assert [len(found(crm, email=one)) for one in every] == [1, 0, 0]
    world.clock.advance(5)
    assert [len(found(crm, email=one)) for one in every] == [0, 1, 0]
    world.clock.advance(10)
    assert [len(found(crm, email=one)) for one in every] == [0, 0, 1]


def test_a_deleted_record_is_not_found_by_what_it_was(crm: httpx.Client, record: str) -> None:
    write(crm, record, Phone="555 0202")
    crm.delete("Contacts", params={"ids": record})
    assert found(crm, email=ADDRESS) == []


def test_a_restored_record_is_not_found_until_the_index_has_it(world: World, crm: httpx.Client, record: str) -> None:
    crm.delete("Contacts", params={"ids": record})
    crm.post(f"settings/recycle_bin/{record}/actions/restore")
    assert found(crm, email=ADDRESS) == []
    world.clock.advance(15)
    assert len(found(crm, email=ADDRESS)) == 1


def test_what_comes_back_with_a_record_is_not_found_until_the_index_has_it(world: World, crm: httpx.Client) -> None:
    world.crm.switches.turn({"company_delete_cascades": True})
    (company,) = world.crm.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": ADDRESS, "Account_Name": company}])
    world.crm.seed("Tasks", [{"Subject": "Weber calls", "What_Id": company, "$se_module": "Accounts"}])
    asked = ("Contacts/search?word=weber", "Tasks/search?criteria=(Subject:equals:Weber calls)")
    assert [crm.get(one).status_code for one in asked] == [200, 200]
    crm.delete(f"Accounts/{company}")
    crm.post(f"settings/recycle_bin/{company}/actions/restore")
    assert [len(world.crm.tables[module]) for module in ("Contacts", "Tasks")] == [1, 1]
    assert [crm.get(one).status_code for one in asked] == [204, 204]
    world.clock.advance(15)
    assert [crm.get(one).status_code for one in asked] == [200, 200]


def test_nothing_is_kept_of_what_the_index_has(world: World, crm: httpx.Client, record: str) -> None:
    lag = world.crm.index_lags["Contacts"]
    for _ in range(3):
        write(crm, record, Phone="555 0202")
    assert len(lag) == 3
    world.clock.advance(15)
    write(crm, record, Phone="555 0303")
    assert len(lag) == 1
    world.crm.switches.search_lag = 0
    write(crm, record, Phone="555 0404")
    assert len(lag) == 1
