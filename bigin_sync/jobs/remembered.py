"""Remembered: whether the database still knows of the last run that was made from this state folder.

A database that was put back from a backup knows less than its orgs show. A daemon that starts on it would settle by
itself what a person may want to see first. So a note beside the database holds the fence of the last run, a number that
only ever rises; a database that gives a lower one is older than the note. Where the whole folder was put back with it,
where other machines with folders of their own have run since, or the database was lost and everything set up anew,
there is nothing to tell it by.
"""

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from bigin_sync.errors import BrakePulled, UnknownSetting
from bigin_sync.jobs.room import Room
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.store import orgs

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered. integration: which one, and when it was begun. fence: the highest that a run was given.

    older: the last fence of a database that was found to be older than that, as long as nobody has let it go on; None:
    there is none.
    """

    integration: str
    fence: int
    older: int | None = None


_NOTE = TypeAdapter(Note)


def heed(room: Room, iid: int, *, fence: int, dry: bool, restored: bool) -> None:
    """Compare the database with the note of the last run, and note this one, which has just been given its fence.

    restored: a person says that the database is a restored one, and lets the sync go on. Raises `BrakePulled` where
    it is older than the note and nobody has said so; a dry run may look all the same.
    """
    path = room.settings.home / LAST_RUN
    now = Note(_integration(room, iid), fence)
    last = _read(path)
    if last is not None and last.integration == now.integration and not restored:
        # The right file may have been put back meanwhile: it goes on above the highest fence, not after the older.
        still = last.older is not None and fence == last.older + 1
        now = replace(now, fence=max(fence, last.fence), older=fence if still or fence <= last.fence else None)
    _write(path, now, must=restored)
    if now.older is not None and not dry:
        raise BrakePulled(
            "The database is older than the last run that was made from this state folder: it was restored, it seems. "
            "Nothing was written.",
            why="It knows nothing of what was synced since: what differs by now should be seen before it is settled.",
            hint="bigin-sync plan shows what would be done; then bigin-sync sync --restored does it, and all goes on.",
        )


def _integration(room: Room, iid: int) -> str:
    with room.db.read() as session:
        return f"{room.pairing.name} {iid}, begun {orgs.begun_at(session, iid).isoformat()}"


def _read(path: Path) -> Note | None:
    try:
        return _NOTE.validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        # A note that is none is not told: whatever stands in that file is nobody's business.
        why = str(error) if isinstance(error, OSError) else "it is no note"
        log.warning("the note of the last run can't be read, and is made anew", path=str(path), why=why)
        return None


def _write(path: Path, note: Note, *, must: bool) -> None:
    """Keep the note. One that can't be kept is missed by nobody until a backup is restored: the sync goes on without
    it, unless it must be kept for what a person has just said.
    """
    try:
        _replace(path, _NOTE.dump_json(note))
    except OSError as error:
        if must:
            raise UnknownSetting(
                f"That the database was restored can't be noted in {path}: {error.strerror}.",
                why="The next run would be stopped for it again. Nothing was written to either org.",
                hint="Make room for the file, or let bigin-sync write to its folder, and try again.",
            ) from error
        log.warning("the last run can't be noted", path=str(path), why=str(error))


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all. Its draft is nobody else's: another process may be at
    the same just now.
    """
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
