"""The journal: what was planned, meant to be written, and came of it.

An entry is `planned`, then `intended` (committed before the call leaves), then what the answer made of it: `done`,
`refused`, `overtaken` or `unknown`. A plan that is never carried out is `dropped`; what needed no write is `noted`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Integer, Select, bindparam, delete, func, select, update
from sqlmodel import Session

from bigin_sync.errors import Bug
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.store.among import among
from bigin_sync.store.bulk import Many, inserting, reserve_ids, updating
from bigin_sync.store.columns import SIDES, as_text, epoch, json_text, json_value, moment
from bigin_sync.store.db import now_epoch
from bigin_sync.store.tables_hot import JOURNAL, PLANNED, UNSETTLED
from bigin_sync.store.tables_setup import RUN

_c = JOURNAL.c
_ENTRIES = select(
    *(
        _c.id,
        _c.run_id,
        _c.kind,
        _c.verb,
        _c.target,
        _c.link_id,
        _c.left_id,
        _c.right_id,
        _c.label,
        as_text(_c.payload),
    ),
    *(_c.why, _c.state, _c.call_no, _c.code, _c.message, _c.fence, _c.planned_at, _c.intended_at, _c.settled_at),
    *(_c.sent_as, _c.sent_at, _c.key_field),
)
# Asked so often that to put the question together each time would cost more than to answer it.
_PLANNED = (
    _ENTRIES.where(_c.run_id == bindparam("run"), PLANNED, _c.kind == bindparam("of_kind"))
    .where(_c.verb.in_(bindparam("verbs", expanding=True)), _c.id > bindparam("after"))
    .order_by(_c.id)
    .limit(bindparam("most", type_=Integer))
)
_PLANNED_HERE = _PLANNED.where(_c.target.is_(None))
_PLANNED_THERE = _PLANNED.where(_c.target == bindparam("towards"))
_INSERT = inserting(
    JOURNAL,
    (
        *("id", "integration_id", "run_id", "kind", "verb", "target", "link_id", "left_id", "right_id"),
        *("label", "payload", "why", "state", "planned_at"),
    ),
)
_IDS = ("link_id", "left_id", "right_id")
_SETTLED = ("state", "code", "message", "settled_at", *_IDS)
_KNOWN_OR_SAID = {name: func.coalesce(bindparam(name, type_=_c[name].type), _c[name]) for name in _IDS}
_SETTLE = Many(updating(JOURNAL, _SETTLED).statement.values(_KNOWN_OR_SAID), (*_SETTLED, "row_id"))
_REVISE = updating(JOURNAL, ("payload",))


class State(StrEnum):
    """How far an entry has come."""

    PLANNED = "planned"
    INTENDED = "intended"
    DONE = "done"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    UNKNOWN = "unknown"
    DROPPED = "dropped"
    NOTED = "noted"


_STATES: Final = {state.value: state for state in State}
_VERBS: Final = {verb.value: verb for verb in Verb}

Line: TypeAlias = Step
"""What is written down."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry. call_no: which call of the run carried it; code and message: what the side said about it;
    sent_as and sent_at: as which user of the side it was sent, and when by that side's clock; key_field: the field in
    which a new record was given its sync key.
    """

    id: int
    run_id: int
    line: Line
    state: State
    call_no: int | None
    code: str | None
    message: str | None
    fence: int | None
    planned_at: datetime
    intended_at: datetime | None
    settled_at: datetime | None
    sent_as: str | None = None
    sent_at: datetime | None = None
    key_field: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of an entry. Ids that are None leave what the entry already knows."""

    id: int
    state: State
    link_id: int | None = None
    left_id: str | None = None
    right_id: str | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries of a run share kind, verb, target and state."""

    kind: Kind
    verb: str
    target: Side | None
    state: State
    entries: int


def plan(session: Session, iid: int, *, run_id: int, lines: Sequence[Line]) -> list[int]:
    """Write down what is to be done; returns the entries' ids, rising, in the order of the lines."""
    return _insert(session, iid, run_id=run_id, lines=lines, state=State.PLANNED)


def note(session: Session, iid: int, *, run_id: int, lines: Sequence[Line]) -> list[int]:
    """Write down what was decided or found and needs no write; returns the ids in the order of the lines."""
    return _insert(session, iid, run_id=run_id, lines=lines, state=State.NOTED)


