"""Remembered: whether the database still knows of the last run that was made from this state folder.

A database that was put back from a backup knows less than its orgs show. A daemon that starts on it would settle by
itself what a person may want to see first. So a note beside the database holds the fence of the last run, a number that
only ever rises; a database that gives a lower one is older than the note. Where the whole folder was put back with it,
or the database was lost and everything set up anew, there is nothing to tell it by.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import structlog

from bigin_sync.errors import BrakePulled
from bigin_sync.jobs.room import Room
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.store import orgs

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered. database: a digest of its address and of when the integration in it was begun, which tells it
    from others and nothing more. fence: of the last run.

    older: the database was found to be older than the last run, and nobody has let the sync go on since.
    """

    database: str
    fence: int
    older: bool = False


def heed(room: Room, iid: int, *, fence: int, dry: bool, restored: bool) -> None:
    """Compare the database with the note of the last run, and note this one, which has just been given its fence.

    restored: a person says that the database is a restored one, and lets the sync go on. Raises `BrakePulled` where
    it is older than the note and nobody has said so; a dry run may look all the same.
    """
    path = room.settings.home / LAST_RUN
    now = Note(_database(room, iid), fence)
    last = _read(path)
    if last is not None and last.database == now.database and not restored:
        older = last.older or fence <= last.fence
        now = replace(now, fence=max(fence, last.fence), older=older)
    if now != last:
        _write(path, now)
    if now.older and not dry:
        raise BrakePulled(
            "The database is older than the last run that was made from this state folder: it was restored, it seems. "
            "Nothing was written.",
            why="It knows nothing of what was synced since: what differs by now should be seen before it is settled.",
            hint="bigin-sync plan shows what would be done; then bigin-sync sync --restored does it, and all goes on.",
        )


def _database(room: Room, iid: int) -> str:
    with room.db.read() as session:
        begun = orgs.begun_at(session, iid)
    return hashlib.sha256(f"{room.db.address} {begun.isoformat()}".encode()).hexdigest()


def _read(path: Path) -> Note | None:
    try:
        return Note(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        log.warning("the note of the last run can't be read, and is made anew", path=str(path), why=str(error))
        return None


def _write(path: Path, note: Note) -> None:
    """A note that can't be kept is missed by nobody until a backup is restored: the sync goes on without it."""
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(note), file)
        draft.replace(path)
    except OSError as error:
        log.warning("the last run can't be noted", path=str(path), why=str(error))
