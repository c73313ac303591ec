"""Disconnect: both orgs are let go. Nothing is removed on either side, and nothing that is known is forgotten."""

from bigin_sync.jobs import remembered
from bigin_sync.jobs.lease import leased
from bigin_sync.jobs.room import Room
from bigin_sync.store import links, orgs


def named(room: Room) -> list[str]:
    """The orgs that would be let go, as `product: org`; raises `NotConnected` when none is connected."""
    iid = room.integration()
    with room.db.read() as session:
        signed_in = [org for org in orgs.listing(session, iid) if org.signed_in]
    if not signed_in:
        room.connected()
    return [f"{room.pairing.title(org.side)}: {org.org_name}" for org in signed_in]


def disconnect(room: Room) -> int:
    """Forget how to sign in to both orgs; returns how many pairs of records stay linked.

    Connecting the same two orgs again makes no write: links, cursors and settings are where they were. Raises
    `NotConnected`, or `LeaseLost` while a run is going on.
    """
    iid = room.integration()
    named(room)
    with leased(room, iid):
        with room.db.write(iid) as session:
            orgs.disconnect(session, iid)
            linked = sum(count.linked for count in links.count(session, iid))
        remembered.removed(room, iid)
    return linked
