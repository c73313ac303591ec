"""Copied: by which match keys the records are known of which copies were made lately.

Somebody may enter by hand what is just being copied to the same side. Once the copy is linked, its keys are gone from
the inbox, and nothing else would tell that the two are alike.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, literal, select
from sqlmodel import Session

from bigin_sync.model.side import Side
from bigin_sync.store.among import among
from bigin_sync.store.columns import epoch, moment
from bigin_sync.store.db import now, now_epoch
from bigin_sync.store.tables_hot import COPIED_KEY, INBOX, INBOX_KEY

KEPT = timedelta(days=1)
"""How long the keys of a copy are kept."""

_c = COPIED_KEY.c
_COLUMNS = ("integration_id", "kind", "side", "rank", "key", "source_id", "made_at")


@dataclass(frozen=True, slots=True)
class Alike:
    """An unlinked entry that has a key, of this rank, of a record which was copied to its side.

    source_id: the record that was copied, on the other side; made_at: when, by our clock.
    """

    entry_id: int
    rank: int
    source_id: str
    made_at: datetime


def remember(session: Session, *, side: Side, entries: Collection[int], ranks: Collection[int]) -> None:
    """Keep the keys of entries whose records were just copied to a side, as far as they have these ranks."""
    keys = INBOX_KEY.c
    found = (
        select(
            *(keys.integration_id, keys.kind, literal(side.value), keys.rank, keys.key, INBOX.c.record_id),
            literal(now_epoch(session)),
        )
        .join(INBOX, INBOX.c.id == keys.inbox_id)
        .where(among(keys.inbox_id, entries), keys.rank.in_(sorted(ranks)))
    )
    session.connection().execute(insert(COPIED_KEY).from_select(list(_COLUMNS), found))


def alike(session: Session, entries: Collection[int]) -> list[Alike]:
    """Which of these entries share a key with a record that was copied to their side; the surest keys first."""
    keys = INBOX_KEY.c
    same = (
        (_c.integration_id == keys.integration_id)
        & (_c.kind == keys.kind)
        & (_c.key == keys.key)
        & (_c.rank == keys.rank)
        & (_c.side == keys.side)
    )
    found = (
        select(keys.inbox_id, _c.rank, _c.source_id, _c.made_at)
        .select_from(INBOX_KEY.join(COPIED_KEY, same))
        .where(among(keys.inbox_id, entries))
        .order_by(_c.rank, _c.id)
    )
    return [Alike(id, rank, source, moment(at)) for id, rank, source, at in session.connection().execute(found)]


def forget(session: Session, iid: int) -> None:
    """Forget what was copied too long ago to be entered by hand at the same time."""
    before = epoch(now(session) - KEPT)
    session.connection().execute(delete(COPIED_KEY).where(_c.integration_id == iid, _c.made_at < before))
