"""Problems: records that could not be written, each with its cause and the way out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bigin_sync.admin.why import next_try_of, way_out_of
from bigin_sync.errors import UnknownRecord
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.store import inbox, orgs, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State

SLICE = 500


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A record that could not be written to the other side. next_try: when it is tried again if nothing changes; None:
    not before something does.
    """

    id: str
    module: str
    kind: str
    product: str
    record: str
    cause: str
    why: str
    way_out: str
    next_try: datetime | None


def listing(room: Room, *, module: str | None = None, limit: int | None = None) -> list[ProblemLine]:
    """All of them, parents first; of one module, if it is named."""
    iid = room.integration()
    kinds = _kinds(room, module)
    with room.db.read() as session:
        found = [_line(room, entry) for entry in _entries(session, iid, kinds)]
    return found if limit is None else found[:limit]


def retry(room: Room, *, module: str | None = None, record: str | None = None) -> int:
    """Let the next run try them again: all, those of a module, or the one of a record (its id or name).

    Returns how many. They are tried again by themselves when somebody edits the record or the mapping, and some of them
    once a day. Raises `UnknownRecord` when no problem has that record.
    """
    iid = room.integration()
    kinds = _kinds(room, module)
    with room.db.write(iid) as session:
        entries = [entry for entry in _entries(session, iid, kinds) if record is None or _is(entry, record)]
        if record is not None and not entries:
            raise UnknownRecord(
                f"No problem is known of {record!r}.",
                why="It may have been solved by a sync meanwhile.",
                hint="bigin-sync problems lists those there are.",
            )
        renewal.renew(session, [entry.id for entry in entries], cause=renewal.RETRIED)
        # The cure may be in an org: a field that is no longer mandatory, an option that was added.
        if entries:
            orgs.outdate_metadata(session, iid)
    return len(entries)


def retried(room: Room, *, module: str | None = None) -> int:
    """How many records the next sync tries again because a person has asked for it."""
    iid = room.integration()
    kinds = _kinds(room, module)
    with room.db.read() as session:
        known = inbox.counts(session, iid)
    asked = (one for one in known if one.state is State.NEW and one.cause == renewal.RETRIED)
    return sum(one.entries for one in asked if one.kind in kinds)


def _kinds(room: Room, module: str | None) -> Sequence[Kind]:
    return room.pairing.parents_first() if module is None else [one.kind for one in room.pairing.kinds_of(module)]


def _entries(session: Session, iid: int, kinds: Sequence[Kind]) -> Iterator[Entry]:
    for kind in kinds:
        after = 0
        while some := inbox.slice(session, iid, kind=kind, states=[State.PROBLEM], after_id=after, limit=SLICE):
            yield from some
            after = some[-1].id


def _is(entry: Entry, text: str) -> bool:
    return text.strip().casefold() in {entry.record.ref.id.casefold(), entry.record.label.casefold()}


def _line(room: Room, entry: Entry) -> ProblemLine:
    ref = entry.record.ref
    return ProblemLine(
        id=ref.id,
        module=room.pairing.kind(ref.kind).module,
        kind=ref.kind,
        product=room.pairing.title(ref.side),
        record=entry.record.label,
        cause=entry.cause or "unknown",
        why=entry.why or "",
        way_out=way_out_of(entry, room.pairing),
        next_try=next_try_of(entry),
    )
