"""What is kept and given out: connections let go and taken up again, histories, problems, settings as a file."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from bigin_sync.admin import disconnect, export, modules, owners, problems, runs, settings_file
from bigin_sync.admin.next_step import next_step
from bigin_sync.emulator.faults import Fault
from bigin_sync.errors import (
    AlreadyConnected,
    LeaseLost,
    NotConnected,
    UnknownModule,
    UnknownRecord,
    UnknownSetting,
    UnreadableFile,
)
from bigin_sync.jobs.lease import leased
from bigin_sync.store import runs as stored
from bigin_sync.store.tables_setup import IntegrationRow, OrgRow
from tests.contract.admin.stage import Stage

ANA = {"First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@nordwind.example"}


def synced(stage: Stage) -> None:
    """Some records in sync, and nothing left to do."""
    stage.ready()
    stage.make("bigin", "Contacts", ANA)
    stage.make("crm", "Accounts", {"Account_Name": "Nordwind"})
    for _ in range(2):
        runs.sync(stage.room)
        stage.world.clock.advance(600)


def test_letting_go_removes_nothing_and_connecting_again_writes_nothing(stage: Stage) -> None:
    synced(stage)
    records = {label: len(stage.world.org(label).tables["Contacts"].rows) for label in ("bigin", "crm")}
    assert disconnect.named(stage.room) == ["Bigin: Harbour & Pine", "Zoho CRM: Harbour & Pine"]
    assert disconnect.disconnect(stage.room) == 2
    with pytest.raises(NotConnected, match="connect bigin"):
        runs.sync(stage.room)
    with pytest.raises(NotConnected):
        disconnect.disconnect(stage.room)
    assert "connect bigin" in next_step(stage.room)
    for label in ("bigin", "crm"):
        assert stage.connect(label).renewed
    assert runs.sync(stage.room).writes == 0
    assert {label: len(stage.world.org(label).tables["Contacts"].rows) for label in ("bigin", "crm")} == records


def test_what_changed_while_nothing_was_connected_follows(stage: Stage) -> None:
    synced(stage)
    disconnect.disconnect(stage.room)
    stage.make("crm", "Accounts", {"Account_Name": "Sudwind"})
    for label in ("bigin", "crm"):
        stage.connect(label)
    assert runs.sync(stage.room).writes == 1


def test_no_token_is_kept_after_letting_go(stage: Stage) -> None:
    synced(stage)
    disconnect.disconnect(stage.room)
    with stage.room.db.read() as session:
        assert [row.secrets_sealed for row in session.exec(select(OrgRow))] == ["", ""]


def test_nothing_is_let_go_while_a_run_is_going_on(stage: Stage) -> None:
    synced(stage)
    with leased(stage.room, stage.room.integration()), pytest.raises(LeaseLost):
        disconnect.disconnect(stage.room)
    assert runs.sync(stage.room).writes == 0


def test_an_org_that_is_part_of_another_integration_is_refused_with_the_reason(stage: Stage) -> None:
    synced(stage)
    with stage.room.db.write() as session:
        pairing = stage.room.pairing.name
        session.add(
            IntegrationRow(
                pairing=pairing, name="other", state="active", created_at=stage.room.clock.now(), settings={}
            )
        )
    with pytest.raises(AlreadyConnected, match="undo each other's work"):
        stage.connect("crm")


def test_the_history_of_a_module_adds_up(stage: Stage) -> None:
    synced(stage)
    first = runs.history(stage.room, module="contacts")[-1]
    (totals,) = first.modules
    assert (totals.module, totals.total, totals.added) == ("contacts", 2, 2)
    assert (totals.updated, totals.skipped, totals.held, totals.failed) == (0, 0, 0, 0)
    assert runs.history(stage.room, module="pipelines") == []
    with pytest.raises(UnknownModule):
        runs.history(stage.room, module="boats")


def skipping(stage: Stage) -> int:
    """A run that leaves out a record whose name would be a formula; its number."""
    for label in ("bigin", "crm"):
        stage.connect(label)
    modules.configure(stage.room, "contacts", view="From the web")
    modules.activate(stage.room, "contacts")
    stage.make("crm", "Contacts", {"Last_Name": '=HYPERLINK("x")', "Lead_Source": "Advertisement"})
    stage.make("crm", "Contacts", {"Last_Name": "Ana", "Lead_Source": "Web Research", "Phone": "+49 30"})
    return runs.sync(stage.room).run_id


def test_an_exported_run_names_every_skipped_record_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    run_id = skipping(stage)
    assert export.export(stage.room, run_id, tmp_path / "run.csv") == 2
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["action"]: row for row in csv.DictReader(file)}
    assert (rows["skip"]["module"], rows["skip"]["cause"]) == ("contacts", "outside_view")
    assert "outside the list view" in rows["skip"]["reason"]
    assert "Phone" in rows["create"]["changes"]
    assert export.export(stage.room, run_id, tmp_path / "run.json") == 2
    told = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert {row["cause"] for row in told} == {"outside_view", ""}


def test_the_totals_of_every_run_are_exported_module_by_module(stage: Stage, tmp_path: Path) -> None:
    run_id = skipping(stage)
    modules.configure(stage.room, "pipelines")
    modules.activate(stage.room, "pipelines")
    runs.sync(stage.room)
    with stage.room.db.write(stage.room.integration()) as session:
        stored.finish(session, run_id, state="failed", counts={}, error="=it failed")
    assert export.export_totals(stage.room, tmp_path / "history.csv") == 3
    with (tmp_path / "history.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["run"], row["state"], row["module"], row["total"], row["error"]) for row in rows] == [
        (str(run_id + 1), "done", "contacts", "3", ""),
        (str(run_id + 1), "done", "pipelines", "0", ""),
        (str(run_id), "failed", "", "", "'=it failed"),
    ]
    assert tuple(rows[0]) == export.TOTALS
    assert export.export_totals(stage.room, tmp_path / "history.json", module="pipelines") == 1
    (line,) = json.loads((tmp_path / "history.json").read_text(encoding="utf-8"))
    (told,) = runs.history(stage.room, module="pipelines")
    assert {name: line[name] for name in ("run", "module", "skipped", "parted", "seconds")} == {
        "run": told.id,
        "module": "pipelines",
        "skipped": 0,
        "parted": 0,
        "seconds": told.seconds,
    }  # fmt: skip -- as it is compared


def test_no_cell_of_an_exported_run_is_a_formula(stage: Stage, tmp_path: Path) -> None:
    run_id = skipping(stage)
    export.export(stage.room, run_id, tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}] == []
    assert '\'=HYPERLINK("x")' in cells


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@sum", "\t=1", "\r=1", "＝1"])  # noqa: RUF001 -- the wide sign is what is tried
def test_what_looks_like_a_formula_is_made_a_text(text: str) -> None:
    assert export.harmless(text) == f"'{text}"
    assert export.harmless(f"a {text}") == f"a {text}"


def test_a_run_is_exported_to_a_csv_or_json_file_and_nowhere_else(stage: Stage, tmp_path: Path) -> None:
    synced(stage)
    with pytest.raises(UnknownSetting, match="csv"):
        export.export(stage.room, 1, tmp_path / "run.xlsx")
    with pytest.raises(UnreadableFile, match="can't be written"):
        export.export(stage.room, 1, tmp_path / "absent" / "run.csv")
    with pytest.raises(UnknownRecord, match="no run 99"):
        export.export(stage.room, 99, tmp_path / "run.csv")


def test_settings_are_written_to_a_file_and_put_in_force_again(stage: Stage) -> None:
    synced(stage)
    owners.set_pair(stage.room, "tomas@harbourpine.example", "priya@harbourpine.example")
    modules.edit(stage.room, "contacts", view="From the web", changes={"strategy": "crm", "since": "2020-01-31"})
    kept = settings_file.export(stage.room)
    assert json.loads(json.dumps(kept)) == kept
    modules.edit(
        stage.room,
        "contacts",
        view="contact=all",
        changes={"strategy": "ask", "since": "none"},
        mapping={"contact": {"remove": ["Title"]}},
    )
    owners.unset(stage.room, "tomas@harbourpine.example")
    wanted = settings_file.read(kept, room=stage.room, name="settings.yaml")
    told = "\n".join(settings_file.differences(stage.room, wanted))
    assert "modules.contacts.settings.strategy" in told
    assert "owners" in told
    applied = settings_file.apply(stage.room, wanted, name="settings.yaml")
    assert applied.left == ()
    assert settings_file.export(stage.room) == kept
    assert settings_file.differences(stage.room, wanted) == []
    assert modules.details(stage.room, "contacts")[1][0].by == "settings.yaml"


def test_a_file_may_hold_a_part_of_the_settings(stage: Stage) -> None:
    synced(stage)
    part = {"pairing": "bigin_crm", "modules": {"contacts": {"settings": {"strategy": "skip"}}}}
    wanted = settings_file.read(part, room=stage.room, name="part.yaml")
    assert len(settings_file.differences(stage.room, wanted)) == 1
    settings_file.apply(stage.room, wanted, name="part.yaml")
    line = modules.details(stage.room, "contacts")[0]
    assert (line.settings["strategy"], line.settings["tie"], line.state) == ("skip", "crm", "active")


def test_modules_whose_turn_has_not_come_are_left_and_told(stage: Stage) -> None:
    synced(stage)
    modules.configure(stage.room, "pipelines", changes={"strategy": "crm"})
    kept = settings_file.export(stage.room)
    disconnect.disconnect(stage.room)
    with stage.room.db.write() as session:
        for row in session.exec(select(IntegrationRow)):
            row.pairing = "elsewhere"
        for org in session.exec(select(OrgRow)):
            org.org_id = f"old {org.org_id}"
    for label in ("bigin", "crm"):
        stage.connect(label)
    applied = settings_file.apply(stage.room, settings_file.read(kept, room=stage.room, name="f"), name="f")
    assert [said.partition(":")[0] for said in applied.done] == ["Contacts & Companies"]
    assert "has to wait for the first sync" in applied.left[0]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"pairing": "two_shops"},
        {"pairing": "bigin_crm", "colour": "red"},
        {"pairing": "bigin_crm", "modules": {"contacts": {"settings": {"strategy": 3}}}},
        {"pairing": "bigin_crm", "owners": [{"bigin": "a@example.org"}]},
    ],
)
def test_a_file_that_holds_no_settings_is_refused_and_changes_nothing(
    stage: Stage, document: dict[str, object]
) -> None:
    with pytest.raises(UnreadableFile, match=r"settings\.yaml"):
        settings_file.read(document, room=stage.room, name="settings.yaml")


def test_problems_are_listed_with_a_way_out_and_tried_again(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Contacts", {"First_Name": "Ana", "Last_Name": "Ruiz"}, {"Last_Name": "Olsen"})
    # The two together are refused, and then each of them alone.
    refused = Fault(kind="refuse", product="crm", method="POST", path="/Contacts$", status=400, code="INVALID_DATA")
    stage.world.faults.add(replace(refused, times=3))
    assert not runs.sync(stage.room).clean
    found = problems.listing(stage.room)
    assert found
    assert all(line.way_out and line.why and line.module == "contacts" for line in found)
    assert problems.listing(stage.room, module="pipelines") == []
    with pytest.raises(UnknownRecord, match="bigin-sync problems"):
        problems.retry(stage.room, record="nobody")
    assert problems.retry(stage.room, record=found[0].id) == 1
    asked = stage.world.calls["crm", "fields"]
    assert runs.sync(stage.room).writes == 1
    assert stage.world.calls["crm", "fields"] > asked, "the cure may be in an org, so its fields are read again"
    assert problems.retry(stage.room, module="contacts") == len(found) - 1
    runs.sync(stage.room)
    assert problems.listing(stage.room) == []
