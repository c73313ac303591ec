"""The database is gone, or is yesterday's again, in a story with records of every kind: nothing is doubled, and nothing
is overwritten unseen.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bigin_sync.admin import preview, runs
from bigin_sync.admin.modules import activate, configure
from bigin_sync.emulator.door import mock_transport
from bigin_sync.errors import BrakePulled, NotConnected
from bigin_sync.jobs import remembered
from bigin_sync.jobs.room import Room
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.replay.acting import edit
from bigin_sync.replay.moves import Edit
from bigin_sync.replay.play import Played, take
from bigin_sync.replay.reading import read
from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.stage import Stage, staged
from bigin_sync.replay.worlds import shown
from bigin_sync.settings import Settings
from bigin_sync.sync.progress import Report
from tests.flow.two_orgs import LABELS, connect_both

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

STORY = Path(__file__).parents[1] / "torture" / "all-kinds.yaml"
MADE = 4
"""Steps of the story after which all modules are switched on, and only contacts and companies were synced."""
SYNCED = 5
"""Steps after which records of every kind were."""
DAY = 24 * 3600
KINDS = {str(spec.kind) for spec in BIGIN_CRM.kinds}
MODULES = [spec.name for spec in BIGIN_CRM.modules]

CONTESTED: Mapping[tuple[str, str], tuple[str, tuple[str, str]]] = {
    ("company", "Nordlys"): ("Billing City", ("Bergen", "Oslo")),
    ("contact", "Ida Lindqvist"): ("Title", ("Head of buying", "Head of purchasing")),
    ("product", "Try square"): ("Description", ("Of beech", "Of steel")),
    ("deal", "Lathe"): ("Description", ("Ring first", "Write first")),
    ("task", "Send the catalogue"): ("Description", ("By post", "By mail")),
    ("event", "Handover"): ("Description", ("Bring the keys", "Bring the plans")),
    ("call", "About the offer"): ("Description", ("Rang twice", "Rang three times")),
    ("note", "Delivery"): ("Note Title", ("Deliveries", "How to deliver")),
}
"""A record of each kind -> a field, and what people wrote there in Bigin and a minute later in CRM."""


@pytest.fixture
def story() -> Scenario:
    """Records of all eight kinds are made on both sides and synced; then most of them are changed, and synced."""
    return read(STORY)


@pytest.fixture
def stage(story: Scenario) -> Iterator[Stage]:
    with staged(story) as stage:
        yield stage


def go_on(stage: Stage, story: Scenario, *, begin: int = 0, end: int | None = None) -> None:
    played = Played(story)
    for number in range(begin, len(story.steps) if end is None else end):
        take(stage, number, played=played)
    assert played.fine, played.faults


def contest(stage: Stage) -> None:
    """A record of each kind is changed on both sides, in one field, and nothing is synced."""
    for (kind, label), (name, values) in CONTESTED.items():
        for product, person, value in zip(LABELS, ("Ana", "Ben"), values, strict=True):
            stage.clock.advance(60)
            edit(stage, Edit.model_validate({kind: label, "in": product, "by": person, "to": {name: value}}))


@contextmanager
def remembering(stage: Stage, home: Path) -> Iterator[Room]:
    """A program that is started a day later with what is in a state folder."""
    stage.clock.advance(DAY)
    lines = {label: mock_transport(stage.world) for label in LABELS}
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'state.db'}")
    with Room.open(settings, clock=stage.clock, transports=lines) as room:
        yield room


def sync(room: Room) -> list[Report]:
    """One run; where nothing is known, the first one of each module."""
    try:
        room.connected()
    except NotConnected:
        connect_both(room)
        return [first_sync(room, module) for module in MODULES]
    return [run(room)]


def first_sync(room: Room, module: str) -> Report:
    configure(room, module)
    activate(room, module)
    return run(room)


def run(room: Room) -> Report:
    """One run; where the folder tells of another database than is there, a person looks at the plan first."""
    if remembered.setback(room, room.connected()) is None:
        return runs.sync(room)
    with pytest.raises(BrakePulled, match="with another database before"):
        runs.sync(room)
    preview.plan(room)
    return runs.sync(room, restored=True)


def values(stage: Stage) -> dict[tuple[str, str, str], object]:
    """Product, record and field -> what is there."""
    return {
        (product, row.id, name): value
        for product, place in stage.places.items()
        for kind in KINDS
        for row in place.org.tables[place.module(kind).api_name].rows.values()
        for name, value in row.values.items()
        if value and name in place.module(kind).fields and place.module(kind).fields[name].writable
    }


def numbers(stage: Stage) -> list[dict[str, int]]:
    """How many records of each kind each org has."""
    return [{kind: len(rows) for kind, rows in shown(place).items()} for place in stage.places.values()]


def kept(room: Room, reports: list[Report]) -> set[object]:
    """What was written over in these runs, as the journal keeps it."""
    lines = [line for report in reports for line in runs.writes(room, report.run_id)]
    return {each.before for line in lines for each in line.fields if line.action in ("update", "merge")}


def settled(stage: Stage, home: Path) -> set[object]:
    """What is written over where a program is started with this state folder; it doubles nothing and comes to rest."""
    before, known = values(stage), numbers(stage)
    with remembering(stage, home) as room:
        reports = sync(room)
        after, journal = values(stage), kept(room, reports)
        assert numbers(stage) == known
        assert all(report.clean for report in reports)
        over = {value for place, value in before.items() if after.get(place) != value}
        assert over <= journal, "overwritten, and not in the journal"
        stage.clock.advance(DAY)
        assert [report.writes for report in sync(room)] == [0]
        assert values(stage) == after
    return over


@pytest.fixture(
    params=[None, MADE, SYNCED],
    ids=["gone", "before they were made", "before they were changed"],
)
def yesterday(request: pytest.FixtureRequest, stage: Stage, story: Scenario, tmp_path: Path) -> Path:
    """The state folder after so many steps of the story, which then goes on to its end; or an empty one."""
    home = tmp_path / "yesterday"
    go_on(stage, story, end=request.param or 0)
    if request.param is not None:
        shutil.copytree(stage.room.settings.home, home)
    go_on(stage, story, begin=request.param or 0)
    return home


def test_records_of_every_kind_are_found_again_and_none_is_written_over(stage: Stage, yesterday: Path) -> None:
    assert [set(each) for each in numbers(stage)] == [KINDS, KINDS]
    assert settled(stage, yesterday) == set()


def test_what_people_changed_on_both_sides_goes_to_the_later_one_and_the_other_is_in_the_journal(
    stage: Stage, yesterday: Path
) -> None:
    contest(stage)
    assert settled(stage, yesterday) == {earlier for _name, (earlier, _later) in CONTESTED.values()}