def _insert(session: Session, iid: int, *, run_id: int, lines: Sequence[Line], state: State) -> list[int]:
    ids = list(reserve_ids(session, JOURNAL, count=len(lines)))
    at = now_epoch(session)
    _INSERT.run(
        session, [(id, iid, run_id, *_written(line), state.value, at) for id, line in zip(ids, lines, strict=True)]
    )
    return ids


def _written(line: Line) -> tuple[object, ...]:
    """A line as the columns from `kind` to `why` hold it."""
    target = None if line.target is None else line.target.value
    head = (line.kind, line.verb.value, target, line.link_id, line.left_id, line.right_id)
    return (*head, line.label, json_text(line.payload), line.why)


def planned(
    session: Session,
    run_id: int,
    *,
    kind: Kind,
    verbs: Sequence[Verb],
    target: Side | None,
    after_id: int = 0,
    limit: int,
) -> list[Entry]:
    """The next entries of a run still `planned`, of these verbs and towards this side, by rising id."""
    asked = {"run": run_id, "of_kind": kind, "verbs": [verb.value for verb in verbs], "after": after_id, "most": limit}
    if target is None:
        return _told(session, _PLANNED_HERE, asked)
    return _told(session, _PLANNED_THERE, {**asked, "towards": target.value})


def by_ids(session: Session, ids: Sequence[int]) -> list[Entry]:
    """These entries, by rising id."""
    return _read(session, [among(_c.id, ids)])


def intend(
    session: Session,
    ids: Sequence[int],
    *,
    call_no: int,
    fence: int,
    sent_as: str | None = None,
    sent_at: datetime | None = None,
    key_field: str | None = None,
) -> None:
    """Say that the next call carries these entries; to be committed before the call leaves.

    sent_as: the side's user behind the call. sent_at: the side's own time. key_field: as of `Entry`.

    Raises `Bug` unless every one of them is `planned`: an entry is never sent twice.
    """
    sent = {"sent_as": sent_as, "sent_at": None if sent_at is None else epoch(sent_at), "key_field": key_field}
    said = {"state": State.INTENDED.value, "call_no": call_no, "fence": fence, "intended_at": now_epoch(session)}
    planned = update(JOURNAL).where(among(_c.id, ids), _c.state == State.PLANNED.value)
    changed = session.connection().execute(planned.values(**said, **sent)).rowcount
    if changed != len(ids):
        raise Bug(f"{len(ids) - changed} of {len(ids)} writes were about to be sent without being planned.")


def settle(session: Session, rows: Sequence[Settled]) -> None:
    """Write down what came of entries, together with the links it changed, in one transaction."""
    at = now_epoch(session)
    _SETTLE.run(
        session,
        [(row.state.value, row.code, row.message, at, row.link_id, row.left_id, row.right_id, row.id) for row in rows],
    )


def withdraw(session: Session, run_id: int, *, kind: Kind, verbs: Sequence[Verb]) -> None:
    """Clear away what a run has planned of a kind, because it is about to be planned anew."""
    where = (_c.run_id == run_id, PLANNED, _c.kind == kind, _c.verb.in_([verb.value for verb in verbs]))
    session.connection().execute(delete(JOURNAL).where(*where))


def revise(session: Session, payloads: Mapping[int, Mapping[str, Any]]) -> None:
    """Replace what these entries are going to send: they were decided once more, right before the call."""
    _REVISE.run(session, [(json_text(one), id) for id, one in payloads.items()])


def linked_in(session: Session, run_id: int, *, kind: Kind) -> dict[str, Side | None]:
    """The left ids of the pairs that a run has linked -> the side on which it made one of the two, if it did."""
    verbs = [verb.value for verb in (Verb.LINK, Verb.CREATE)]
    where = (_c.run_id == run_id, _c.kind == kind, _c.verb.in_(verbs), _c.state == State.DONE.value)
    rows = session.connection().execute(select(_c.left_id, _c.verb, _c.target).where(*where, _c.left_id.is_not(None)))
    return {left_id: Side(target) if verb == Verb.CREATE else None for left_id, verb, target in rows}


