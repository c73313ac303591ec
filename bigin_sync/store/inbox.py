"""The inbox: what was read from the sides and is not settled yet.

An entry is one record of one side. It is `new` until it is planned; then it is settled and removed, or parked: it waits
for another record (`waiting`), for a person (`held`), is left out for a reason (`skipped`) or cannot be written now
(`problem`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, bindparam, delete, func, not_, or_, select, update
from sqlmodel import Session

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Record, Ref, by_side_and_kind
from bigin_sync.model.side import Side
from bigin_sync.store.among import among
from bigin_sync.store.bulk import inserting, reserve_ids, updating
from bigin_sync.store.columns import SIDES, as_text, epoch, json_text, json_value, moment
from bigin_sync.store.tables_hot import AWAITED, INBOX, INBOX_KEY
from bigin_sync.store.ties import BOUND

_c = INBOX.c
_IDENTITY = ("integration_id", "side", "kind", "record_id")
_CONTENT = tuple(column.name for column in INBOX.columns if column.name not in {*_IDENTITY, "id"})
_INSERT = inserting(INBOX, ("id", *_IDENTITY, *_CONTENT))
_INSERT_KEY = inserting(INBOX_KEY, ("inbox_id", "rank", "key", "integration_id", "side", "kind"))
_REPLACE = updating(INBOX, _CONTENT)
_PARK = updating(INBOX, ("state", "cause", "why", "detail"))
_POSTPONE = updating(INBOX, ("state", "cause", "why", "tries", "next_try_at"))
_SET_LINK = updating(INBOX, ("link_id",))
_ADMIT = updating(INBOX, ("admitted",))
# JSON comes as the text it is, and is read here: SQLAlchemy's way to do so costs more than all the rest of a row.
_ENTRIES = select(
    *(_c.id, _c.side, _c.kind, _c.record_id, as_text(_c.vals), _c.label, _c.modified_at, _c.modified_by, _c.created_at),
    *(_c.created_by, _c.link_id, _c.state, _c.admitted, _c.cause, _c.why, as_text(_c.detail), _c.tries),
    _c.next_try_at,
)
# Asked so often that to put the question together each time would cost as much as to answer it.
_SLICE = (
    _ENTRIES.where(_c.integration_id == bindparam("iid"), _c.kind == bindparam("of_kind"))
    .where(_c.state == bindparam("in_state"), _c.id > bindparam("after"))
    .order_by(_c.id)
    .limit(bindparam("most", type_=Integer))
)
_SLICES: Final[Mapping[bool | None, Select[Any]]] = {
    None: _SLICE,
    True: _SLICE.where(_c.link_id.is_not(None)),
    False: _SLICE.where(_c.link_id.is_(None)),
}
_DUE = (
    select(_c.id)
    .where(_c.integration_id == bindparam("iid"), _c.kind == bindparam("of_kind"))
    .where(_c.state == bindparam("in_state"), _c.cause.in_(bindparam("causes", expanding=True)))
    .where(or_(_c.next_try_at.is_(None), _c.next_try_at <= bindparam("at", type_=BigInteger)))
    .order_by(_c.id)
)


class State(StrEnum):
    """Where an entry stands."""

    NEW = "new"
    WAITING = "waiting"
    HELD = "held"
    SKIPPED = "skipped"
    PROBLEM = "problem"


_STATES: Final = {state.value: state for state in State}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A record as it was just read.

    keys: (rank, match key), rank 0 the strongest. admitted: None: no view decides, or it has not been asked. A row in
    another state than `new` is set aside as it comes in, with its reason.
    """

    record: Record
    keys: Sequence[tuple[int, str]] = ()
    link_id: int | None = None
    admitted: bool | None = None
    state: State = State.NEW
    cause: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in the inbox. cause: a short word for machines; why: a sentence for people; detail: plain JSON; tries:
    how often a side has stumbled over it as it is. next_try_at: when it is, or was, to be tried again as it is.
    """

    id: int
    record: Record
    link_id: int | None
    state: State
    admitted: bool | None
    cause: str | None = None
    why: str | None = None
    detail: Any = None
    tries: int = 0
    next_try_at: datetime | None = None

    @property
    def tried(self) -> bool:
        """Whether a run was about to write it as it is, and could not."""
        return self.next_try_at is not None


@dataclass(frozen=True, slots=True)
class Parked:
    """What becomes of an entry that cannot be settled now."""

    entry_id: int
    state: State
    why: str
    cause: str | None = None
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """An entry that is tried again at or after a moment; until then it waits, or is a problem. tries: how often a side
    has stumbled over it by now.
    """

    entry_id: int
    why: str
    cause: str
    tries: int
    next_try_at: datetime
    state: State = State.WAITING


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries of a side and kind are in the same state for the same reason."""

    side: Side
    kind: Kind
    state: State
    cause: str | None
    why: str | None
    entries: int


