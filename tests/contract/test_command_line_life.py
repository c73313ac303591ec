"""The commands of a module's life, typed: what they say, what they ask, how they end."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from bigin_sync.cli import asking
from bigin_sync.clock import SystemClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import World
from bigin_sync.errors import NotAgreed
from bigin_sync.jobs import clients
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.sync import sweep
from bigin_sync.zoho.http import Patience
from tests.commands import Ran
from tests.contract.shell import Shell


@pytest.fixture
def world() -> World:
    """Two orgs of this test alone, with a company in CRM."""
    made = World.default(SystemClock())
    made.crm.seed("Accounts", [{"Account_Name": "Nordwind"}])
    return made


@pytest.fixture
def emulator(world: World) -> Iterator[str]:
    """The URL of their emulator."""
    with Serving(world) as door:
        yield door.url


@pytest.fixture
def synced(shell: Shell) -> Shell:
    """Contacts in sync."""
    for label in ("bigin", "crm"):
        assert shell.connect(label).code == 0
    for words in (("module", "configure", "contacts"), ("module", "activate", "contacts"), ("sync",)):
        assert shell.type(*words).code == 0
    return shell


def told(ran: Ran) -> dict[str, object]:
    found: dict[str, object] = json.loads(ran.out)
    return found


def test_a_module_is_paused_resumed_and_edited_in_words_and_in_json(synced: Shell) -> None:
    ran = synced.type("module", "pause", "contacts")
    assert (ran.code, "Contacts & Companies is paused." in ran.out) == (0, True)
    assert "module resume contacts" in ran.err
    refused = synced.type("sync")
    assert (refused.code, "module resume contacts" in refused.err) == (2, True)
    assert told(synced.type("module", "resume", "contacts", "--json"))["state"] == "active"
    edited = synced.type("module", "edit", "contacts", "--view", "From the web", "--since", "2026-01-31")
    assert (edited.code, "From the web" in edited.out, "2026-01-31" in edited.out) == (0, True, True)
    shown = synced.type("modules")
    assert "From the web" in shown.out
    assert "List views to choose from" in shown.out


def test_taking_up_a_disabled_module_shows_the_plan_and_needs_a_yes(synced: Shell, world: World) -> None:
    for words in (("module", "configure", "pipelines"), ("module", "activate", "pipelines"), ("sync",)):
        assert synced.type(*words).code == 0
    assert synced.type("module", "disable", "pipelines").code == 0
    world.crm.seed("Products", [{"Product_Name": "Pump"}])
    unsaid = synced.type("reconfigure", "pipelines")
    assert (unsaid.code, "--on-conflict takes latest" in unsaid.err) == (2, True)
    dry = synced.type("reconfigure", "pipelines", "--on-conflict", "crm", "--dry-run")
    assert (dry.code, "Pump" in dry.out) == (0, True)
    assert told(synced.type("reconfigure", "pipelines", "--on-conflict", "crm", "--dry-run", "--json"))["lines"]
    asked = synced.type("reconfigure", "pipelines", "--on-conflict", "crm")
    assert (asked.code, "--yes" in asked.err, len(world.bigin.tables["Products"].rows)) == (2, True, 0)
    done = synced.type("reconfigure", "pipelines", "--on-conflict", "crm", "--yes")
    assert (done.code, len(world.bigin.tables["Products"].rows)) == (0, 1)


def test_a_brake_ends_with_code_three_and_a_release_needs_a_yes(synced: Shell, world: World) -> None:
    synced.type("module", "edit", "contacts", "--set", "max_creates=2")
    world.crm.seed("Accounts", [{"Account_Name": f"Company {number}"} for number in range(5)])
    stopped = synced.type("sync")
    assert (stopped.code, "module release contacts" in stopped.err) == (3, True)
    assert "would create 5 company" in synced.type("modules").err
    assert synced.type("plan", "contacts").code == 3
    asked = synced.type("module", "release", "contacts")
    assert (asked.code, "Not done: This needs a yes.\n" in asked.err, "--yes" in asked.err) == (2, True, True)
    assert synced.type("module", "release", "contacts", "--yes").code == 0
    assert synced.type("sync").code == 0
    assert len(world.bigin.tables["Accounts"].rows) == 6
    nothing = synced.type("module", "release", "contacts")
    assert (nothing.code, "No brake" in nothing.err) == (2, True)


def test_a_stopped_run_says_which_module_was_stopped_and_nothing_of_being_done(synced: Shell, world: World) -> None:
    synced.type("module", "edit", "contacts", "--set", "max_creates=2")
    world.crm.seed("Accounts", [{"Account_Name": f"Company {number}"} for number in range(5)])
    stopped = synced.type("sync")
    said = stopped.out + stopped.err
    assert ("Done" in said, said.count("Stopped"), said.count("this run would")) == (False, 1, 1)
    assert "contacts, before anything was written to it: this run would create 5" in stopped.err
    assert "Next  bigin-sync plan contacts; if it is meant: bigin-sync module release contacts" in stopped.err


@pytest.mark.parametrize("others", [(), ("pipelines",)], ids=["alone", "beside another one"])
def test_a_stopped_module_is_named_by_every_run_until_it_is_released(
    synced: Shell, world: World, others: tuple[str, ...]
) -> None:
    for name in others:
        for words in (("module", "configure", name), ("module", "activate", name), ("sync", name)):
            assert synced.type(*words).code == 0
    synced.type("module", "edit", "contacts", "--set", "max_creates=2")
    world.crm.seed("Accounts", [{"Account_Name": f"Company {number}"} for number in range(5)])
    assert synced.type("sync").code == 3
    for line in ("sync", "sync", "daemon --once", "daemon --once"):
        ran = synced.type(*line.split())
        assert (ran.code, "would create 5 company" in ran.err, "Done" in ran.out) == (3, True, False), ran
        assert "bigin-sync module release contacts" in ran.err
    assert "would create 5 company" in str(told(synced.type("sync", "--json"))["stopped"])
    assert synced.type("module", "release", "contacts", "--yes").code == 0
    assert synced.type("sync").code == 0
    assert told(synced.type("sync", "--json"))["stopped"] == {}


def test_a_sync_that_leaves_records_to_a_person_says_what_lists_them(synced: Shell, world: World) -> None:
    twins = [{"Account_Name": "Southwind", "Phone": phone} for phone in ("1", "2")]
    world.crm.seed("Accounts", twins)
    world.bigin.seed("Accounts", [{"Account_Name": "Southwind"}])
    held = synced.type("sync")
    assert (held.code, "Next  bigin-sync conflicts says which, bigin-sync why" in held.err) == (1, True), held.err
    fields = world.crm.modules["Contacts"].fields
    fields["Title"] = replace(fields["Title"], system_mandatory=True)
    world.bigin.seed("Contacts", [{"Last_Name": "Westwind"}])
    refused = synced.type("sync")
    assert (refused.code, "Next  bigin-sync problems says which, bigin-sync why" in refused.err) == (1, True), refused
    assert synced.type("problems").out.count("Westwind") == 1
    assert synced.type("problems", "retry").out == "1 problem will be tried again.\n"
    assert synced.type("problems").out == "1 record will be tried again with the next sync.\n"
    assert "will be tried again with the next sync" in synced.type("why", "Westwind").out
    assert synced.type("sync").code == 1
    assert (synced.type("problems").out.count("Westwind"), "again with" in synced.type("problems").out) == (1, False)


def test_a_plan_says_how_many_credits_may_be_used_and_why_not_all(synced: Shell, world: World) -> None:
    world.crm.seed("Accounts", [{"Account_Name": "Southwind"}])
    shown = synced.type("plan", BIGIN_SYNC_FIRST_SYNC_RESERVE="30").out
    assert "May be used" in shown
    assert "Of a day's credits 5 % always stay for the org's people and other programs." in shown
    assert synced.type("module", "configure", "pipelines").code == 0
    world.crm.seed("Products", [{"Product_Name": "Pump"}])
    shown = synced.type("plan", BIGIN_SYNC_FIRST_SYNC_RESERVE="30").out
    assert "Of a day's credits 30 % stay for edits while a first sync is under way, and 5 % always." in shown


def test_a_plan_in_json_holds_all_of_it_or_as_many_lines_as_are_asked_for(synced: Shell, world: World) -> None:
    world.crm.seed("Accounts", [{"Account_Name": f"Company {number}"} for number in range(60)])
    plans = [told(synced.type("plan", "--json", *more)) for more in ([], ["--limit", "2"], ["--limit", "0"])]
    assert [len(each["lines"]) for each in plans] == [60, 2, 60]  # type: ignore[arg-type]  # -- lists
    assert [each["totals"] for each in plans] == [plans[0]["totals"]] * 3


def test_what_is_listed_in_json_is_all_there_is_or_as_much_as_is_asked_for(
    synced: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "EVERY", timedelta())
    world.crm.seed("Accounts", [{"Account_Name": f"Company {number}"} for number in range(60)])
    fields = world.crm.modules["Contacts"].fields
    fields["Title"] = replace(fields["Title"], system_mandatory=True)
    world.bigin.seed("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(52)])
    assert synced.type("sync").code == 1
    for number in range(2):
        row = next(iter(world.crm.tables["Accounts"].rows))
        assert delete_record(world.crm, world.crm.modules["Accounts"], row, by=world.crm.admin()), number
    assert synced.type("sync").code == 0
    for words, number in (("history", 4), ("history 3", 52), ("problems", 52), ("problems list", 52), ("parted", 2)):
        listed = [json.loads(synced.type(*words.split(), *more, "--json").out) for more in ((), ("--limit", "1"))]
        lines = [one["writes"] if isinstance(one, dict) else one for one in listed]
        assert [len(one) for one in lines] == [number, 1], words


def test_a_plan_lists_what_is_gone_and_does_not_call_it_as_it_should_be(
    synced: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.crm.seed("Accounts", [{"Account_Name": f"Company {number}"} for number in range(7)])
    assert synced.type("sync").code == 0
    accounts = world.crm.modules["Accounts"]
    for row in list(world.crm.tables["Accounts"].rows.values()):
        delete_record(world.crm, accounts, row.id, by=world.crm.admin())
    monkeypatch.setattr(sweep, "EVERY", timedelta())
    for command, way in (("plan", "If it is meant"), ("sync", "bigin-sync plan contacts")):
        ran = synced.type(command)
        assert (ran.code, way in ran.err, "bigin-sync module release contacts" in ran.err) == (3, True, True)
    ran = synced.type("plan")
    assert ("part" in ran.out, "gone from Zoho CRM" in ran.out) == (True, True)
    assert all(f"Company {number}" in ran.out for number in range(7))
    assert "as they should be" not in ran.out
    shown = told(synced.type("plan", "--json"))["lines"]
    assert len(shown) == len(world.bigin.tables["Accounts"])  # type: ignore[arg-type]  # -- a list


def test_a_full_sync_reads_everything_and_writes_nothing(synced: Shell) -> None:
    ran = told(synced.type("sync", "contacts", "--full", "--json"))
    counts = ran["counts"]
    assert isinstance(counts, list)
    assert [(each["seen"], each["created"], each["updated"]) for each in counts if each["kind"] == "company"] == [
        (2, {"bigin": 0, "crm": 0}, {"bigin": 0, "crm": 0})
    ]


def test_a_restored_database_is_gone_on_with_once_somebody_says_so(synced: Shell) -> None:
    synced.type("sync")
    note = synced.home / LAST_RUN
    later = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**later, "fence": later["fence"] + 10}), encoding="utf-8")
    stopped = synced.type("sync")
    assert (stopped.code, "bigin-sync sync --restored" in stopped.err) == (3, True)
    unseen = synced.type("sync", "--restored")
    assert (unseen.code, "First: bigin-sync plan" in unseen.err) == (3, True)
    assert "bigin-sync plan" in synced.type("status").err
    plan = synced.type("plan")
    assert (plan.code, "Next  bigin-sync sync --restored" in plan.err) == (0, True)
    assert [synced.type(*words).code for words in (["sync"], ["daemon", "--once"])] == [3, 3]
    assert [synced.type("sync", *more).code for more in (["--restored"], [])] == [0, 0]
    assert "The database is older" not in synced.type("status").err


def test_access_that_was_taken_away_is_told_with_the_org_and_what_to_type(synced: Shell, world: World) -> None:
    assert synced.type("module", "configure", "pipelines").code == 0
    grant = world.oauth.refresh_tokens.pop("1000.emulator.crm")
    world.clock.advance(2 * 3600)
    for words in (("sync",), ("plan",), ("daemon", "--once")):
        ran = synced.type(*words)
        assert (ran.code, "for Zoho CRM" in ran.err, "bigin-sync connect crm." in ran.err) == (4, True, True), ran.err
    assert "Next  bigin-sync connect crm lets the sync into Zoho CRM again" in synced.type("status").err
    world.oauth.allow("1000.emulator.crm", grant)
    assert synced.connect("crm").code == 0
    assert "bigin-sync connect" not in synced.type("status").err


def test_an_org_that_only_stammers_is_told_by_its_name_with_what_to_do(
    synced: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "patience", lambda _room, **_stop: Patience(tries=1))
    world.faults.add(Fault(kind="html_502", product="crm", times=0))
    ran = synced.type("sync")
    assert (ran.code, "(Zoho CRM, " in ran.err, "Next  " in ran.err) == (4, True, True), ran.err
    assert "). Nothing was lost" in synced.type("doctor").out


def test_letting_go_and_coming_back(synced: Shell) -> None:
    asked = synced.type("disconnect")
    assert (asked.code, "Harbour & Pine" in asked.err) == (2, True)
    gone = synced.type("disconnect", "--yes")
    assert (gone.code, "1 pair of records stays linked" in gone.out) == (0, True)
    refused = synced.type("sync")
    assert (refused.code, "The state folder is" in refused.err) == (2, True)
    assert synced.type("status").out.count("it was disconnected") == 2
    for label in ("bigin", "crm"):
        assert "Renewed" in synced.connect(label).out
    assert "it was disconnected" not in synced.type("status").out
    again = told(synced.type("sync", "--json"))
    assert all(sum(each["created"].values()) == 0 for each in again["counts"])  # type: ignore[attr-defined]  # -- a list


def test_the_history_of_a_module_and_a_run_as_a_file(synced: Shell, tmp_path: Path) -> None:
    shown = synced.type("history", "--module", "contacts")
    assert all(title in shown.out for title in ("Total", "Added", "Updated", "Skipped", "Held", "Failed"))
    file = tmp_path / "run.csv"
    exported = synced.type("history", "1", "--export", str(file))
    assert (exported.code, "1 line of run 1 is in" in exported.out) == (0, True)
    with file.open(encoding="utf-8", newline="") as opened:
        assert [row["record"] for row in csv.DictReader(opened)] == ["Nordwind"]
    for words, says in (
        (("history", "--export", "history.xlsx"), ".csv"),
        (("history", "--module", "boats", "--export", str(file)), "The modules are"),
        (("history", "1", "--export", "run.xlsx"), ".csv"),
        (("history", "9", "--export", str(file)), "no run 9"),
        (("history", "--module", "boats"), "The modules are"),
    ):
        ran = synced.type(*words)
        assert (ran.code, says in ran.err) == (2, True), ran


def test_fields_that_can_not_be_mapped_are_counted_and_shown_when_asked_for(synced: Shell) -> None:
    told_apart = {
        kind["label"]: [each["could_be_mapped"] for each in kind["unmapped"]].count(False)
        for kind in json.loads(synced.type("fields", "contacts", "--json").out)
    }
    assert min(told_apart.values()) > 1
    shown = synced.type("fields", "contacts").out
    for label, number in told_apart.items():
        assert f"{label}: {number} more fields can't be mapped; --all shows them, with the reason." in shown
    assert "Modified_Time" not in shown
    everything = synced.type("fields", "contacts", "--all").out
    assert "more fields can't be mapped" not in everything
    assert "set by the product on every change" in everything


def test_the_totals_of_all_runs_as_a_file(synced: Shell, tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    assert synced.type("sync").code == 0
    exported = synced.type("history", "--module", "contacts", "--export", str(file))
    assert (exported.code, "2 lines of the history are in" in exported.out) == (0, True)
    assert [(row["run"], row["added"]) for row in json.loads(file.read_text(encoding="utf-8"))] == [(2, 0), (1, 1)]


def test_a_record_that_was_deleted_is_shown_as_such(
    synced: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = synced.type("parted")
    assert ("No record that was linked" in never.out, "every 15 minutes, the last time at 20" in never.err) == (
        True,
        True,
    )
    assert "the last time" not in synced.type("parted", "--module", "notes").err
    (company,) = world.crm.tables["Accounts"].rows
    delete_record(world.crm, world.crm.modules["Accounts"], company, by=world.crm.admin())
    monkeypatch.setattr(sweep, "EVERY", timedelta())
    found = synced.type("sync")
    for ran in (found, *(synced.type(word) for word in ("modules", "status", "history"))):
        assert (ran.code, "Parted" in ran.out) == (0, True), ran
    for word in ("modules", "status"):
        assert "bigin-sync parted lists them" in synced.type(word).err
    counted = [kind["parted"] for line in json.loads(synced.type("modules", "--json").out) for kind in line["kinds"]]
    assert sum(counted) == 1
    told_by_status = json.loads(synced.type("status", "--json").out)
    assert [each["parted"] for each in told_by_status["last_run"]["modules"]] == [1]
    assert "Nordwind" in synced.type("parted", "--module", "contacts").out
    (line,) = json.loads(synced.type("parted", "--json").out)
    assert (line["record"], line["product"], line["right_id"]) == ("Nordwind", "Zoho CRM", company)


def test_problems_are_none_when_all_is_well(synced: Shell) -> None:
    assert "There are no problems." in synced.type("problems").out
    assert json.loads(synced.type("problems", "list", "--json").out) == []
    assert told(synced.type("problems", "retry", "--json")) == {"retried": 0}
    nobody = synced.type("problems", "retry", "nobody")
    assert (nobody.code, "No problem is known" in nobody.err) == (2, True)


def test_settings_go_to_a_file_and_come_back_with_a_yes(synced: Shell, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    assert synced.type("config", "export", str(file)).code == 0
    assert "strategy: latest" in synced.type("config", "export").out
    assert "as the file says" in synced.type("config", "apply", str(file)).out
    file.write_text(file.read_text(encoding="utf-8").replace("strategy: latest", "strategy: crm"), encoding="utf-8")
    dry = synced.type("config", "apply", str(file), "--dry-run")
    assert (dry.code, "modules.contacts.settings.strategy" in dry.out) == (0, True)
    assert synced.type("config", "apply", str(file)).code == 2
    applied = synced.type("config", "apply", str(file), "--yes")
    assert (applied.code, "set as the file says" in applied.out) == (0, True)
    assert "strategy: crm" in synced.type("config", "export").out
    file.write_text("colour: red\n", encoding="utf-8")
    refused = synced.type("config", "apply", str(file), "--yes")
    assert (refused.code, "settings.yaml" in refused.err) == (2, True)


@pytest.mark.parametrize("yes", [True, False])
def test_a_person_at_a_terminal_is_asked_and_the_answer_counts(monkeypatch: pytest.MonkeyPatch, *, yes: bool) -> None:
    questions: list[str] = []

    def answer(question: str, *, err: bool) -> bool:
        questions.append(question)
        assert err
        return yes

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", answer)
    if yes:
        asking.must_agree("Really?", yes=False)
    else:
        with pytest.raises(NotAgreed):
            asking.must_agree("Really?", yes=False)
    assert questions == ["Really?"]
    asking.must_agree("Really?", yes=True)
    assert len(questions) == 1


def test_the_doctor_adds_the_field_for_sync_keys_when_it_is_told_to(shell: Shell, world: World) -> None:
    for label in ("bigin", "crm"):
        assert shell.connect(label).code == 0
    ran = shell.type("doctor", "--create-key-fields", "--json")
    found = [each["found"] for each in json.loads(ran.out) if each["what"] == "Zoho CRM sync keys"]
    assert ran.code == 0
    assert "Bigin Sync Key was added to Contacts" in found
    assert found[-1].startswith("in Accounts, Contacts, ")
    assert "Bigin_Sync_Key" in world.crm.module("Contacts").fields
