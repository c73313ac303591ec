"""The stage a scenario is played on: two emulated orgs, the engine in a state folder of its own, one clock for all."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bigin_sync.admin import connect, modules
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.listener import Listener
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import Side
from bigin_sync.replay.browser import CLIENT_ID, CLIENT_SECRET, Browser
from bigin_sync.replay.cast import join
from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.words import LABELS
from bigin_sync.replay.worlds import Place, furnish, populate
from bigin_sync.settings import Settings

HOST = "https://emulator.example"
MODULE = "contacts"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a step may touch. `people` have lines of their own, which `wires`, those of the sync, do not count."""

    world: World
    clock: ShiftedClock
    room: Room
    places: Mapping[str, Place]
    wires: Mapping[str, Listener]
    people: Browser

    def written(self) -> list[str]:
        """The calls of the sync so far that could change a record."""
        return [call for wire in self.wires.values() for call in wire.writes]

    def heard(self) -> list[str]:
        """What the sync has sent that would have reached a person."""
        return [f"{label}: {what}" for label, wire in self.wires.items() for what in wire.heard]


@contextmanager
def staged(scenario: Scenario, *, database_url: str | None = None) -> Iterator[Stage]:
    """The stage of one scenario, both orgs connected and the module switched on; nothing of it is left afterwards.

    database_url: an empty database to remember in, which is not emptied again; None: a file that is removed.
    """
    clock = ShiftedClock(FixedClock(scenario.starts))
    bigin, crm = scenario.orgs.bigin, scenario.orgs.crm
    world = World.default(clock, crm_pipelines=crm.pipelines, bigin_links=bigin.links, crm_links=crm.links)
    places = {label: _place(world, scenario, label) for label in LABELS}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bigin-sync-replay-")))
        wires = {label: Listener(mock_transport(world), wanted=scenario.wanted) for label in LABELS}
        people = Browser(stack.enter_context(httpx.Client(transport=mock_transport(world), base_url=HOST)))
        settings = Settings(home=folder, database_url=database_url or file_in(folder))
        room = stack.enter_context(Room.open(settings, clock=clock, transports=wires))
        stage = Stage(world, clock, room, places, wires, people)
        _set_up(stage, scenario)
        yield stage


def file_in(folder: Path) -> str:
    """The address of a database in a folder."""
    return f"sqlite:///{folder / 'state.db'}"


def _place(world: World, scenario: Scenario, label: str) -> Place:
    org = world.org(label)
    place = Place(org, Side.LEFT if label == "bigin" else Side.RIGHT, join(org))
    world.allow_people(org)
    furnish(place, getattr(scenario.orgs, label))
    populate(place, scenario.before.on(label), starts=scenario.starts)
    return place


def _set_up(stage: Stage, scenario: Scenario) -> None:
    for label in LABELS:
        sign_in(stage.room, label)
    told = scenario.settings
    modules.configure(stage.room, MODULE, view=told.views(), mapping=told.map, changes=told.changes())
    modules.activate(stage.room, MODULE)


def sign_in(room: Room, label: str, *, by: str | None = None) -> None:
    """Connects an org as somebody who works there; nobody is the person who set it up."""
    connect.connect(
        room,
        label,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        refresh_token=f"1000.emulator.{label}" + ("" if by is None else f".{by.casefold()}"),
        accounts_url=HOST,
    )
