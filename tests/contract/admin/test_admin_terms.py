"""Changing what a module syncs: views, mappings, the day from which records are taken, and reading everything again."""

import pytest

from bigin_sync.admin import modules, preview, runs, status
from bigin_sync.emulator.stock_views import leaf
from bigin_sync.errors import BrakePulled, ModuleNotReady, UnknownSetting, UnknownView
from tests.contract.admin.stage import Stage

WEB = "From the web"


def people(stage: Stage, label: str) -> set[str]:
    """The last names of an org's contacts."""
    return {str(row.values["Last_Name"]) for row in stage.world.org(label).tables["Contacts"].rows.values()}


def seen_through_the_web_view(stage: Stage) -> None:
    """Contacts in sync under a view: Ana came from the web, Ben was advertised to, Cai exists in Bigin too."""
    for label in ("bigin", "crm"):
        stage.connect(label)
    modules.configure(stage.room, "contacts", view=WEB)
    modules.activate(stage.room, "contacts")
    stage.make(
        "crm",
        "Contacts",
        {"Last_Name": "Ana", "Lead_Source": "Web Research"},
        {"Last_Name": "Ben", "Lead_Source": "Advertisement"},
        {"Last_Name": "Cai", "Email": "cai@example.org", "Lead_Source": "Advertisement"},
    )
    stage.make("bigin", "Contacts", {"Last_Name": "Cai", "Email": "cai@example.org", "Phone": "12"})
    runs.sync(stage.room)
    stage.world.clock.advance(600)


