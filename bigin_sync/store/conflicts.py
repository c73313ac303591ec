"""Conflicts: contested fields that wait for a person.

A conflict is `open` until a person decides (`resolved`), and `closed` once the decision was carried out, or once the
two sides came to agree by themselves. A link has at most one conflict per field that is not closed.

One that is about no field is a fight: both sides keep changing the whole record back. It is `resolved` when a person
lets it go on, and stays so until the next one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlmodel import Session

from bigin_sync.model.action import Contested, Verdict
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value
from bigin_sync.store.among import among
from bigin_sync.store.db import now
from bigin_sync.store.tables_hot import CONFLICT, LINK, NOT_CLOSED

_c = CONFLICT.c
_COLUMNS = (
    *(_c.id, _c.link_id, _c.kind, _c.field, _c.left_value, _c.right_value, _c.left_at, _c.right_at),
    *(_c.opened_at, _c.state, _c.winner, _c.resolved_at),
)
_PARTED = exists().where(LINK.c.id == _c.link_id, LINK.c.left_gone | LINK.c.right_gone)

WHOLE = ""
"""In place of a field: the whole record."""


class ConflictState(StrEnum):
    """How far a conflict has come."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Fight:
    """A link that was held because both sides keep changing it back. released_at: when a person let it go on, if so."""

    conflict_id: int
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of a link that both sides changed to different values. Times: when either record was last modified."""

    id: int
    link_id: int
    kind: Kind
    field: str
    left_value: Value
    right_value: Value
    left_at: datetime
    right_at: datetime
    opened_at: datetime
    state: ConflictState
    winner: Side | None
    resolved_at: datetime | None


def open_(
    session: Session, iid: int, *, link: Link, contested: Contested, left_at: datetime, right_at: datetime
) -> bool:
    """Ask a person about a field; where the question is open already, its values and times are brought up to date.

    Returns whether there is something to ask: a person may have decided about these very values meanwhile.
    """
    mine = (_c.link_id == link.id, _c.field == contested.field, NOT_CLOSED)
    connection = session.connection()
    columns = (_c.id, _c.winner, _c.left_value, _c.right_value)
    before = connection.execute(select(*columns).where(*mine).with_for_update()).first()
    if before is not None and before.winner is not None:
        verdict = Verdict(Side(before.winner), before.left_value, before.right_value)
        if verdict.holds_for(contested.left, contested.right):
            return False
    shown = {
        "left_value": contested.left,
        "right_value": contested.right,
        "left_at": left_at,
        "right_at": right_at,
        "state": ConflictState.OPEN.value,
        "winner": None,
        "resolved_at": None,
    }
    if before is not None:
        connection.execute(update(CONFLICT).where(_c.id == before.id).values(shown))
        return True
    about = {"integration_id": iid, "link_id": link.id, "kind": link.kind, "field": contested.field}
    connection.execute(insert(CONFLICT).values(**about, **shown, opened_at=now(session)))
    return True


def fight(session: Session, iid: int, *, link: Link, why: str) -> None:
    """Hold a link until a person lets it go on."""
    about = Contested(WHOLE, None, None, None, why)
    open_(session, iid, link=link, contested=about, left_at=link.left.modified_at, right_at=link.right.modified_at)


def fights(session: Session, *, link_ids: Sequence[int]) -> dict[int, Fight]:
    """Which of these links are held, or were once, since both sides keep changing them back."""
    where = (among(_c.link_id, link_ids), _c.field == WHOLE, NOT_CLOSED)
    rows = session.connection().execute(select(_c.link_id, _c.id, _c.resolved_at).where(*where))
    return {link_id: Fight(id, resolved_at) for link_id, id, resolved_at in rows}


def let_go_on(session: Session, iid: int, conflict_id: int) -> None:
    """A person has looked at a fight: what was written until now counts no more."""
    session.connection().execute(
        update(CONFLICT)
        .where(_c.integration_id == iid, _c.id == conflict_id, _c.field == WHOLE)
        .values(state=ConflictState.RESOLVED.value, resolved_at=now(session))
    )


def close(session: Session, *, link_id: int, fields: Sequence[str]) -> None:
    """Put the conflicts of these fields away: they are settled."""
    if fields:
        session.connection().execute(
            update(CONFLICT)
            .where(_c.link_id == link_id, _c.field.in_(fields), NOT_CLOSED)
            .values(state=ConflictState.CLOSED.value)
        )


def close_all(session: Session, *, link_ids: Sequence[int]) -> None:
    """Put the conflicts of all fields of these links away: one of the two sides has taken its edits back."""
    if link_ids:
        session.connection().execute(
            update(CONFLICT)
            .where(among(_c.link_id, link_ids), _c.field != WHOLE, NOT_CLOSED)
            .values(state=ConflictState.CLOSED.value)
        )


def resolve(session: Session, iid: int, conflict_id: int, *, winner: Side) -> None:
    """Take a person's decision, in place of an earlier one: the next run carries it out."""
    session.connection().execute(
        update(CONFLICT)
        .where(_c.integration_id == iid, _c.id == conflict_id, _c.state != ConflictState.CLOSED.value)
        .values(state=ConflictState.RESOLVED.value, winner=winner.value, resolved_at=now(session))
    )


def resolved(session: Session, iid: int, *, link_ids: Sequence[int]) -> dict[int, dict[str, Verdict]]:
    """What was decided and not carried out yet: link id -> field -> verdict."""
    found: dict[int, dict[str, Verdict]] = {}
    where = (_c.integration_id == iid, among(_c.link_id, link_ids), _c.state == ConflictState.RESOLVED.value)
    columns = (_c.link_id, _c.field, _c.winner, _c.left_value, _c.right_value)
    for link_id, field, winner, left, right in session.connection().execute(
        select(*columns).where(*where, _c.field != WHOLE)
    ):
        found.setdefault(link_id, {})[field] = Verdict(Side(winner), left, right)
    return found


def listing(session: Session, iid: int) -> list[Conflict]:
    """All open conflicts, oldest first; those of parted links come back with the record that was deleted."""
    return _read(session, _c.integration_id == iid, _c.state == ConflictState.OPEN.value, ~_PARTED)


def of_other_fields(session: Session, iid: int, *, kind: Kind, fields: Collection[str]) -> list[int]:
    """The links of a kind that have a conflict about a field which is none of these."""
    where = (_c.integration_id == iid, _c.kind == kind, NOT_CLOSED, ~_PARTED, _c.field.not_in([WHOLE, *fields]))
    return list(session.connection().execute(select(_c.link_id).where(*where).distinct()).scalars())


def get(session: Session, iid: int, conflict_id: int) -> Conflict | None:
    """One conflict, whatever its state."""
    return next(iter(_read(session, _c.integration_id == iid, _c.id == conflict_id)), None)


def _read(session: Session, *where: ColumnElement[bool]) -> list[Conflict]:
    rows = session.connection().execute(select(*_COLUMNS).where(*where).order_by(_c.id))
    return [_to_conflict(row) for row in rows]


def _to_conflict(row: Sequence[Any]) -> Conflict:
    id, link_id, kind, field, left, right, left_at, right_at, opened_at, state, winner, resolved_at = row
    return Conflict(
        id=id,
        link_id=link_id,
        kind=Kind(kind),
        field=field,
        left_value=left,
        right_value=right,
        left_at=left_at,
        right_at=right_at,
        opened_at=opened_at,
        state=ConflictState(state),
        winner=None if winner is None else Side(winner),
        resolved_at=resolved_at,
    )