def put(session: Session, iid: int, *, run_id: int, rows: Sequence[InboxRow]) -> int:
    """Take in records as they were read; each replaces what the inbox held of it, and is `new` again.

    A row that is older than what the inbox holds (two pages of one reading may cross an edit) changes nothing. Match
    keys are replaced, a wait is forgotten. Returns how many rows were taken.
    """
    taken = 0
    groups: dict[tuple[Side, Kind], dict[str, InboxRow]] = {}
    for row in rows:
        ref = row.record.ref
        group = groups.setdefault((ref.side, ref.kind), {})
        known = group.get(ref.id)
        if known is None or known.record.modified_at <= row.record.modified_at:
            group[ref.id] = row
    for (side, kind), group in groups.items():
        taken += _put(session, iid, run_id=run_id, side=side, kind=kind, rows=group)
    return taken


def _put(session: Session, iid: int, *, run_id: int, side: Side, kind: Kind, rows: Mapping[str, InboxRow]) -> int:
    connection = session.connection()
    where = (_c.integration_id == iid, _c.side == side, _c.kind == kind, among(_c.record_id, rows))
    known = {
        record_id: (id, modified_at)
        for id, record_id, modified_at in connection.execute(select(_c.id, _c.record_id, _c.modified_at).where(*where))
    }
    fresh = {id: row for id, row in rows.items() if id not in known or known[id][1] <= epoch(row.record.modified_at)}
    if not fresh:
        return 0
    ids = {id: known[id][0] for id in fresh if id in known}
    if ids:
        entries = list(ids.values())
        connection.execute(delete(INBOX_KEY).where(among(INBOX_KEY.c.inbox_id, entries), not_(BOUND)))
        connection.execute(delete(AWAITED).where(among(AWAITED.c.inbox_id, entries)))
        _REPLACE.run(session, [(*_content(fresh[id], run_id), row_id) for id, row_id in ids.items()])
    unknown = [id for id in fresh if id not in ids]
    numbers = reserve_ids(session, INBOX, count=len(unknown))
    ids.update(zip(unknown, numbers, strict=True))
    place = (iid, side.value, kind)
    _INSERT.run(session, [(ids[id], *place, id, *_content(fresh[id], run_id)) for id in unknown])
    _INSERT_KEY.run(
        session,
        [(ids[id], rank, key, *place) for id, row in fresh.items() for rank, key in dict.fromkeys(row.keys)],
    )
    return len(fresh)


def _content(row: InboxRow, run_id: int) -> tuple[object, ...]:
    """The values of `_CONTENT`, in that order."""
    record = row.record
    return (
        json_text(record.values),
        record.label,
        epoch(record.modified_at),
        record.modified_by,
        None if record.created_at is None else epoch(record.created_at),
        record.created_by,
        row.link_id,
        row.state.value,
        row.admitted,
        row.cause,
        row.why,
        None,
        run_id,
        0,
        None,
    )


