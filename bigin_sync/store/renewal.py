"""Renewal: entries that were set aside are made new again, because what kept them may have changed."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, bindparam, select, update

from bigin_sync.model.kind import Kind
from bigin_sync.store.among import among
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import State
from bigin_sync.store.tables_hot import INBOX

RETRIED = "retried"
"""The cause of a new entry that was a problem until a person asked for another try."""

_c = INBOX.c
_PROBLEM = (
    select(_c.id)
    .where(_c.integration_id == bindparam("iid"), _c.kind == bindparam("of_kind"), _c.state == State.PROBLEM.value)
    .limit(1)
)


def renew(session: Session, ids: Sequence[int], *, cause: str | None = None) -> None:
    """Let these entries be planned again. cause: what brought that about, where somebody wants to know."""
    if ids:
        _renew(session, among(_c.id, ids), cause=cause)


def renew_links(session: Session, iid: int, *, link_ids: Sequence[int]) -> None:
    """Let what is left in the inbox of these links be planned again."""
    if link_ids:
        _renew(session, _c.integration_id == iid, among(_c.link_id, link_ids))


def renew_problems_of_links(
    session: Session, iid: int, *, kind: Kind, link_ids: Collection[int], causes: Collection[str]
) -> None:
    """Let what could not be written of these links of a kind for one of these causes be tried again."""
    if link_ids and session.connection().execute(_PROBLEM, {"iid": iid, "of_kind": kind}).first() is not None:
        where = (_c.integration_id == iid, _c.kind == kind, _c.state == State.PROBLEM.value, _c.cause.in_(causes))
        _renew(session, *where, among(_c.link_id, link_ids))


def renew_held(session: Session, iid: int, *, kind: Kind) -> None:
    """Let unlinked entries of a kind that wait for a person be matched again: one of their candidates is gone."""
    _renew(
        session,
        _c.integration_id == iid,
        _c.kind == kind,
        _c.state == State.HELD.value,
        _c.link_id.is_(None),
    )


def renew_unlinked(session: Session, iid: int, *, kind: Kind) -> None:
    """Let all unlinked entries of a kind be planned again: what is synced was decided anew."""
    _renew(session, _c.integration_id == iid, _c.kind == kind, _c.link_id.is_(None), _c.state != State.NEW.value)


def renew_problems(session: Session, iid: int, *, kind: Kind) -> int:
    """Let the entries of a kind that could not be written be tried again; returns how many."""
    return _renew(session, _c.integration_id == iid, _c.kind == kind, _c.state == State.PROBLEM.value)


def renew_waiting(session: Session, iid: int, *, kind: Kind, cause: str) -> int:
    """Let the entries of a kind that wait for this cause be planned again; returns how many."""
    where = (_c.integration_id == iid, _c.kind == kind, _c.state == State.WAITING.value, _c.cause == cause)
    return _renew(session, *where)


def _renew(session: Session, *where: ColumnElement[bool], cause: str | None = None) -> int:
    changed = update(INBOX).where(*where).values(state=State.NEW.value, cause=cause, why=None, detail=None)
    return session.connection().execute(changed).rowcount
