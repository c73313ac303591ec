"""The daemon as a process: told to stop, stopped at once, killed, watched, and left alone with two busy orgs."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.store import runs
from tests.process.daemons import LABELS, PATIENCE, Daemon, Scene, daemon, town

SHORT, LONG = 2.0, 50.0
"""Seconds: a daemon that is asked to stop waits for the first, none of these tests for the second."""

WORTH_HIDING = 4
"""Characters from which on a value is no accident in a log."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How everything stands after a first sync that nobody disturbed."""
    with town(tmp_path_factory.mktemp("undisturbed") / "state") as scene:
        with Room.open(scene.settings(), clock=SystemClock()) as room:
            for _ in range(2):
                work(room, room.integration(), why="test")
        return scene.standing()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Scene]:
    """Two orgs that take their time to say that they have made contacts."""
    with town(tmp_path / "state") as scene:
        scene.door.late = LONG
        yield scene


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with town(tmp_path_factory.mktemp("quick") / "state") as scene:
        yield scene


@pytest.fixture(scope="module")
def settled(quick: Scene) -> Iterator[Daemon]:
    """A daemon whose first sync is over."""
    with daemon(quick) as running:
        running.logged("first sync finished")
        yield running


def states(scene: Scene) -> list[str]:
    """The states of all runs, the oldest first."""
    with Room.open(scene.settings(), clock=SystemClock()) as room, room.db.read() as session:
        return [run.state.value for run in reversed(runs.listing(session, room.integration()))]


def goes_on_to(scene: Scene, undisturbed: dict[str, Any]) -> None:
    """The next daemon brings everything to where an undisturbed one would have brought it.

    What the first one had written down but not sent any more is made as soon as it can come no more.
    """
    scene.door.late = 0
    with daemon(scene) as second:
        at = second.logged("first sync finished")
        at = second.logged("run ended", behind=at)
        while scene.standing()["open"]:
            at = second.logged("run ended", behind=at)
        assert second.end(signal.SIGTERM) == 0
    assert scene.standing() == undisturbed


@pytest.mark.long
def test_told_to_stop_in_its_first_sync_it_lands_what_is_in_the_air_and_the_next_one_goes_on(
    slow: Scene, undisturbed: dict[str, Any]
) -> None:
    slow.door.late = SHORT
    with daemon(slow) as first:
        assert slow.door.made.wait(PATIENCE)
        assert first.end(signal.SIGTERM) == 0
        first.logged("daemon ended")
    assert states(slow) == ["interrupted"]
    assert slow.standing()["open"] == 0
    goes_on_to(slow, undisturbed)


@pytest.mark.long
def test_told_twice_it_ends_at_once_and_the_next_one_recovers(slow: Scene, undisturbed: dict[str, Any]) -> None:
    with daemon(slow) as first:
        assert slow.door.made.wait(PATIENCE)
        first.process.send_signal(signal.SIGTERM)
        first.logged("stopping")
        assert first.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert states(slow) == ["running"]
    assert slow.standing()["open"] > 0
    goes_on_to(slow, undisturbed)
    assert states(slow)[0] == "interrupted"


@pytest.mark.long
def test_a_killed_one_is_missed_and_the_next_one_recovers(slow: Scene, undisturbed: dict[str, Any]) -> None:
    with daemon(slow) as first:
        assert slow.door.made.wait(PATIENCE)
        seen = json.loads(slow.type("status", "--json").stdout)["daemon"]
        assert (seen["state"], seen["modules"]) == ("syncing", ["contacts"])
        assert {"reading", "writing"} <= {each["stage"] for each in seen["stages"]}
        first.end(signal.SIGKILL)
    assert "was last heard of" in slow.type("status").stdout
    goes_on_to(slow, undisturbed)


def test_once_does_what_is_due_and_ends(slow: Scene, undisturbed: dict[str, Any]) -> None:
    slow.door.late = 0
    first, second = slow.type("daemon", "--once"), slow.type("daemon", "--once")
    assert (first.returncode, second.returncode) == (1, 0), "the first one leaves records to a person"
    assert "first sync finished" in first.stderr
    assert slow.standing() == undisturbed