def _to_entry(row: Sequence[Any]) -> Entry:
    id, side, kind, record_id, vals, label, modified_at, modified_by, created_at, created_by, *rest = row
    link_id, state, admitted, cause, why, detail, tries, next_try_at = rest
    record = Record(
        Ref(SIDES[side], kind, record_id),
        json_value(vals),
        label,
        moment(modified_at),
        modified_by,
        None if created_at is None else moment(created_at),
        created_by,
    )
    next_try = None if next_try_at is None else moment(next_try_at)
    return Entry(id, record, link_id, _STATES[state], admitted, cause, why, json_value(detail), tries, next_try)


def remove(session: Session, ids: Sequence[int]) -> None:
    """Take settled entries out, with their keys and waits."""
    if ids:
        session.connection().execute(delete(INBOX).where(among(_c.id, ids)))


def slice(  # noqa: A001 -- the word of the trade, always read as `inbox.slice`
    session: Session,
    iid: int,
    *,
    kind: Kind,
    states: Sequence[State],
    after_id: int = 0,
    limit: int,
    linked: bool | None = None,
) -> list[Entry]:
    """The next entries of a kind in these states, by rising id, after `after_id`; fewer than `limit` are the last.

    linked: only entries with (True) or without (False) a link. Entries that are parked or removed between two slices
    shift nothing: none is missed, none is given twice.
    """
    found: list[Entry] = []
    for state in states:
        asked = {"iid": iid, "of_kind": kind, "in_state": state.value, "after": after_id, "most": limit}
        found += _told(session, _SLICES[linked], asked)
    found.sort(key=lambda entry: entry.id)
    return found[:limit]


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Entry]:
    """The entries of these ids that are still in the inbox."""
    return {entry.id: entry for entry in _read(session, [among(_c.id, ids)])} if ids else {}


def by_refs(session: Session, iid: int, *, refs: Sequence[Ref]) -> dict[Ref, Entry]:
    """The entries of these records, for those that are in the inbox."""
    return {
        entry.record.ref: entry
        for (side, kind), ids in by_side_and_kind(refs).items()
        for entry in _read(
            session, [_c.integration_id == iid, _c.side == side, _c.kind == kind, among(_c.record_id, ids)]
        )
    }


def by_links(session: Session, iid: int, *, link_ids: Sequence[int]) -> dict[int, dict[Side, Entry]]:
    """For each of these links that has entries: the entry of either side that is in the inbox."""
    found: dict[int, dict[Side, Entry]] = {}
    if not link_ids:
        return found
    for entry in _read(session, [_c.integration_id == iid, among(_c.link_id, link_ids)]):
        if entry.link_id is not None:
            found.setdefault(entry.link_id, {})[entry.record.ref.side] = entry
    return found


def _read(session: Session, where: Sequence[ColumnElement[bool]], *, limit: int | None = None) -> list[Entry]:
    return _told(session, _ENTRIES.where(*where).order_by(_c.id).limit(limit), {})


def _told(session: Session, statement: Select[Any], asked: Mapping[str, Any]) -> list[Entry]:
    return [_to_entry(row) for row in session.connection().execute(statement, asked)]


def park(session: Session, rows: Sequence[Parked]) -> None:
    """Set entries aside, each with its reason."""
    _PARK.run(session, [(row.state.value, row.cause, row.why, json_text(row.detail), row.entry_id) for row in rows])


def postpone(session: Session, rows: Sequence[Postponed]) -> None:
    """Set entries aside until they are `due`; an edit makes them new before that, and untried."""
    _POSTPONE.run(
        session,
        [(row.state.value, row.cause, row.why, row.tries, epoch(row.next_try_at), row.entry_id) for row in rows],
    )


def due(session: Session, iid: int, *, kind: Kind, state: State, causes: Collection[str], at: datetime) -> list[int]:
    """The ids of a kind's entries that are set aside in a state for one of these causes, and whose time has come; those
    of which no time was noted are among them.
    """
    given = {"iid": iid, "of_kind": kind, "in_state": state.value, "causes": sorted(causes), "at": epoch(at)}
    return list(session.connection().execute(_DUE, given).scalars())