def crossings(
    session: Session, *, link_ids: Sequence[int], since: datetime
) -> dict[int, list[tuple[datetime, Side, str]]]:
    """When each of these links was updated since a moment, on which side, and with which values; oldest first.

    Runs that wrote both sides of a link at once are left out, and so is what was written at a first meeting.
    """
    found: dict[int, list[tuple[datetime, Side, str]]] = {}
    where = (among(_c.link_id, link_ids), _c.verb == Verb.UPDATE.value, _c.state == State.DONE.value)
    told = select(_c.link_id, _c.settled_at, _c.target, _c.payload).where(*where, _c.settled_at >= epoch(since))
    for link_id, at, target, payload in session.connection().execute(told.order_by(_c.id)):
        values = json.dumps((payload or {}).get("values"), sort_keys=True)
        found.setdefault(link_id, []).append((moment(at), Side(target), values))
    return found


def open_intents(session: Session, iid: int) -> list[Entry]:
    """Writes whose outcome is not known: the answer was lost, or the process ended before it came."""
    return _read(session, [_c.integration_id == iid, UNSETTLED, _c.state != State.PLANNED.value])


def drop_planned(session: Session, iid: int) -> int:
    """Clear away plans that nobody will carry out; returns how many entries.

    What a dry run planned is deleted, as nothing was ever meant to come of it. What a run that ended early planned
    stays in the history as `dropped`.
    """
    where = (_c.integration_id == iid, UNSETTLED, _c.state == State.PLANNED.value)
    dry = select(RUN.c.id).where(RUN.c.integration_id == iid, RUN.c.dry)
    connection = session.connection()
    deleted = connection.execute(delete(JOURNAL).where(*where, _c.run_id.in_(dry))).rowcount
    dropped = connection.execute(
        update(JOURNAL).where(*where).values(state=State.DROPPED.value, settled_at=now_epoch(session))
    ).rowcount
    return deleted + dropped


def tally(session: Session, run_id: int) -> list[Tally]:
    """How many entries of a run came how far, by kind, verb, target and state."""
    columns = (_c.kind, _c.verb, _c.target, _c.state)
    rows = session.connection().execute(
        select(*columns, func.count()).where(_c.run_id == run_id).group_by(*columns).order_by(*columns)
    )
    return [
        Tally(Kind(kind), verb, None if target is None else Side(target), State(state), entries)
        for kind, verb, target, state, entries in rows
    ]


def history(
    session: Session,
    iid: int,
    *,
    link_id: int | None = None,
    ref: Ref | None = None,
    run_id: int | None = None,
    before_id: int | None = None,
    limit: int = 200,
) -> list[Entry]:
    """The latest entries, newest first, of a link, a record or a run; criteria that are given must all hold."""
    where = [_c.integration_id == iid]
    if link_id is not None:
        where.append(_c.link_id == link_id)
    if ref is not None:
        where += [_c.kind == ref.kind, (_c.left_id if ref.side is Side.LEFT else _c.right_id) == ref.id]
    if run_id is not None:
        where.append(_c.run_id == run_id)
    if before_id is not None:
        where.append(_c.id < before_id)
    return _read(session, where, limit=limit, newest_first=True)


def _read(
    session: Session, where: Sequence[ColumnElement[bool]], *, limit: int | None = None, newest_first: bool = False
) -> list[Entry]:
    return _told(session, _ENTRIES.where(*where).order_by(_c.id.desc() if newest_first else _c.id).limit(limit), {})


def _told(session: Session, statement: Select[Any], asked: Mapping[str, Any]) -> list[Entry]:
    return [_to_entry(row) for row in session.connection().execute(statement, asked)]


def _to_entry(row: Sequence[Any]) -> Entry:
    id, run_id, kind, verb, target, link_id, left_id, right_id, label, payload, why, *rest = row
    state, call_no, code, message, fence, planned_at, intended_at, settled_at, sent_as, sent_at, key_field = rest
    return Entry(
        id=id,
        run_id=run_id,
        line=Line(
            kind=kind,
            verb=_VERBS[verb],
            why=why,
            label=label,
            target=None if target is None else SIDES[target],
            link_id=link_id,
            left_id=left_id,
            right_id=right_id,
            payload=json_value(payload) or {},
        ),
        state=_STATES[state],
        call_no=call_no,
        code=code,
        message=message,
        fence=fence,
        planned_at=moment(planned_at),
        intended_at=None if intended_at is None else moment(intended_at),
        settled_at=None if settled_at is None else moment(settled_at),
        sent_as=sent_as,
        sent_at=None if sent_at is None else moment(sent_at),
        key_field=key_field,
    )
