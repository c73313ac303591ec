"""Admitted: whether both orgs let a run in is noted, so that a person is told what to connect again."""

from collections.abc import Iterator
from contextlib import contextmanager

from bigin_sync.errors import AccessLost
from bigin_sync.jobs.room import Room
from bigin_sync.store import lockouts


@contextmanager
def admitted(room: Room, iid: int) -> Iterator[None]:
    """Note which org refuses access, should one do so; a run that comes to its end takes that back."""
    try:
        yield
    except AccessLost as error:
        if error.label:
            with room.db.write(iid) as session:
                lockouts.put(session, iid, side=room.side(error.label))
        raise
    with room.db.read() as session:
        noted = lockouts.listing(session, iid)
    if noted:
        with room.db.write(iid) as session:
            lockouts.clear(session, iid)
