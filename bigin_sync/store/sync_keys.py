"""Sync keys: which unlinked records of the inbox say of themselves that they are the copy of another one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store.among import among
from bigin_sync.store.columns import SIDES
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import State
from bigin_sync.store.tables_hot import INBOX, INBOX_KEY

RANK = -1
"""What a record's sync key is kept under among its match keys: it names one record, and is compared with no other."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An entry whose record carries a sync key. fresh: it is new in the inbox."""

    entry_id: int
    side: Side
    key: str
    fresh: bool


def holders(session: Session, iid: int, *, kind: Kind) -> Iterator[Holder]:
    """Stream, by rising key, the unlinked entries of a kind that carry one. Do not write to the inbox meanwhile."""
    where = (INBOX_KEY.c.integration_id == iid, INBOX_KEY.c.kind == kind, INBOX_KEY.c.rank == RANK)
    statement = (
        select(INBOX_KEY.c.inbox_id, INBOX_KEY.c.side, INBOX_KEY.c.key, INBOX.c.state)
        .join(INBOX, INBOX.c.id == INBOX_KEY.c.inbox_id)
        .where(*where, INBOX.c.link_id.is_(None))
        .order_by(INBOX_KEY.c.key, INBOX_KEY.c.inbox_id)
        .execution_options(yield_per=1_000)
    )
    for entry_id, side, key, state in session.connection().execute(statement):
        yield Holder(entry_id, SIDES[side], key, state == State.NEW.value)


def carried(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Entry id -> the key its record carries, for those of these entries that carry one."""
    where = (among(INBOX_KEY.c.inbox_id, ids), INBOX_KEY.c.rank == RANK)
    rows = session.connection().execute(select(INBOX_KEY.c.inbox_id, INBOX_KEY.c.key).where(*where))
    return dict(rows.all())
