"""Where the demo plays: two emulated orgs on a port, connected to the real engine in a state folder of its own."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bigin_sync.admin import connect, modules
from bigin_sync.clock import Clock
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import Side
from bigin_sync.replay import demo_orgs
from bigin_sync.replay.browser import CLIENT_ID, CLIENT_SECRET, Browser
from bigin_sync.replay.cast import join
from bigin_sync.replay.people import Person
from bigin_sync.replay.stage import file_in
from bigin_sync.replay.words import LABELS
from bigin_sync.replay.worlds import Place
from bigin_sync.settings import Settings

MODULE = "contacts"

PATIENCE = 60.0
"""Seconds the people of the story wait for their org: a machine that is busy, or was asleep, is no broken one."""

READ_MS, WRITE_MS = 150, 350
"""What calls to the real products take, more or less."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a chapter needs. connected: what connecting found, a sentence for each org."""

    url: str
    world: World
    room: Room
    places: Mapping[str, Place]
    stars: demo_orgs.Stars
    people: Browser
    connected: tuple[str, ...]

    def title(self, label: str) -> str:
        """The name of a product, as people write it."""
        return self.room.pairing.title(self.places[label].side)

    def count(self, label: str, kind: str) -> int:
        """How many records of a kind an org has."""
        if not any(spec.kind == kind for spec in self.room.pairing.kinds):
            return 0
        place = self.places[label]
        return len(place.org.tables[place.module(kind).api_name])

    def calls(self) -> int:
        """How many calls both products have answered so far."""
        with self.world.lock:
            return sum(count for (product, _), count in self.world.calls.items() if product)

    def edit(self, who: str, label: str, person: Person, values: Mapping[str, str]) -> None:
        """Somebody changes a person's record."""
        place = self.places[label]
        self.people.edit(place, "contact", self._row(label, person).id, values=dict(values), by=who)

    def enter(self, who: str, label: str, person: Person) -> None:
        """Somebody makes a person's record."""
        values = {"First_Name": person.first, "Last_Name": person.last, "Email": person.email, "Phone": person.phone}
        self.people.make(self.places[label], "contact", values=dict(values), by=who)

    def value(self, label: str, person: Person, name: str) -> str:
        """What an org knows of a person."""
        with self.world.lock:
            return str(self._row(label, person).values.get(name) or "")

    def id_of(self, label: str, person: Person) -> str:
        """The id of a person's record in an org."""
        with self.world.lock:
            return self._row(label, person).id

    def _row(self, label: str, person: Person) -> Row:
        return self.places[label].find("contact", f"{person.first} {person.last}")


@contextmanager
def opened(clock: Clock, *, port: int | None) -> Iterator[Scene]:
    """The scene, both orgs connected and the module switched on. Nothing of it is left afterwards.

    port: None takes a free one. Raises `PortInUse`.
    """
    world = World.default(clock)
    places = {
        label: Place(world.org(label), side, join(world.org(label))) for label, side in zip(LABELS, Side, strict=True)
    }
    for label in LABELS:
        world.allow_people(world.org(label))
    stars = demo_orgs.fill(places["bigin"], places["crm"])
    with ExitStack() as stack:
        door = Serving(world, port=port or 0, latency_read_ms=READ_MS, latency_write_ms=WRITE_MS)
        url = stack.enter_context(door).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bigin-sync-demo-")))
        settings = Settings(home=folder, database_url=file_in(folder))
        room = stack.enter_context(Room.open(settings, clock=clock))
        people = Browser(stack.enter_context(httpx.Client(base_url=url, timeout=PATIENCE)))
        connected = tuple(_connect(room, label, url) for label in LABELS)
        modules.configure(room, MODULE)
        modules.activate(room, MODULE)
        yield Scene(url, world, room, places, stars, people, connected)


def _connect(room: Room, label: str, url: str) -> str:
    found = connect.connect(
        room,
        label,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        refresh_token=f"1000.emulator.{label}",
        accounts_url=url,
    )
    return f"{found.title}: connected to {found.org_name} as {found.user_name}, {found.users} users."
