"""What waits for a person is settled one by one or all at once, and a fight is shown from both sides."""

import pytest

from bigin_sync.admin import conflicts, runs, why
from bigin_sync.emulator.faults import Fault
from bigin_sync.errors import UnknownModule, UnknownSetting
from tests.contract.admin.stage import Stage

PEOPLE = ("Abara", "Berg", "Cohen")


def asked(stage: Stage) -> list[str]:
    """Three contacts, of each of which title and department were changed on both sides. The ids of those of Bigin."""
    stage.ready(strategy="ask")
    ids = stage.make("bigin", "Contacts", *({"Last_Name": name, "Title": "Buyer"} for name in PEOPLE))
    runs.sync(stage.room)
    for label, title in (("bigin", "Captain"), ("crm", "Admiral")):
        rows = stage.world.org(label).tables["Contacts"].rows
        stage.world.clock.advance(60)
        for id in list(rows):
            stage.edit(label, "Contacts", id, Title=title, Description=f"{title} of the fleet")
    runs.sync(stage.room)
    return ids


def held(stage: Stage) -> list[tuple[str, str | None]]:
    return [(line.record, line.field) for line in conflicts.listing(stage.room)]


def test_all_conflicts_about_one_field_are_settled_at_once_and_the_others_wait(stage: Stage) -> None:
    ids = asked(stage)
    assert len(held(stage)) == 6
    assert len(conflicts.resolve_all(stage.room, "crm", field="title")) == 3
    runs.sync(stage.room)
    assert [stage.record("bigin", "Contacts", id)["Title"] for id in ids] == ["Admiral"] * 3
    assert sorted(held(stage)) == [(name, "Description") for name in PEOPLE]
    assert len(conflicts.resolve_all(stage.room, "bigin", module="contacts")) == 3
    runs.sync(stage.room)
    assert held(stage) == []
    assert {row.values["Description"] for row in stage.world.crm.tables["Contacts"].rows.values()} == {
        "Captain of the fleet"
    }


def test_an_answer_to_nothing_settles_nothing(stage: Stage) -> None:
    asked(stage)
    assert conflicts.resolve_all(stage.room, "new") == []
    assert conflicts.resolve_all(stage.room, "crm", module="notes") == []
    with pytest.raises(UnknownModule):
        conflicts.resolve_all(stage.room, "crm", module="weather")
    assert len(held(stage)) == 6


def test_a_misspelt_field_is_refused_with_those_that_wait(stage: Stage) -> None:
    asked(stage)
    with pytest.raises(UnknownSetting, match=r"named 'Titel'.*Description, Title\."):
        conflicts.resolve_all(stage.room, "crm", field="Titel")
    assert conflicts.resolve_all(stage.room, "crm", field="mailing city") == []
    assert len(held(stage)) == 6


def test_where_no_field_waits_a_misspelt_one_is_refused_with_all_there_are(stage: Stage) -> None:
    stage.ready()
    with pytest.raises(UnknownSetting, match=r"The fields are .*Title"):
        conflicts.resolve_all(stage.room, "crm", field="Titel")


def twins(stage: Stage) -> None:
    """Two contacts of Bigin that may both be the one of CRM, and the same once more under another name."""
    stage.ready()
    for name in PEOPLE[:2]:
        known = {"Last_Name": name, "Phone": "+49 30 1234567"}
        stage.make("bigin", "Contacts", known, known)
        stage.make("crm", "Contacts", known)
    runs.sync(stage.room)


def test_a_decision_about_one_record_leaves_those_it_has_nothing_to_do_with_where_they_are(stage: Stage) -> None:
    twins(stage)
    before = conflicts.listing(stage.room)
    assert len(before) == 6
    first = next(line for line in before if line.record.startswith("Abara (Bigin"))
    conflicts.resolve(stage.room, first.id, "new")
    assert conflicts.listing(stage.room) == [line for line in before if "Berg" in line.record]
    second = next(line for line in before if line.record.startswith("Berg (Bigin"))
    conflicts.resolve(stage.room, second.id, second.answers[0])
    runs.sync(stage.room)
    assert conflicts.listing(stage.room) == []
    names = sorted(str(row.values["Last_Name"]) for row in stage.world.crm.tables["Contacts"].rows.values())
    assert names == ["Abara", "Abara", "Berg", "Berg"]


def test_a_record_is_no_answer_to_several_others(stage: Stage) -> None:
    twins(stage)
    counterpart = conflicts.listing(stage.room)[0].answers[0]
    with pytest.raises(UnknownSetting, match="no answer that fits several"):
        conflicts.resolve_all(stage.room, counterpart)
    assert len(conflicts.listing(stage.room)) == 6
    assert len(conflicts.resolve_all(stage.room, "new")) == 6


def test_a_fight_is_listed_and_why_shows_what_each_side_was_written(stage: Stage) -> None:
    stage.ready()
    (id,) = stage.make("bigin", "Contacts", {"Last_Name": "Berg", "Title": "Buyer"})
    runs.sync(stage.room)
    for org in (stage.world.bigin, stage.world.crm):
        sync, person = org.users[org.admin_id].email, "jonas@harbourpine.example"
        app = Fault(kind="workflow", product=org.product, times=0, does="reverts", listens=True, of=sync, user=person)
        stage.world.faults.add(app)
    stage.edit("bigin", "Contacts", id, Title="Captain")
    for _ in range(9):
        stage.world.clock.advance(30)
        runs.sync(stage.room)
    (line,) = conflicts.listing(stage.room)
    assert (line.id[0], line.record, line.answers) == ("f", "Berg", ("again",))
    shown = conflicts.show(stage.room, line.id)
    assert f"bigin-sync why {id}" in shown.what
    writes = [(one.product, *((each.label, each.before, each.after) for each in one.fields)) for one in shown.writes]
    assert writes[:8] == [("Bigin", ("Title", "Captain", "Buyer")), ("Zoho CRM", ("Title", "Buyer", "Captain"))] * 4
    told = why.why(stage.room, "Berg").explanation
    assert told is not None
    assert told.state.startswith("held: Bigin and Zoho CRM keep changing it back")
    assert "conflicts" in told.way_out
    written = [(one.product, one.fields[0].after) for one in told.lines if one.action == "update"]
    assert written == [("Bigin", "Buyer"), ("Zoho CRM", "Captain")] * 4
    stage.world.faults.clear()
    assert conflicts.resolve(stage.room, line.id, "again") == "Berg is synced again."
    assert runs.sync(stage.room).clean
    assert conflicts.listing(stage.room) == []
