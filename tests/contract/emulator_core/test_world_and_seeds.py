"""Seeding, the clocks, and the indexes under the lists."""

from datetime import UTC, datetime

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.seeding import seed_both
from bigin_sync.emulator.table import Row, Table
from bigin_sync.emulator.world import World
from tests.standstill import standstill


def test_seeds_take_times_people_and_ids_as_they_are_given(world: World) -> None:
    org = world.crm
    jonas = org.user_by_email("jonas@harbourpine.example")
    assert jonas is not None
    ids = org.seed(
        "Contacts", [{"Last_Name": "A"}, {"Last_Name": "B"}], created=[100, 200], modified=300, created_by=jonas.id
    )
    rows = [org.tables["Contacts"].rows[one] for one in ids]
    assert [(row.created, row.modified, row.created_by) for row in rows] == [(100, 300, jonas.id), (200, 300, jonas.id)]
    assert rows[0].values["Owner"] == jonas.id
    given = org.ids.fixed(5_000_000)
    assert org.seed("Contacts", [{"Last_Name": "C"}], ids=[given]) == [given]


def test_both_sides_can_be_seeded_with_the_same_people(world: World) -> None:
    seed_both(world, 50)
    names = [
        {row.values["Last_Name"] for row in org.tables["Contacts"].rows.values()} for org in (world.bigin, world.crm)
    ]
    assert names[0] == names[1]
    assert len(names[0]) == 50
    assert all(row.created <= world.now() for row in world.crm.tables["Contacts"].rows.values())


def test_the_emulator_lives_in_frozen_time_and_can_be_pushed_on() -> None:
    with standstill("2026-05-01 12:00:00"):
        world = World.default(ShiftedClock())
        assert world.now() == int(datetime(2026, 5, 1, 12, tzinfo=UTC).timestamp())
        world.clock.advance(90)
        assert world.now() == int(datetime(2026, 5, 1, 12, 1, 30, tzinfo=UTC).timestamp())


def test_the_indexes_of_a_table_follow_every_change() -> None:
    table = Table()
    for number in range(1, 4):
        table.put(Row(str(number), {"Email": f"p{number}@x.example"}, created=number, created_by="u"))
    assert table.find("Email", "P2@X.example") == ("2",)
    row = table.rows["2"]
    table.change(row, {"Email": "new@x.example"}, modified=9, modified_by="v")
    assert (table.find("Email", "p2@x.example"), table.find("Email", "new@x.example")) == ((), ("2",))
    assert list(table.by_modified) == [(1, 1), (3, 3), (9, 2)]
    assert list(table.by_created) == [(1, 1), (2, 2), (3, 3)]
    table.take("2")
    assert (list(table.by_id), table.find("Email", "new@x.example")) == ([1, 3], ())
    table.put(row)
    assert list(table.by_modified) == [(1, 1), (3, 3), (9, 2)]
    table.change(row, {"Email": None}, modified=10, modified_by="v")
    assert "Email" not in row.values
