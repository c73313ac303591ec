"""The switch `read_lag`: lists and COQL are behind, readings by id are not."""

import httpx
import pytest

from bigin_sync.emulator.table import Row, Table
from bigin_sync.emulator.world import World

QUERY = "select Last_Name, Title from Contacts where Modified_Time >= '2026-03-04T00:00:00+00:00' order by id asc"
Shown = list[tuple[str, str | None]]


def shown(answer: httpx.Response) -> Shown:
    rows = answer.json()["data"] if answer.status_code == 200 else []
    return sorted((row["Last_Name"], row["Title"]) for row in rows)


def listed(client: httpx.Client, **more: str) -> Shown:
    return shown(client.get("Contacts", params={"fields": "Last_Name,Title", **more}))


def queried(client: httpx.Client, query: str = QUERY) -> Shown:
    return shown(client.post("coql", json={"select_query": query}))


@pytest.mark.parametrize("product", ["bigin", "crm"])
def test_lists_and_coql_show_what_was_there_before_until_the_seconds_are_over(
    world: World, bigin: httpx.Client, crm: httpx.Client, product: str
) -> None:
    client, org = {"bigin": bigin, "crm": crm}[product], world.org(product)
    edited, deleted = org.seed("Contacts", [{"Last_Name": "A", "Title": "Old"}, {"Last_Name": "B", "Title": None}])
    before: Shown = [("A", "Old"), ("B", None)]
    org.switches.turn({"read_lag": 60})
    assert listed(client) == queried(client) == before
    world.clock.advance(10)
    client.put("Contacts", json={"data": [{"id": edited, "Title": "Older"}]})
    client.put("Contacts", json={"data": [{"id": edited, "Title": "New"}]})
    client.post("Contacts", json={"data": [{"Last_Name": "C"}]})
    client.delete(f"Contacts/{deleted}")
    world.clock.advance(59)
    assert listed(client) == queried(client) == before
    assert queried(client, QUERY.replace("Modified_Time >= '2026-03-04T00:00:00+00:00'", "Title = 'New'")) == []
    assert shown(client.get(f"Contacts/{edited}")) == listed(client, ids=edited) == [("A", "New")]
    assert client.get(f"Contacts/{deleted}").status_code == 204
    world.clock.advance(1)
    assert listed(client) == queried(client) == [("A", "New"), ("C", None)]


def test_each_version_is_shown_in_its_turn(world: World, crm: httpx.Client) -> None:
    world.crm.switches.turn({"read_lag": 60})
    (id,) = world.crm.seed("Contacts", [{"Last_Name": "A", "Title": "0"}])
    for number in "123":
        world.clock.advance(40)
        crm.put("Contacts", json={"data": [{"id": id, "Title": number}]})
    seen = []
    for _ in range(3):
        seen += listed(crm)
        world.clock.advance(40)
    assert seen == [("A", "1"), ("A", "2"), ("A", "3")]


def test_a_write_keeps_one_copy_and_a_query_looks_back_once(
    world: World, crm: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.crm.switches.turn({"read_lag": 60, "search_lag": 0})
    (id,) = world.crm.seed("Contacts", [{"Last_Name": "A"}])
    done: list[str] = []
    copy, as_of = Row.copy, Table.as_of

    def copied(row: Row) -> Row:
        done.append("copied")
        return copy(row)

    def looked_back(table: Table, moment: int) -> Table:
        done.append("looked back")
        return as_of(table, moment)

    monkeypatch.setattr(Row, "copy", copied)
    monkeypatch.setattr(Table, "as_of", looked_back)
    crm.put("Contacts", json={"data": [{"id": id, "Title": "New"}]})
    assert done == ["copied"]
    queried(crm, "select Last_Name, Title from Contacts where Title = 'New' order by id asc")
    assert done == ["copied", "looked back"]


def test_without_the_switch_nothing_is_kept_and_the_table_itself_is_asked(world: World) -> None:
    (id,) = world.crm.seed("Contacts", [{"Last_Name": "A"}])
    table = world.crm.tables["Contacts"]
    table.change(table.rows[id], {"Title": "New"}, modified=world.now(), modified_by=world.crm.admin_id)
    assert world.crm.listed("Contacts") is table
    assert table.as_of(0) is table
