"""Configuring modules, fields, owners, and the doctor, against the emulator."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bigin_sync.admin import doctor, fields, modules, owners, runs
from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.errors import (
    BiginSyncError,
    InvalidMapping,
    ModuleNotReady,
    NotConnected,
    UnknownModule,
    UnknownRecord,
    UnknownSetting,
    UnknownStrategy,
    UnknownView,
    UnreadableFile,
)
from bigin_sync.statefolder import LAST_RUN
from tests.contract.admin.stage import PATHS, Stage


@pytest.fixture
def connected(stage: Stage) -> Stage:
    """Both orgs connected, nothing configured."""
    for label in PATHS:
        stage.connect(label)
    return stage


def test_configuring_without_options_takes_what_is_proposed(connected: Stage) -> None:
    line = modules.configure(connected.room, "contacts")
    assert (line.state, line.revision) == ("configured", 1)
    assert line.settings["strategy"] == "latest"
    assert set(line.views.values()) == {"all records"}


def test_every_change_is_a_revision_in_words_and_no_change_is_none(connected: Stage) -> None:
    room = connected.room
    modules.configure(room, "contacts")
    modules.configure(room, "contacts", changes={"strategy": "crm", "blanks": "no"})
    modules.configure(room, "contacts", view="From the web")
    modules.configure(room, "contacts")
    line, revisions = modules.details(room, "contacts")
    assert [(each.number, each.what) for each in revisions] == [
        (3, "views: contact: From the web"),
        (2, "strategy latest -> crm; blanks yes -> no"),
        (1, "configured"),
    ]
    assert (line.revision, line.settings["strategy"], line.views["contact"]) == (3, "crm", "From the web")


def test_a_view_is_named_by_name_or_id_and_taken_back_with_all(connected: Stage) -> None:
    room = connected.room
    assert modules.configure(room, "contacts", view="from the WEB").views["contact"] == "From the web"
    assert modules.configure(room, "contacts", view="contact=all").views["contact"] == "all records"
    assert modules.configure(room, "contacts", view=["contact=From the web"]).views["contact"] == "From the web"
    assert modules.configure(room, "contacts", view="All Contacts").views["contact"] == "all records"


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"view": "Nobody's view"}, UnknownView, "From the web"),
        ({"changes": {"strategy": "newest"}}, UnknownStrategy, "latest, crm, bigin"),
        ({"changes": {"colour": "red"}}, UnknownSetting, "granularity"),
        ({"mapping": {"contact": {"remove": ["Nonsense"]}}}, InvalidMapping, "Nonsense"),
        ({"mapping": {"contact": {"remove": ["Last_Name"]}}}, InvalidMapping, "Last_Name"),
        ({"mapping": {"vehicle": {}}}, InvalidMapping, "vehicle"),
        ({"mapping": {"contact": {"add": [{"bigin": "Remind_At", "crm": "Remind_At"}]}}}, InvalidMapping, "Remind_At"),
    ],
)
def test_a_configuration_that_does_not_fit_changes_nothing(
    connected: Stage, asked: dict[str, Any], error: type[BiginSyncError], says: str
) -> None:
    modules.configure(connected.room, "contacts")
    with pytest.raises(error) as caught:
        modules.configure(connected.room, "contacts", **asked)
    assert says in str(caught.value)
    line, revisions = modules.details(connected.room, "contacts")
    assert (line.revision, len(revisions)) == (1, 1)


def test_a_mapping_file_changes_the_mapping_and_the_fields_show_it(connected: Stage, tmp_path: Path) -> None:
    file = tmp_path / "contacts.yaml"
    file.write_text("contact:\n  remove: [Title]\n  change:\n    Phone: {direction: to_crm}\n", encoding="utf-8")
    modules.configure(connected.room, "contacts", mapping=file)
    contact = next(kind for kind in fields.mapping(connected.room, "contacts") if kind.kind == "contact")
    shown = {pair.name: pair.direction for pair in contact.pairs}
    assert "Title" not in shown
    assert (shown["Phone"], shown["Mobile"]) == ("→", "↔")
    assert "Title" in {each.field for each in contact.unmapped if each.could_be_mapped}


@pytest.mark.parametrize("text", ["contact: [", "- a\n- b\n", "\x00\x01", "just words"])
def test_a_mapping_file_that_cannot_be_understood_is_named(connected: Stage, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"bad\.yaml"):
        modules.configure(connected.room, "contacts", mapping=file)


def test_a_mapping_file_that_is_not_there_is_named(connected: Stage, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"absent\.json"):
        modules.configure(connected.room, "contacts", mapping=tmp_path / "absent.json")


def test_a_file_in_json_is_as_good(connected: Stage, tmp_path: Path) -> None:
    file = tmp_path / "contacts.json"
    file.write_text(json.dumps({"contact": {"remove": ["Title"]}}), encoding="utf-8")
    assert modules.configure(connected.room, "contacts", mapping=file).revision == 1


def test_fields_that_are_not_synced_come_with_a_reason(connected: Stage) -> None:
    company, contact = fields.mapping(connected.room, "contacts")
    for kind in (company, contact):
        assert all(each.reason for each in kind.unmapped)
        assert kind.blocked == ()
    reasons = {each.field: each.reason for each in contact.unmapped if each.product == "Zoho CRM"}
    assert reasons["Department"] == "Bigin has no field of that name"
    assert reasons["Created_Time"] == "set by the product when the record is made"


def test_a_module_is_switched_on_once_and_only_when_configured(connected: Stage) -> None:
    with pytest.raises(ModuleNotReady, match="module configure contacts"):
        modules.activate(connected.room, "contacts")
    modules.configure(connected.room, "contacts")
    assert modules.activate(connected.room, "contacts").state == "first sync"
    with pytest.raises(ModuleNotReady, match="already"):
        modules.activate(connected.room, "contacts")


def test_an_unknown_module_is_refused_with_those_there_are(connected: Stage) -> None:
    for ask in (modules.configure, modules.activate, modules.details, fields.mapping):
        with pytest.raises(UnknownModule, match="contacts"):
            ask(connected.room, "invoices")


def test_nothing_is_configured_before_both_orgs_are_connected(stage: Stage) -> None:
    stage.connect("crm")
    with pytest.raises(NotConnected, match="connect bigin"):
        modules.configure(stage.room, "contacts")
    with pytest.raises(NotConnected, match="connect bigin"):
        fields.mapping(stage.room, "contacts")


def test_users_are_paired_by_address_and_the_rest_by_hand(connected: Stage) -> None:
    room = connected.room
    before = {(line.left and line.left.name, line.right and line.right.name): line.how for line in owners.listing(room)}
    assert before["Jonas Keller", "Jonas Keller"] == "e-mail"
    assert before["Tomas Vega", None] == before[None, "Priya Nair"] == ""
    owners.set_pair(room, "tomas@harbourpine.example", "Priya Nair")
    after = {(line.left and line.left.name, line.right and line.right.name): line.how for line in owners.listing(room)}
    assert after["Tomas Vega", "Priya Nair"] == "set"
    owners.unset(room, "priya@harbourpine.example")
    assert "4 users are paired" in owners.auto(room)
    with pytest.raises(UnknownRecord):
        owners.unset(room, "tomas@harbourpine.example")


@pytest.mark.parametrize(("left", "right"), [("nobody", "Priya Nair"), ("Tomas Vega", "Tomas Vega")])
def test_a_user_who_does_not_exist_is_named_with_the_product(connected: Stage, left: str, right: str) -> None:
    with pytest.raises(UnknownRecord, match="has no user"):
        owners.set_pair(connected.room, left, right)


def test_the_doctor_finds_nothing_in_a_healthy_set_up(connected: Stage) -> None:
    checks = doctor.examine(connected.room)
    assert [check.what for check in checks if not check.good] == []
    assert {"Bigin org", "Zoho CRM org", "owners"} <= {check.what for check in checks}


def test_the_doctor_says_what_to_type_when_access_was_revoked(connected: Stage) -> None:
    world = connected.world
    world.oauth.refresh_tokens.pop("1000.emulator.crm")
    world.clock.advance(2 * 3600)
    bad = {check.what: check for check in doctor.examine(connected.room) if not check.good}
    assert set(bad) == {"Zoho CRM org"}
    assert "connect" in bad["Zoho CRM org"].hint


def test_the_doctor_sees_clocks_at_which_a_sync_would_stop(connected: Stage) -> None:
    early = ShiftedClock(connected.world.clock)
    early.advance(22 * 60 + 30)
    (bad,) = (each for each in doctor.examine(replace(connected.room, clock=early)) if not each.good)
    assert (bad.what, "behind this machine's" in bad.found) == ("clocks", True)
    assert "Which of two edits is the later one" in bad.found
    assert "BIGIN_SYNC_CLOCK_TOLERANCE=1380" in bad.hint


def test_the_doctor_sees_that_a_database_was_restored(connected: Stage) -> None:
    synced_once(connected)
    note = connected.room.settings.home / LAST_RUN
    later = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**later, "fence": later["fence"] + 10}), encoding="utf-8")
    (bad,) = (each for each in doctor.examine(connected.room) if not each.good)
    assert (bad.what, "older than the last run" in bad.found) == ("database", True)
    assert bad.hint == "bigin-sync plan, then: bigin-sync sync --restored"


def test_the_doctor_works_before_anything_is_connected(stage: Stage) -> None:
    folder, connection = doctor.examine(stage.room)
    assert (folder.good, connection.good) == (True, False)
    assert "connect bigin" in connection.hint


def synced_once(stage: Stage) -> Stage:
    """Contacts set up, and their first sync done."""
    modules.configure(stage.room, "contacts")
    modules.activate(stage.room, "contacts")
    runs.sync(stage.room)
    return stage


@pytest.mark.parametrize("name", ["activities", "notes"])
def test_what_belongs_to_contacts_waits_for_their_first_sync(connected: Stage, name: str) -> None:
    modules.configure(connected.room, "contacts")
    with pytest.raises(ModuleNotReady, match="first sync of Contacts"):
        modules.configure(connected.room, name)


@pytest.mark.parametrize("name", ["activities", "notes"])
@pytest.mark.parametrize("wish", [{"view": "All Tasks"}, {"mapping": {"task": {"remove": ["Priority"]}}}])
def test_what_the_system_maps_has_neither_view_nor_mapping_to_choose(
    connected: Stage, name: str, wish: dict[str, Any]
) -> None:
    room = synced_once(connected).room
    with pytest.raises(UnknownSetting, match="neither a list view nor a field mapping") as refused:
        modules.configure(room, name, **wish)
    assert "mapped by the system" in str(refused.value)
    assert modules.configure(room, name).state == "configured"


def test_the_fields_the_system_maps_are_shown(connected: Stage) -> None:
    shown = {each.kind: each for each in fields.mapping(connected.room, "activities")}
    assert list(shown) == ["task", "event", "call"]
    task = {pair.name: (pair.left, pair.right) for pair in shown["task"].pairs}
    assert (task["Deal"], task["Contact"]) == (("Related_To", "What_Id"), ("Related_To", "Who_Id"))
    reasons = {each.field: each.reason for each in shown["task"].unmapped}
    assert "never synced" in reasons["Remind_At"]
    assert not any(each.blocked for each in shown.values())
