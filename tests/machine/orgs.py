"""Orgs: an emulated Bigin org and an emulated CRM org, connected, with their people at work and one clock for all."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import httpx

from bigin_sync.admin.connect import connect
from bigin_sync.admin.modules import activate, configure, put_terms
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import restore_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.listener import Listener
from bigin_sync.emulator.merges import merge
from bigin_sync.emulator.metadata import ViewDef
from bigin_sync.emulator.oauth import CLIENT_ID, CLIENT_SECRET
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ItemError
from bigin_sync.emulator.stock import add_view
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.settings import Settings
from bigin_sync.store import modules as stored
from tests import databases
from tests.machine.forms import Form, forms_of

HOST = "https://emulator.example"
STARTS = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
LABELS: Mapping[Side, str] = {Side.LEFT: "bigin", Side.RIGHT: "crm"}
ROOTS: Mapping[Side, str] = {Side.LEFT: "/bigin/v2", Side.RIGHT: "/crm/v8"}
ADLERS = "Adlers"
"""A list view of the CRM's contacts."""

PEOPLE: Mapping[Side, tuple[str, ...]] = {Side.LEFT: ("jonas", "tomas"), Side.RIGHT: ("aisha", "priya")}
"""Who works where; Tomas is a user of Bigin alone and Priya of the CRM alone."""


class Wire(Listener):
    """The line of the sync to one org: hears what it writes and what it may never say, and lets people in between.

    interrupt: what happens right before the so many-th call that reads records, once; None: nothing does.
    """

    def __init__(self, world: World) -> None:
        super().__init__(mock_transport(world))
        self._door = Lock()
        self.interrupt: tuple[int, Callable[[], None]] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on, having looked at it."""
        path = request.url.path
        if not path.endswith("/token") and (request.method == "GET" or path.endswith("/coql")):
            self._let_in()
        return super().handle_request(request)

    def _let_in(self) -> None:
        with self._door:
            if self.interrupt is None:
                return
            left, act = self.interrupt
            self.interrupt = (left - 1, act) if left else None
        if not left:
            act()


class Staff:
    """The people of both orgs, who change records through the products' own APIs, with tokens of their own."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._tokens: dict[tuple[Side, str], str] = {}

    def make(self, side: Side, module: str, values: Mapping[str, object], *, by: str) -> str | None:
        """Make a record; returns its id, or None where the org has one like it and wants no other."""
        answer = self._send(side, "POST", f"/{module}", by=by, record=values)
        return None if answer["code"] == "DUPLICATE_DATA" else str(answer["details"]["id"])

    def edit(self, side: Side, module: str, record_id: str, values: Mapping[str, object], *, by: str) -> bool:
        """Change fields of a record; False where the org has one like it and wants no other."""
        answer = self._send(side, "PUT", f"/{module}", by=by, record={"id": record_id, **values})
        return bool(answer["code"] == "SUCCESS")

    def delete(self, side: Side, module: str, record_id: str, *, by: str) -> None:
        """Put a record into the recycle bin."""
        self._send(side, "DELETE", f"/{module}/{record_id}", by=by)

    def join(self, side: Side, path: str, other_id: str, *, by: str) -> None:
        """Put a record on a related list of another one."""
        self._send(side, "PUT", path, by=by, record={"id": other_id})

    def part(self, side: Side, path: str, other_id: str, *, by: str) -> None:
        """Take a record from a related list of another one."""
        self._send(side, "DELETE", f"{path}?ids={other_id}", by=by)

    def _send(
        self, side: Side, method: str, path: str, *, by: str, record: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        body = None if record is None else {"data": [record]}
        answer = self._client.request(method, ROOTS[side] + path, json=body, headers=self._signed(side, by))
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._tokens.pop((side, by))
            answer = self._client.request(method, ROOTS[side] + path, json=body, headers=self._signed(side, by))
        told = answer.json()
        results: list[dict[str, Any]] = told.get("data") or [told]
        code = results[0]["code"]
        assert code in ("SUCCESS", "DUPLICATE_DATA"), f"{by} could not {method} {path} {record}: {told}"
        return results[0]

    def _signed(self, side: Side, person: str) -> dict[str, str]:
        if (side, person) not in self._tokens:
            asked = {
                "grant_type": "refresh_token",
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "refresh_token": f"1000.emulator.{LABELS[side]}.{person}",
            }
            answer = self._client.post("/oauth/v2/token", data=asked).json()
            self._tokens[side, person] = answer["access_token"]
        return {"Authorization": f"Zoho-oauthtoken {self._tokens[side, person]}"}


@dataclass(frozen=True, slots=True)
class Orgs:
    """Both orgs, their people, and the room of a sync that is connected to them."""

    world: World
    clock: ShiftedClock
    room: Room
    iid: int
    staff: Staff
    wires: Mapping[Side, Wire]
    forms: Mapping[Kind, Form]
    users: Mapping[Side, Mapping[str, str]]
    """Side -> id of a user who may own records -> that user's e-mail address."""

    def org(self, side: Side) -> Org:
        """The org of a side."""
        return self.world.org(LABELS[side])

    def restore(self, ref: Ref) -> None:
        """Somebody takes a record out of the recycle bin, in the product itself; Bigin's API has no way to."""
        with suppress(ItemError):  # the org may have one like it by now, and want no other
            restore_record(self.org(ref.side), ref.id)

    def merge(self, winner: Ref, loser: Ref, *, by: str) -> None:
        """Somebody makes two records one, in the web pages of the product; its API has no way to."""
        org = self.org(winner.side)
        person = next(user for user in org.users.values() if user.first_name.casefold() == by)
        merge(org, org.modules[self.forms[winner.kind].module(winner.side)], winner.id, loser_ids=[loser.id], by=person)

    def products_of(self, deal: Ref) -> str:
        """Where the products of a deal are listed: the path of its related list."""
        module = self.org(deal.side).modules[self.forms[deal.kind].module(deal.side)]
        listed = next(each.api_name for each in module.related_lists if each.module == "Products")
        return f"/{module.api_name}/{deal.id}/{listed}"

    def written(self) -> int:
        """How many calls of the sync so far could have changed a record."""
        return sum(len(wire.writes) for wire in self.wires.values())


def _world(starts: datetime) -> tuple[World, ShiftedClock]:
    clock = ShiftedClock(FixedClock(starts))
    world = World.default(clock)
    crm = world.org("crm")
    adlers: dict[str, object] = {"comparator": "equal", "field": {"api_name": "Last_Name"}, "value": "Adler"}
    add_view(crm, crm.modules["Contacts"], ViewDef(name=ADLERS, criteria=adlers, fields=("Last_Name",)))
    return world, clock


@cache
def _connected(modules: tuple[str, ...]) -> Mapping[str, bytes]:
    """The files of a state folder in which both orgs were connected and modules switched on the day before.

    A new world fits to them, but for the access tokens, which have expired meanwhile.
    """
    world, clock = _world(STARTS - timedelta(days=1))
    with TemporaryDirectory(prefix="bigin-sync-machine-") as name:
        folder = Path(name)
        with _room(folder, world, clock, dict.fromkeys(LABELS.values(), mock_transport(world))) as room:
            for side in BOTH:
                connect(
                    room,
                    LABELS[side],
                    client_id=CLIENT_ID,
                    client_secret=CLIENT_SECRET,
                    refresh_token=f"1000.emulator.{LABELS[side]}",
                    accounts_url=HOST,
                )
            for module in modules:
                configure(room, module)
                activate(room, module)
                if module != modules[-1]:
                    work(room, room.integration(), why="first sync")
        return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _agreed(room: Room, module: str, changes: Mapping[str, str]) -> None:
    """Give a module other settings, as `configure` does, but without asking both orgs for their fields once more."""
    iid = room.integration()
    with room.db.write(iid) as session:
        revision = stored.revision(session, iid, module=module)
        assert revision is not None
        before = Terms.stored(revision.settings)
        after = before.changed(changes, pairing=room.pairing)
        spec = room.pairing.module(module)
        put_terms(session, iid, spec, before=before, after=after, what="changed", by="machine")


def _file_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'state.db'}"


