"""Associations: which records of linked pairs are known to have been joined with each other.

What is remembered is that two pairs were joined on both sides once. A pair of pairs that is remembered is never joined
again, so that what a person has parted stays parted.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.store.among import among
from bigin_sync.store.bulk import inserting
from bigin_sync.store.columns import epoch, moment
from bigin_sync.store.db import now_epoch
from bigin_sync.store.tables_joined import ASSOCIATION, ASSOCIATION_SWEEP
from bigin_sync.store.upsert import upsert

Joined: TypeAlias = tuple[int, int]
"""The ids of two links whose records are joined: (the deal's, the product's)."""

_c = ASSOCIATION.c
_s = ASSOCIATION_SWEEP.c
_INSERT = inserting(ASSOCIATION, ("link_id", "other_id", "integration_id", "made_at"))
_FORGET = delete(ASSOCIATION).where(_c.link_id == bindparam("link"), _c.other_id == bindparam("other"))


def known(session: Session, *, links: Collection[int] = (), others: Collection[int] = ()) -> set[Joined]:
    """What is remembered of these links (the deals'), and of these others (the products')."""
    found: set[Joined] = set()
    for column, ids in ((_c.link_id, links), (_c.other_id, others)):
        rows = session.connection().execute(select(_c.link_id, _c.other_id).where(among(column, ids)))
        found.update((link_id, other_id) for link_id, other_id in rows)
    return found


def remember(session: Session, iid: int, joined: Collection[Joined]) -> None:
    """Remember that these were joined on both sides; what is remembered already stays."""
    before = known(session, links={link_id for link_id, _ in joined})
    made_at = now_epoch(session)
    _INSERT.run(session, [(link, other, iid, made_at) for link, other in sorted(set(joined) - before)])


def forget(session: Session, joined: Collection[Joined]) -> None:
    """Forget associations that neither side has any more: made anew, they are new."""
    if joined:
        session.connection().execute(_FORGET, [{"link": link, "other": other} for link, other in sorted(joined)])


def swept_at(session: Session, iid: int, *, kind: Kind, other: Kind) -> datetime | None:
    """When all associations of a kind with another were last looked through; None: never."""
    where = (_s.integration_id == iid, _s.kind == kind, _s.other_kind == other)
    found = session.connection().execute(select(_s.swept_at).where(*where)).scalar_one_or_none()
    return None if found is None else moment(found)


def swept(session: Session, iid: int, *, kind: Kind, other: Kind, at: datetime) -> None:
    """Note that all associations of a kind with another were looked through, as of `at`."""
    session.connection().execute(
        upsert(session, ASSOCIATION_SWEEP, key=("integration_id", "kind", "other_kind"), replace=("swept_at",)),
        {"integration_id": iid, "kind": kind, "other_kind": other, "swept_at": epoch(at)},
    )
