"""Leases: the right to write for an integration, one process at a time.

Every lease that is granted carries a fence, a number higher than any before. Transactions that write check their fence,
so that a process which slept through its lease cannot write after another one has taken over. A lease that has expired
but that nobody has taken over still holds: nobody else can have written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, select

from bigin_sync.errors import LeaseLost
from bigin_sync.store.db import now
from bigin_sync.store.tables_setup import LEASE, LeaseRow
from bigin_sync.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Lease:
    """A granted lease. holder: who has it, as it named itself."""

    holder: str
    fence: int
    expires_at: datetime


def acquire(session: Session, iid: int, *, holder: str, duration: timedelta) -> Lease | None:
    """The lease, or None while somebody else's (or this holder's earlier one) is still running."""
    at = now(session)
    fresh = {"integration_id": iid, "holder": None, "fence": 0, "expires_at": at}
    session.connection().execute(upsert(session, LEASE, key=("integration_id",), replace=()), fresh)
    row = _row(session, iid)
    if row.holder is not None and row.expires_at > at:
        return None
    row.holder, row.fence, row.expires_at = holder, row.fence + 1, at + duration
    session.add(row)
    session.flush()
    return Lease(holder, row.fence, row.expires_at)


def renew(session: Session, iid: int, *, fence: int, duration: timedelta) -> datetime:
    """Prolong the lease from now on; returns when it expires. Raises `LeaseLost` when it is not ours any more."""
    check(session, iid, fence)
    row = _row(session, iid)
    row.expires_at = now(session) + duration
    session.add(row)
    session.flush()
    return row.expires_at


def release(session: Session, iid: int, *, fence: int) -> None:
    """Give the lease back, if it is still ours."""
    row = session.exec(select(LeaseRow).where(LeaseRow.integration_id == iid)).one_or_none()
    if row is not None and row.fence == fence:
        row.holder, row.expires_at = None, now(session)
        session.add(row)
        session.flush()


def check(session: Session, iid: int, fence: int) -> None:
    """Make sure that the lease is still ours, until this transaction ends. Raises `LeaseLost`."""
    _make_sure(session, _STANDING.with_for_update(read=True), iid, fence=fence)


def look(session: Session, iid: int, fence: int) -> None:
    """Make sure that the lease is still ours now. Raises `LeaseLost`."""
    _make_sure(session, _STANDING, iid, fence=fence)


_STANDING = select_columns(LEASE.c.fence, LEASE.c.holder).where(LEASE.c.integration_id == bindparam("iid"))


def _make_sure(session: Session, statement: Select[int, str | None], iid: int, *, fence: int) -> None:
    row = session.connection().execute(statement, {"iid": iid}).one_or_none()
    if row is not None and row[0] == fence and row[1] is not None:
        return
    raise LeaseLost(
        "Another process has taken over the sync of these orgs."
        if row is not None and row[1]
        else "The lease was lost.",
        why="Two processes writing at once could create records twice.",
        hint="Nothing is lost: let the other one finish, or start again: bigin-sync sync",
    )


def current(session: Session, iid: int) -> Lease | None:
    """The lease that runs now, if any."""
    row = session.exec(select(LeaseRow).where(LeaseRow.integration_id == iid)).one_or_none()
    if row is None or row.holder is None or row.expires_at <= now(session):
        return None
    return Lease(row.holder, row.fence, row.expires_at)


def last(session: Session, iid: int) -> int:
    """The highest fence that was granted so far; 0: none was."""
    return session.exec(select(LeaseRow.fence).where(LeaseRow.integration_id == iid)).one_or_none() or 0


def _row(session: Session, iid: int) -> LeaseRow:
    return session.exec(select(LeaseRow).where(LeaseRow.integration_id == iid).with_for_update()).one()
