"""Notices: what a person should read, until it was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bigin_sync.errors import Bug
from bigin_sync.store.db import now
from bigin_sync.store.tables_setup import NoticeRow


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two for a person. run_id: the run that said it, if one did."""

    id: int
    run_id: int | None
    at: datetime
    text: str


def add(session: Session, iid: int, *, text: str, run_id: int | None = None) -> None:
    """Leave a notice; one that is waiting to be read in the very same words is not left twice."""
    if all(notice.text != text for notice in unseen(session, iid)):
        session.add(NoticeRow(integration_id=iid, run_id=run_id, at=now(session), text=text, seen=False))
        session.flush()


def unseen(session: Session, iid: int) -> list[Notice]:
    """What nobody has read yet, oldest first."""
    statement = select(NoticeRow).where(NoticeRow.integration_id == iid, col(NoticeRow.seen).is_(False))
    return [_to_notice(row) for row in session.exec(statement.order_by(col(NoticeRow.id)))]


def withdraw(session: Session, iid: int, *, saying: str) -> None:
    """What nobody has read yet and holds these words is over, and need not be read any more."""
    mark_seen(session, iid, ids=[notice.id for notice in unseen(session, iid) if saying in notice.text])


def mark_seen(session: Session, iid: int, *, ids: Sequence[int]) -> None:
    """Note that these were read."""
    statement = select(NoticeRow).where(NoticeRow.integration_id == iid, col(NoticeRow.id).in_(ids))
    for row in session.exec(statement):
        row.seen = True
        session.add(row)
    session.flush()


def _to_notice(row: NoticeRow) -> Notice:
    if row.id is None:
        raise Bug("A notice was read before it was stored.")
    return Notice(row.id, row.run_id, row.at, row.text)
