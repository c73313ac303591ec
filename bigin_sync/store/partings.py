"""Partings: what the journal has noted of links that were given up since the record on a side is gone."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store.among import among
from bigin_sync.store.columns import epoch, moment
from bigin_sync.store.journal import State
from bigin_sync.store.tables_hot import JOURNAL, PARTED

FOR_GOOD = "for_good"
"""In the payload of what was noted when a deleted record could no longer be restored: the side."""

ALLOWED = "allowed"
"""In the payload of what was noted when a person had let a run go on, however much is gone: the side."""

_c = JOURNAL.c


def links_since(session: Session, iid: int, *, kind: Kind, since: datetime) -> list[int]:
    """The links of a kind whose record was found deleted at or after `since`."""
    return sorted({link_id for link_id, _at, _payload in _noted(session, *_of(iid, kind, since))})


def not_allowed_since(session: Session, iid: int, *, kind: Kind, side: Side, since: datetime) -> list[int]:
    """Those of them that no person has let go, neither them nor others of that side after them."""
    found: list[int] = []
    for link_id, _at, payload in _noted(session, *_of(iid, kind, since)):
        if payload.get(ALLOWED) == side.value:
            found = []
        elif FOR_GOOD not in payload:
            found.append(link_id)
    return found


def last_at(session: Session, *, link_ids: Sequence[int]) -> dict[int, datetime]:
    """When the record of each of these links was found deleted, the last time."""
    found = _noted(session, among(_c.link_id, link_ids), _c.state == State.NOTED.value)
    return {link_id: moment(at) for link_id, at, payload in found if FOR_GOOD not in payload}


def for_good(session: Session, *, side: Side, link_ids: Sequence[int]) -> set[int]:
    """Those of these links whose record on a side is known to be deleted for good."""
    found = _noted(session, among(_c.link_id, link_ids))
    return {link_id for link_id, _at, payload in found if payload.get(FOR_GOOD) == side.value}


def _of(iid: int, kind: Kind, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (_c.integration_id == iid, _c.kind == kind, _c.planned_at >= epoch(since))


def _noted(session: Session, *where: ColumnElement[bool]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Link, moment and payload of each note, the oldest first."""
    asked = select(_c.link_id, _c.planned_at, _c.payload).where(*where, PARTED, _c.link_id.is_not(None))
    for link_id, at, payload in session.connection().execute(asked.order_by(_c.id)):
        yield link_id, at, payload or {}
