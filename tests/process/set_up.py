"""Set up: both emulated orgs connected, as people do it before the first sync."""

from bigin_sync.admin.connect import connect
from bigin_sync.admin.modules import activate, configure
from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.settings import Settings
from tests.commands import CLIENT, SECRET


def switch_on(settings: Settings, url: str) -> None:
    """Connect the orgs behind a URL and switch contacts on; nothing is synced yet."""
    settings.ensure_home()
    with Room.open(settings, clock=SystemClock()) as room:
        for side in room.pairing.labels:
            label = room.pairing.label(side)
            token = f"1000.emulator.{label}"
            connect(room, label, client_id=CLIENT, client_secret=SECRET, refresh_token=token, accounts_url=url)
        configure(room, "contacts")
        activate(room, "contacts")