def unasked(session: Session, iid: int, *, side: Side, kind: Kind, after_id: int = 0, limit: int) -> list[Entry]:
    """The next new unlinked entries of a side of which nobody has asked yet whether the list view admits them."""
    where = [_c.integration_id == iid, _c.kind == kind, _c.state == State.NEW.value, _c.side == side]
    return _read(session, [*where, _c.link_id.is_(None), _c.admitted.is_(None), _c.id > after_id], limit=limit)


def set_aside_for(session: Session, iid: int, *, kind: Kind, causes: Collection[str]) -> list[Entry]:
    """The entries of a kind that wait for one of these causes."""
    where = (_c.integration_id == iid, _c.kind == kind, _c.state == State.WAITING.value, _c.cause.in_(causes))
    return _read(session, where)


def unlinked_made(session: Session, iid: int, *, side: Side, kind: Kind, by: str, since: datetime) -> list[Entry]:
    """The entries of records without a link that a user made on a side at or after a moment."""
    where = (_c.integration_id == iid, _c.side == side, _c.kind == kind, _c.link_id.is_(None))
    return _read(session, [*where, _c.created_by == by, _c.created_at >= epoch(since)])


def admit(session: Session, rows: Sequence[tuple[int, bool]]) -> None:
    """Note for each (entry id, answer) whether the list view admits it."""
    _ADMIT.run(session, [(inside, entry_id) for entry_id, inside in rows])


def forget_admissions(session: Session, iid: int, *, kind: Kind) -> None:
    """The list view of a kind shows other records now: whatever it said of unlinked ones is to be asked again."""
    where = (_c.integration_id == iid, _c.kind == kind, _c.link_id.is_(None), _c.admitted.is_not(None))
    session.connection().execute(update(INBOX).where(*where).values(admitted=None))


def ids(session: Session, iid: int, *, kind: Kind, state: State) -> list[int]:
    """The ids of a kind's entries in a state."""
    where = (_c.integration_id == iid, _c.kind == kind, _c.state == state.value)
    return list(session.connection().execute(select(_c.id).where(*where)).scalars())


def size(session: Session, iid: int, *, kind: Kind) -> int:
    """How many entries a kind has, whatever their state."""
    where = (_c.integration_id == iid, _c.kind == kind)
    return session.connection().execute(select(func.count()).where(*where)).scalar_one()


def any_older(session: Session, iid: int, *, side: Side, kind: Kind, run_id: int) -> bool:
    """Whether a side has unlinked entries that were last read before this run and are `new`, or may be so in a moment:
    they wait, and there is something new of some kind that they may wait for.
    """
    of_any_kind = (_c.integration_id == iid, _c.state == State.NEW.value)
    states = [State.NEW.value]
    if session.connection().execute(select(_c.id).where(*of_any_kind).limit(1)).first() is not None:
        states.append(State.WAITING.value)
    where = (_c.integration_id == iid, _c.side == side, _c.kind == kind, _c.state.in_(states))
    found = select(_c.id).where(*where, _c.link_id.is_(None), _c.run_id != run_id).limit(1)
    return session.connection().execute(found).first() is not None


def set_link(session: Session, rows: Sequence[tuple[int, int]]) -> None:
    """Note for each (entry id, link id) that the entry's record is linked now."""
    _SET_LINK.run(session, [(link_id, entry_id) for entry_id, link_id in rows])


def counts(session: Session, iid: int) -> list[Count]:
    """How many entries stand where and why, by side, kind, state and reason."""
    columns = (_c.side, _c.kind, _c.state, _c.cause, _c.why)
    rows = session.connection().execute(
        select(*columns, func.count()).where(_c.integration_id == iid).group_by(*columns).order_by(*columns)
    )
    return [
        Count(Side(side), Kind(kind), State(state), cause, why, entries)
        for side, kind, state, cause, why, entries in rows
    ]