def test_edits_made_while_it_runs_arrive_on_the_other_side(quick: Scene, settled: Daemon) -> None:
    before = len(settled.lines)
    person = quick.stars.edited
    names = f"{person.first} {person.last}"
    for label, values in (("bigin", {"Mobile": "+49 30 23125 999"}), ("crm", {"Title": "Keeper of the keys"})):
        place = quick.places[label]
        quick.people.edit(place, "contact", place.find("contact", names).id, values=dict(values), by=None)
    while not all(
        quick.places[label].find("contact", names).values.get(name) == value
        for label, name, value in (("crm", "Mobile", "+49 30 23125 999"), ("bigin", "Title", "Keeper of the keys"))
    ):
        before = settled.logged("run ended", behind=before)


def test_a_second_one_is_refused_and_told_of_the_first(quick: Scene, settled: Daemon) -> None:
    refused = quick.type("daemon")
    assert refused.returncode == 2
    assert f"process {settled.process.pid}" in refused.stderr


def test_another_process_sees_that_it_waits_and_when_it_looks_again(quick: Scene, settled: Daemon) -> None:
    settled.logged("run ended")
    seen = json.loads(quick.type("status", "--json").stdout)["daemon"]
    assert seen["pid"] == settled.process.pid
    assert seen["state"] in {"waiting", "syncing"}
    assert seen["next_look"] is not None


@pytest.mark.long
def test_a_module_that_is_switched_on_meanwhile_has_its_first_sync_at_once(quick: Scene, settled: Daemon) -> None:
    before = len(settled.lines)
    for verb in ("configure", "activate"):
        assert quick.type("module", verb, "pipelines").returncode == 0
    settled.logged("first sync finished", behind=before)
    assert "first sync of" in quick.type("status").stderr


@pytest.mark.long
def test_the_log_of_a_whole_day_holds_no_value_of_a_record_and_no_secret(quick: Scene, settled: Daemon) -> None:
    switched_on(quick, settled, "pipelines", "activities", "notes")
    work_of_a_day(quick, settled)
    log = "\n".join(json.dumps(line, ensure_ascii=False) for line in settled.lines)
    hidden = {value for label in LABELS for value in _values(quick, label)}
    assert len(hidden) > 500
    assert sorted(value for value in hidden if value in log) == []
    oauth = quick.world.oauth
    secrets = {"emulator-secret", *oauth.refresh_tokens, *oauth._live}
    assert sorted(secret for secret in secrets if secret in log) == []


def switched_on(scene: Scene, running: Daemon, *names: str) -> None:
    """These modules are in sync too, if they were not."""
    states = {line["name"]: line["state"] for line in json.loads(scene.type("modules", "--json").stdout)}
    for name in names:
        if states[name] == "available":
            before = len(running.lines)
            for verb in ("configure", "activate"):
                assert scene.type("module", verb, name).returncode == 0
            running.logged("first sync finished", behind=before)


def work_of_a_day(scene: Scene, running: Daemon) -> None:
    """A deal, a task and a note of somebody are made in CRM, and arrive in Bigin; somebody is given another title."""
    person = f"{scene.stars.edited.first} {scene.stars.edited.last}"
    made = {
        "deal": {"Deal_Name": "Irrigation of the orchard", "Stage": "Qualification", "Contact_Name": person},
        "task": {"Subject": "Measure the orchard", "Description": "Bring the long tape", "Contact": person},
        "note": {"Note_Title": "Orchard", "Note_Content": "Forty plum trees and a walnut", "Contact": person},
    }
    for kind, values in made.items():
        scene.people.make(scene.places["crm"], kind, values=dict(values), by=None)
    crm, title = scene.places["crm"], "Warden of the orchard"
    scene.people.edit(crm, "contact", crm.find("contact", person).id, values={"Title": title}, by=None)
    before = 0
    while scene.places["bigin"].find("contact", person).values.get("Title") != title:
        before = running.logged("run ended", behind=before)
    while not all(scene.places["bigin"].org.tables[scene.places["bigin"].module(kind).api_name].rows for kind in made):
        before = running.logged("run ended", behind=before)


def _values(scene: Scene, label: str) -> Iterator[str]:
    for kind in ("company", "contact", "deal", "task", "note"):
        place = scene.places[label]
        for row in place.org.tables[place.module(kind).api_name].rows.values():
            for name, value in row.values.items():
                if isinstance(value, str) and len(value) >= WORTH_HIDING and name not in {"id", "Layout"}:
                    yield value