def test_the_views_there_are_are_listed_by_name_for_each_kind(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    contacts = next(line for line in modules.overview(stage.room) if line.name == "contacts")
    company, contact = contacts.kinds
    assert (company.view, contact.view) == ("all records", WEB)
    assert {"All Contacts", WEB} <= set(contact.views)
    assert "All Accounts" in company.views
    with pytest.raises(UnknownView, match=WEB):
        modules.edit(stage.room, "contacts", view="From the moon")


def test_another_view_takes_up_what_was_outside_and_removes_nothing(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    assert people(stage, "bigin") == {"Ana", "Cai"}
    modules.edit(stage.room, "contacts", view="contact=all")
    report = runs.sync(stage.room)
    assert people(stage, "bigin") == {"Ana", "Ben", "Cai"}
    assert report.counts["contact"].linked == 1
    modules.edit(stage.room, "contacts", view=WEB)
    assert runs.sync(stage.room).writes == 0
    assert people(stage, "bigin") == {"Ana", "Ben", "Cai"}


def test_what_was_left_out_is_taken_up_without_reading_it_again(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    runs.sync(stage.room)
    stage.world.clock.advance(600)
    modules.edit(stage.room, "contacts", view="contact=all")
    counts = runs.sync(stage.room).counts["contact"]
    assert (counts.unchanged, counts.seen) == (0, 3)


def test_a_linked_record_that_leaves_the_view_stays_in_sync(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    ana = next(row for row in stage.world.crm.tables["Contacts"].rows.values() if row.values["Last_Name"] == "Ana")
    stage.edit("crm", "Contacts", ana.id, Lead_Source="Advertisement", Phone="555")
    assert runs.sync(stage.room).writes == 1
    there = next(row for row in stage.world.bigin.tables["Contacts"].rows.values() if row.values["Last_Name"] == "Ana")
    assert there.values["Phone"] == "555"


def widened(stage: Stage) -> None:
    """Somebody changes the criteria of the view: it shows who was advertised to now."""
    contacts = stage.world.crm.modules["Contacts"]
    view = next(view for view in contacts.views if view.name == WEB)
    view.criteria = leaf(contacts, "Lead_Source", comparator="equal", value="Advertisement")


def test_changed_criteria_of_the_same_view_are_picked_up_by_editing_the_module(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    widened(stage)
    assert runs.sync(stage.room).writes == 0
    modules.edit(stage.room, "contacts")
    runs.sync(stage.room)
    assert people(stage, "bigin") == {"Ana", "Ben", "Cai"}


def test_changed_criteria_are_picked_up_within_a_day_by_themselves(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    stage.world.clock.advance(25 * 3600)
    assert runs.sync(stage.room).writes == 0
    widened(stage)
    stage.world.clock.advance(25 * 3600)
    runs.sync(stage.room)
    assert people(stage, "bigin") == {"Ana", "Ben", "Cai"}


def test_a_view_that_is_gone_stops_its_module_and_another_lets_it_go_on(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    contacts = stage.world.crm.modules["Contacts"]
    contacts.views = [view for view in contacts.views if view.name != WEB]
    stage.make("crm", "Contacts", {"Last_Name": "Dee", "Lead_Source": "Web Research"})
    report = runs.sync(stage.room)
    assert (report.writes, set(report.stopped)) == (0, {"contacts"})
    assert "list view" in str(report.brake)
    with pytest.raises(ModuleNotReady, match="stopped"):
        runs.sync(stage.room)
    assert modules.edit(stage.room, "contacts", view="contact=all").state == "active"
    runs.sync(stage.room)
    assert "Dee" in people(stage, "bigin")


def test_a_view_that_is_gone_is_noticed_within_a_day_and_goes_on_when_it_is_back(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    contacts = stage.world.crm.modules["Contacts"]
    before = contacts.views
    contacts.views = [view for view in contacts.views if view.name != WEB]
    stage.world.clock.advance(25 * 3600)
    with pytest.raises(BrakePulled, match="--view contact=NAME"):
        runs.sync(stage.room)
    contacts.views = before
    modules.edit(stage.room, "contacts")
    assert runs.sync(stage.room).state == "done"
    assert any("goes on" in notice.text for notice in status.status(stage.room).notices)


def linked(stage: Stage) -> tuple[str, str]:
    """One contact on both sides, with different titles that are not mapped."""
    for label in ("bigin", "crm"):
        stage.connect(label)
    modules.configure(stage.room, "contacts", mapping={"contact": {"remove": ["Title"]}})
    modules.activate(stage.room, "contacts")
    (left,) = stage.make("bigin", "Contacts", {"Last_Name": "Ana", "Email": "ana@example.org", "Title": "Buyer"})
    (right,) = stage.make("crm", "Contacts", {"Last_Name": "Ana", "Email": "ana@example.org"})
    runs.sync(stage.room)
    stage.world.clock.advance(600)
    return left, right


def test_a_field_that_is_mapped_later_is_read_of_every_record(stage: Stage) -> None:
    _left, right = linked(stage)
    assert stage.record("crm", "Contacts", right)["Title"] is None
    line = modules.edit(stage.room, "contacts", mapping={})
    assert any("reads all records again" in remark for remark in line.remarks)
    assert runs.sync(stage.room).writes == 1
    assert stage.record("crm", "Contacts", right)["Title"] == "Buyer"
    stage.world.clock.advance(300)
    assert runs.sync(stage.room).counts["contact"].seen <= 2
    assert runs.sync(stage.room).writes == 0


def test_edits_of_a_field_that_was_not_mapped_for_a_while_are_not_lost(stage: Stage) -> None:
    left, right = linked(stage)
    modules.edit(stage.room, "contacts", mapping={"contact": {"remove": ["Phone"]}})
    runs.sync(stage.room)
    stage.edit("bigin", "Contacts", left, Phone="12")
    runs.sync(stage.room)
    stage.world.clock.advance(3600)
    modules.edit(stage.room, "contacts", mapping={})
    runs.sync(stage.room)
    assert stage.record("crm", "Contacts", right)["Phone"] == "12"


def test_a_field_that_is_mapped_to_another_place_is_met_for_the_first_time(stage: Stage) -> None:
    left, right = linked(stage)
    both = {"add": [{"bigin": "Title", "crm": "Department"}], "remove": ["Title"]}
    modules.edit(stage.room, "contacts", mapping={"contact": both})
    runs.sync(stage.room)
    assert stage.record("crm", "Contacts", right)["Department"] == "Buyer"
    assert stage.record("bigin", "Contacts", left)["Title"] == "Buyer"


def test_records_from_before_the_first_day_are_left_alone_until_they_are_edited(stage: Stage) -> None:
    for label in ("bigin", "crm"):
        stage.connect(label)
    old = {"Last_Name": "Old", "Email": "old@example.org"}
    (right,) = stage.make("crm", "Contacts", old)
    stage.make("crm", "Contacts", {"Last_Name": "Pair", "Email": "pair@example.org"})
    stage.world.clock.advance(3 * 24 * 3600)
    today = f"{stage.room.clock.now():%Y-%m-%d}"
    stage.make("bigin", "Contacts", {"Last_Name": "Pair", "Email": "pair@example.org"})
    stage.make("bigin", "Contacts", {"Last_Name": "New", "Email": "new@example.org"})
    modules.configure(stage.room, "contacts")
    modules.activate(stage.room, "contacts", since=today)
    report = runs.sync(stage.room)
    assert (people(stage, "bigin"), people(stage, "crm")) == ({"Pair", "New"}, {"Old", "Pair", "New"})
    assert report.counts["contact"].linked == 1
    assert any("from which records are synced" in line.why for line in status.status(stage.room).reasons)
    stage.world.clock.advance(600)
    stage.edit("crm", "Contacts", right, Phone="12")
    runs.sync(stage.room)
    assert "Old" in people(stage, "bigin")


def test_an_earlier_first_day_takes_up_what_was_left_alone(stage: Stage) -> None:
    stage.ready(since="2999-01-31")
    stage.make("crm", "Contacts", {"Last_Name": "Ana"})
    assert runs.sync(stage.room).writes == 0
    assert modules.details(stage.room, "contacts")[0].settings["since"] == "2999-01-31"
    modules.edit(stage.room, "contacts", changes={"since": "none"})
    assert runs.sync(stage.room).writes == 1


@pytest.mark.parametrize("typed", ["yesterday", "31.01.2026", ""])
def test_a_first_day_that_is_no_date_is_refused(stage: Stage, typed: str) -> None:
    for label in ("bigin", "crm"):
        stage.connect(label)
    modules.configure(stage.room, "contacts")
    with pytest.raises(UnknownSetting, match="2026-01-31"):
        modules.activate(stage.room, "contacts", since=typed)
    assert modules.overview(stage.room)[0].state == "configured"


def test_reading_everything_again_finds_nothing_to_write_when_all_is_well(stage: Stage) -> None:
    stage.ready()
    stage.make("crm", "Accounts", *({"Account_Name": f"Company {number}"} for number in range(5)))
    stage.make("bigin", "Contacts", {"Last_Name": "Ana", "Title": "Buyer"})
    for _ in range(2):
        runs.sync(stage.room)
        stage.world.clock.advance(3600)
    assert runs.sync(stage.room).counts["company"].seen == 0
    report = runs.sync(stage.room, ["contacts"], full=True)
    assert (report.writes, report.counts["company"].unchanged, report.counts["contact"].unchanged) == (0, 10, 2)
    assert runs.sync(stage.room).counts["company"].seen == 0


def test_a_plan_after_an_edit_shows_what_the_edit_takes_up(stage: Stage) -> None:
    seen_through_the_web_view(stage)
    modules.edit(stage.room, "contacts", view="contact=all")
    report = preview.plan(stage.room)
    assert {line.record for line in preview.lines(stage.room, report.run_id)} == {"Ben", "Cai"}
    assert people(stage, "bigin") == {"Ana", "Cai"}
    runs.sync(stage.room)
    assert people(stage, "bigin") == {"Ana", "Ben", "Cai"}