@contextmanager
def _room(
    folder: Path,
    world: World,
    clock: ShiftedClock,
    transports: Mapping[str, httpx.BaseTransport],
    *,
    database_url: str | None = None,
) -> Iterator[Room]:
    settings = Settings(home=folder, database_url=database_url or _file_in(folder))
    with Room.open(settings, clock=clock, transports=transports) as room:
        yield room


@contextmanager
def two_orgs(
    modules: tuple[str, ...], changes: Mapping[str, str], *, database_url: str | None = None
) -> Iterator[Orgs]:
    """Two empty orgs, connected, modules switched on with these settings; nothing of them is left afterwards.

    The first sync of the last module is still to come. database_url: where the sync remembers, beside a file.
    """
    files = _connected(modules)
    world, clock = _world(STARTS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bigin-sync-machine-")))
        for name, content in files.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)
        wires = {side: Wire(world) for side in BOTH}
        staff = Staff(stack.enter_context(httpx.Client(transport=mock_transport(world), base_url=HOST)))
        if database_url is not None:
            databases.copy(_file_in(folder), to=database_url)
        lines = {LABELS[side]: wires[side] for side in BOTH}
        room = stack.enter_context(_room(folder, world, clock, lines, database_url=database_url))
        for module in modules:
            _agreed(room, module, changes)
        users = {
            side: {user.id: user.email for user in world.org(LABELS[side]).users.values() if user.status == "active"}
            for side in BOTH
        }
        yield Orgs(world, clock, room, room.integration(), staff, wires, forms_of(modules), users)
