"""Remembered: whether the database still knows of the last run that was made from this state folder.

A database that was put back from a backup, or set up anew in the place of one that was lost, knows less than its orgs
show. A sync that starts on it would settle by itself what a person wants to see first. So a note beside the database
holds what the last run was made with: which integration, when it was begun, and the run's fence, a number that only
ever rises; and which orgs it was about. A database that gives a lower fence is older than the note; one that was begun
at another time, for the same orgs, is another one. What is found so is written down in the database, and no module is
synced with it from then on until a plan was made of it and a person says that it may go on. The note stays as it is
meanwhile: the right database may be put back. Where the whole folder was put back, or other machines with folders of
their own have run since, there is nothing to tell it by.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from bigin_sync.errors import BrakePulled, UnknownSetting
from bigin_sync.jobs.assemble import RUNS
from bigin_sync.jobs.room import Room
from bigin_sync.statefolder import LAST_RUN
from bigin_sync.store import leases, modules, notices, orgs, runs, setbacks
from bigin_sync.store.db import Session
from bigin_sync.store.setbacks import Cause, Setback

log = structlog.get_logger(__name__)

WHAT = {
    Cause.RESTORED: "The database is older than the last run that was made from this state folder: it was restored, "
    "it seems.",
    Cause.LOST: "These two orgs were synced from this state folder with another database before: it was lost, it "
    "seems, or another one is in use now.",
}
WHY = "It knows nothing of what was synced since: what differs by now should be seen before it is settled."
GO_ON = "bigin-sync sync --restored"


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered. integration: which one, and when it was begun. fence: the highest that a run was given.

    orgs: the ids of its two orgs; none once they were let go, so that whoever sets them up anew is not asked for what
    was before, and none in the notes of earlier versions.
    """

    integration: str
    fence: int
    orgs: tuple[str, ...] = ()


_NOTE = TypeAdapter(Note)


def heed(room: Room, iid: int, *, names: Sequence[str] | None, fence: int, dry: bool, restored: bool) -> None:
    """Compare the database with the note of the last run, and note this one, which has just been given its fence.

    names: the modules it is about; None: all that are switched on. restored: a person says that the database was
    restored or lost, and lets them go on. Raises `BrakePulled` where it was and nobody has said so, or nobody has made
    a plan of them; a dry run may look all the same.
    """
    with room.db.read() as session:
        now = _now(room, session, iid, fence=fence)
        known = setbacks.get(session, iid)
        found = _found(known, _compared(_read(room), now))
        running = _running(session, iid)
        named = running if names is None else _named(room, names)
        planned = found is not None and named <= runs.planned_since(session, iid, fence=found.fence)
    if found is None:
        _write(room, now, must=restored)
        return
    looks = dry or not named
    goes_on = not looks and (named <= found.settled or (planned and restored))
    if goes_on:
        # The note first: whoever is killed in between is asked once more.
        _write(room, now, must=restored)
        found = _let_go(room, found, named, running)
    if found != known:
        with room.db.write(iid) as session:
            setbacks.put(session, iid, found)
            if running <= found.settled:
                notices.withdraw(session, iid, saying=WHAT[found.cause])
    if not goes_on and not looks:
        raise _pulled(found, planned=planned, restored=restored)


def setback(room: Room, iid: int, *, names: Sequence[str] | None = None) -> Setback | None:
    """What has become of the database, as far as one of these modules, or of all that are switched on, waits for
    somebody to let it go on.
    """
    with room.db.read() as session:
        now = _now(room, session, iid, fence=leases.last(session, iid) + 1)
        found = _found(setbacks.get(session, iid), _compared(_read(room), now))
        named = _running(session, iid) if names is None else _named(room, names)
    return None if found is None or named <= found.settled else found


def _found(known: Setback | None, fresh: Setback | None) -> Setback | None:
    """What holds: a setback is found again by every run until somebody lets it go on, and then it is another one."""
    return known if fresh is None or (known is not None and not known.settled) else fresh


def _let_go(room: Room, found: Setback, named: frozenset[str], running: frozenset[str]) -> Setback:
    """The setback once these modules go on. A module that a restored database was not syncing is asked for no more;
    what a lost one had synced is not known, so that each module is asked for when its turn comes.
    """
    every = frozenset(spec.name for spec in room.pairing.modules)
    resting = every - running if found.cause is Cause.RESTORED else frozenset()
    return replace(found, settled=found.settled | named | resting)


def _named(room: Room, names: Sequence[str]) -> frozenset[str]:
    return frozenset(room.pairing.module(name).name for name in names)


def _running(session: Session, iid: int) -> frozenset[str]:
    return frozenset(module.name for module in modules.listing(session, iid) if module.state in RUNS)


def _pulled(found: Setback, *, planned: bool, restored: bool) -> BrakePulled:
    unseen = ", for no plan of all that is to be synced was made since" if restored else ""
    return BrakePulled(
        f"{WHAT[found.cause]} Nothing was written{unseen}.",
        why=WHY,
        hint=f"The plan was made: {GO_ON} writes it, and all goes on."
        if planned
        else f"First: bigin-sync plan, which shows what would be done. Then {GO_ON} does it, and all goes on.",
    )


def removed(room: Room, iid: int) -> None:
    """The orgs of the integration are let go on purpose: a database that is made for them later is no loss."""
    last = _read(room)
    with room.db.read() as session:
        now = _now(room, session, iid, fence=0)
    if last is not None and last.integration == now.integration:
        _write(room, replace(last, orgs=()), must=False)


def _now(room: Room, session: Session, iid: int, *, fence: int) -> Note:
    begun = orgs.begun_at(session, iid).isoformat()
    both = tuple(org.org_id for org in orgs.listing(session, iid))
    return Note(f"{room.pairing.name} {iid}, begun {begun}", fence, both)


def _compared(last: Note | None, now: Note) -> Setback | None:
    """What the note of the last run tells of this database."""
    if last is None:
        return None
    if last.integration == now.integration:
        return Setback(Cause.RESTORED, now.fence) if now.fence <= last.fence else None
    return Setback(Cause.LOST, now.fence) if last.orgs and last.orgs == now.orgs else None


def _read(room: Room) -> Note | None:
    path = room.settings.home / LAST_RUN
    try:
        return _NOTE.validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        # A note that is none is not told: whatever stands in that file is nobody's business.
        why = str(error) if isinstance(error, OSError) else "it is no note"
        log.warning("the note of the last run can't be read, and is made anew", path=str(path), why=why)
        return None


def _write(room: Room, note: Note, *, must: bool) -> None:
    """Keep the note. One that can't be kept is missed by nobody until a backup is restored: the sync goes on without
    it, unless it must be kept for what a person has just said.
    """
    path = room.settings.home / LAST_RUN
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
