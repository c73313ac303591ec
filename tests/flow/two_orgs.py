"""Two orgs: an emulated Bigin org and an emulated CRM org, connected, with contacts switched on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from bigin_sync.admin.connect import connect
from bigin_sync.admin.modules import activate, configure
from bigin_sync.clock import Clock, SystemClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.settings import DATABASE_FILE, load_settings
from bigin_sync.sync.progress import Report
from tests import databases

LABELS = ("bigin", "crm")


@dataclass(frozen=True, slots=True)
class TwoOrgs:
    """A world, and a room in which its two orgs are connected."""

    world: World
    room: Room
    iid: int

    def sync(self) -> Report:
        """One run."""
        return work(self.room, self.iid, why="test")


@contextmanager
def opened(
    world: World, *, clock: Clock | None = None, transports: Mapping[str, httpx.BaseTransport] | None = None
) -> Iterator[Room]:
    """A room over this test's own state folder, with both orgs behind mock transports."""
    settings = load_settings()
    settings.ensure_home()
    carriers = transports or dict.fromkeys(LABELS, mock_transport(world))
    with Room.open(settings, clock=clock or SystemClock(), transports=carriers) as room:
        yield room


def connect_both(room: Room) -> None:
    """Connect both orgs as their administrators."""
    for label in LABELS:
        connect(
            room,
            label,
            client_id="1000.EMULATOR",
            client_secret="emulator-secret",
            refresh_token=f"1000.emulator.{label}",
            accounts_url="http://127.0.0.1:8600",
        )


@contextmanager
def two_orgs(
    world: World,
    *,
    changes: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    transports: Mapping[str, httpx.BaseTransport] | None = None,
) -> Iterator[TwoOrgs]:
    """Both orgs connected and contacts switched on with these settings; nothing synced yet."""
    with opened(world, clock=clock, transports=transports) as room:
        connect_both(room)
        configure(room, "contacts", changes=changes)
        activate(room, "contacts")
        yield TwoOrgs(world, room, room.integration())


def forget() -> None:
    """The database is gone, with all that belongs to it."""
    settings = load_settings()
    for path in settings.home.glob(f"{DATABASE_FILE}*"):
        path.unlink()
    if not settings.database_url.startswith("sqlite"):
        databases.emptied(settings.database_url)


def contacts(org: Org) -> list[Row]:
    """The contacts of an org that are not deleted, oldest first."""
    return sorted(org.tables["Contacts"].rows.values(), key=lambda row: int(row.id))


def titles(orgs: TwoOrgs) -> list[object]:
    """The title of the one contact in Bigin and in the CRM."""
    return [contacts(org)[0].values["Title"] for org in (orgs.world.bigin, orgs.world.crm)]


def run(orgs: TwoOrgs) -> None:
    """A run an hour later."""
    orgs.world.clock.advance(3600)
    orgs.sync()


def edit(org: Org, id: str, values: Mapping[str, object]) -> None:
    """Change a contact as a person of the org who is not the one behind the sync."""
    person = next(user for user in org.users if user != org.admin_id)
    row = org.tables["Contacts"].rows[id]
    org.tables["Contacts"].change(row, dict(values), modified=org.now(), modified_by=person)
