"""Real input: tasks, meetings, calls and notes of a recorded CRM org arrive where they belong in an empty Bigin org."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bigin_sync.admin.modules import activate, configure
from bigin_sync.clock import SystemClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.listener import Listener
from bigin_sync.emulator.load import load
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CALL, EVENT, NOTE, TASK
from bigin_sync.settings import Settings
from bigin_sync.store import inbox, links
from bigin_sync.store.inbox import Entry, State
from tests.flow.two_orgs import LABELS, TwoOrgs, connect_both

RECORDED = Path(__file__).parents[3] / "shared" / "recordings" / "crm-v2"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared is absent: there are no recordings to load")

KINDS = (TASK, EVENT, CALL, NOTE)
CARRIED: Mapping[Kind, tuple[str, ...]] = {
    TASK: ("Subject", "Due_Date", "Status", "Priority", "Description"),
    EVENT: ("Event_Title", "Start_DateTime", "End_DateTime", "Venue", "Description"),
    CALL: ("Subject", "Call_Type", "Call_Start_Time", "Call_Purpose", "Call_Result", "Call_Agenda", "Description"),
    NOTE: ("Note_Title", "Note_Content"),
}
PARENTS = {"Contacts": "contact", "Accounts": "company", "Deals": "deal"}


@dataclass(frozen=True, slots=True)
class Story:
    """The two orgs after one sync of everything, and the lines over which it went."""

    orgs: TwoOrgs
    ears: tuple[Listener, ...]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Contacts first, then deals and what belongs to them. It is only looked at, so one serves all tests here."""
    world = World.default()
    load(world, RECORDED)
    ears = {label: Listener(mock_transport(world)) for label in LABELS}
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with Room.open(settings, clock=SystemClock(), transports=ears) as room:
        connect_both(room)
        both = TwoOrgs(world, room, room.integration())
        for name in ("contacts", "pipelines", "activities", "notes"):
            configure(room, name)
            activate(room, name)
            if name == "contacts":
                both.sync()
        both.sync()
        yield Story(both, tuple(ears.values()))


@pytest.fixture
def orgs(story: Story) -> TwoOrgs:
    """The recorded CRM org and the Bigin org beside it."""
    return story.orgs


def counterparts(orgs: TwoOrgs, kind: str) -> dict[str, str]:
    with orgs.room.db.read() as session:
        found = links.slice(session, orgs.iid, kind=Kind(kind), limit=1_000)
    return {link.right.id: link.left.id for link in found}


def rows(orgs: TwoOrgs, side: Side, kind: str) -> dict[str, Row]:
    product = "bigin" if side is Side.LEFT else "crm"
    return orgs.world.org(product).tables[BIGIN_CRM.kind(kind).on(side).module].rows


def aside(orgs: TwoOrgs, kind: Kind) -> dict[str, Entry]:
    states = [State.WAITING, State.SKIPPED, State.HELD, State.PROBLEM]
    with orgs.room.db.read() as session:
        found = inbox.slice(session, orgs.iid, kind=kind, states=states, limit=1_000)
    return {entry.record.ref.id: entry for entry in found}


def parents(row: Row) -> dict[str, str]:
    """Kind -> id of the records of synced modules that a CRM record belongs to."""
    found = {}
    what = row.values.get("What_Id") or row.values.get("Parent_Id")
    kind = PARENTS.get(str(row.values.get("$se_module")))
    if what and kind:
        found[kind] = str(what)
    if who := row.values.get("Who_Id"):
        found["contact"] = str(who)
    return found


def _shown(row: Row, name: str) -> object:
    """A value as people see it: of an event of whole days only the days."""
    value = row.values.get(name) or None
    return value.date() if isinstance(value, datetime) and row.values.get("All_day") is True else value


@pytest.mark.parametrize("kind", KINDS)
def test_everything_recorded_arrives_or_says_why_not(orgs: TwoOrgs, kind: Kind) -> None:
    crm, linked, left = rows(orgs, Side.RIGHT, kind), counterparts(orgs, kind), aside(orgs, kind)
    assert crm
    assert linked
    for id, row in crm.items():
        known = {parent: other for parent, other in parents(row).items() if other in counterparts(orgs, parent)}
        assert (id in linked) == bool(known), row.values
        if not known:
            expected = "parent not synced" if parents(row) else "it belongs to no record"
            assert expected in (left[id].why or "")
    assert sorted(linked.values()) == sorted(rows(orgs, Side.LEFT, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_arrives_has_its_fields_and_nothing_that_rings(orgs: TwoOrgs, kind: Kind) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, kind), rows(orgs, Side.LEFT, kind)
    for id, other in counterparts(orgs, kind).items():
        for name in CARRIED[kind]:
            arrived, told = (_shown(row, name) for row in (bigin[other], crm[id]))
            assert arrived == told, name
        assert not {"Remind_At", "Reminder", "Recurring_Activity", "Participants"} & bigin[other].values.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_everything_points_to_the_counterpart_of_what_it_belongs_to(orgs: TwoOrgs, kind: Kind) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, kind), rows(orgs, Side.LEFT, kind)
    for id, other in counterparts(orgs, kind).items():
        shown = {
            str(bigin[other].values[name])
            for name in ("Related_To", "Contact_Name", "Parent_Id")
            if bigin[other].values.get(name)
        }
        meant = {
            there[parent_id]
            for parent, parent_id in parents(crm[id]).items()
            if parent_id in (there := counterparts(orgs, parent))
        }
        assert shown
        assert shown <= meant
        assert len(shown) == len(meant) or kind != CALL


def test_calls_keep_their_whole_minutes(orgs: TwoOrgs) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, CALL), rows(orgs, Side.LEFT, CALL)
    for id, other in counterparts(orgs, CALL).items():
        seconds = crm[id].values.get("Call_Duration_in_seconds")
        arrived = bigin[other].values.get("Call_Duration_in_seconds")
        assert (seconds is None) == (arrived is None)
        if isinstance(seconds, int) and isinstance(arrived, int):
            assert arrived % 60 == 0
            assert abs(seconds - arrived) < 60


def test_a_second_sync_writes_nothing_and_nobody_was_reached(story: Story) -> None:
    assert story.orgs.sync().writes == 0
    assert [what for ear in story.ears for what in ear.heard] == []
    assert any(ear.writes for ear in story.ears)
