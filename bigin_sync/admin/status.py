"""Status: how things stand, on one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bigin_sync.admin import modules, runs
from bigin_sync.admin.modules import ModuleLine
from bigin_sync.admin.runs import RunLine
from bigin_sync.admin.watch import DaemonLine, daemon
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH
from bigin_sync.store import credits, cursors, inbox, notices, orgs
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import State
from bigin_sync.zoho.side import Capabilities, Cursor

UNDECIDED = (State.HELD, State.PROBLEM, State.WAITING, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class SideLine:
    """One org, and its API credits of the last 24 hours as far as this program spent them.

    user: as whom it was connected; connected: whether it still is.
    """

    label: str
    title: str
    org: str
    user: str
    connected: bool
    credits_used: int
    credits_left: int
    connected_at: datetime
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CursorLine:
    """How far a kind of a side has been read. position: a time, or how far a full reading has come."""

    product: str
    kind: str
    position: str
    complete: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How many records of a side are set aside for one reason."""

    product: str
    kind: str
    state: str
    why: str
    number: int


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Something a person should read."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """All of it."""

    sides: tuple[SideLine, ...]
    modules: tuple[ModuleLine, ...]
    daemon: DaemonLine | None
    last_run: RunLine | None
    cursors: tuple[CursorLine, ...]
    reasons: tuple[ReasonLine, ...]
    notices: tuple[NoticeLine, ...]


def status(room: Room) -> Status:
    """How things stand. Makes no call; raises `NotConnected` as long as no org was connected."""
    iid = room.integration()
    with room.db.read() as session:
        told = notices.unseen(session, iid)
        answer = Status(
            sides=tuple(_sides(room, session, iid)),
            modules=tuple(modules.overview(room)),
            daemon=daemon(room, session, iid),
            last_run=next(iter(runs.history(room, limit=1)), None),
            cursors=tuple(_cursors(room, session, iid)),
            reasons=tuple(_reasons(room, session, iid)),
            notices=tuple(NoticeLine(notice.at, notice.text) for notice in told),
        )
    if told:
        with room.db.write(iid) as session:
            notices.mark_seen(session, iid, ids=[notice.id for notice in told])
    return answer


def _sides(room: Room, session: Session, iid: int) -> Iterator[SideLine]:
    for org in orgs.listing(session, iid):
        used = credits.used(session, iid, side=org.side)
        budget = Capabilities(**org.capabilities).daily_credits
        yield SideLine(
            label=org.label,
            title=room.pairing.title(org.side),
            org=f"{org.org_name} ({org.org_id})",
            user=f"{org.user_name} <{org.user_email}>",
            connected=org.signed_in,
            credits_used=used,
            credits_left=max(budget - used, 0),
            connected_at=org.connected_at,
            checked_at=org.checked_at,
        )


def _cursors(room: Room, session: Session, iid: int) -> Iterator[CursorLine]:
    for kind in room.pairing.parents_first():
        for side in BOTH:
            reading = cursors.get(session, iid, side=side, kind=kind)
            if reading is None:
                continue
            position = Cursor.from_json(reading.position)
            since = "" if position.since is None else f"{position.since:%Y-%m-%d %H:%M:%S}"
            if position.walk:
                since = f"{since or 'the beginning'}, and a reading is under way"
            yield CursorLine(room.pairing.title(side), kind, since, reading.complete, reading.updated_at)


def _reasons(room: Room, session: Session, iid: int) -> Iterator[ReasonLine]:
    for count in inbox.counts(session, iid):
        if count.state in UNDECIDED:
            yield ReasonLine(
                room.pairing.title(count.side),
                count.kind,
                count.state.value,
                count.why or count.cause or "",
                count.entries,
            )
