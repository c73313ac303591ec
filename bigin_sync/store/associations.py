"""Associations: which records of linked pairs are known to be joined with each other, and whose lists are to be read.

What is remembered is on which sides two pairs were joined when that side was last looked at. So it can be told who has
joined or parted them since: what a person has parted stays parted, and what is joined anew is new.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import bindparam, delete, or_, select
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.among import among
from bigin_sync.store.columns import epoch, moment
from bigin_sync.store.db import now_epoch
from bigin_sync.store.tables_hot import LINK
from bigin_sync.store.tables_joined import ASSOCIATION, ASSOCIATION_DUE, ASSOCIATION_SWEEP
from bigin_sync.store.upsert import upsert

Joined: TypeAlias = tuple[int, int]
"""The ids of two links whose records are joined: (the deal's, the product's)."""

_c = ASSOCIATION.c
_d = ASSOCIATION_DUE.c
_s = ASSOCIATION_SWEEP.c
_FORGET = delete(ASSOCIATION).where(_c.link_id == bindparam("link"), _c.other_id == bindparam("other"))
_ON: Final = {Side.LEFT: "on_left", Side.RIGHT: "on_right"}


def known(session: Session, *, links: Collection[int] = (), others: Collection[int] = ()) -> dict[Joined, set[Side]]:
    """What is remembered of these links (the deals'), and of these others (the products'): on which sides they were."""
    found: dict[Joined, set[Side]] = {}
    for column, ids in ((_c.link_id, links), (_c.other_id, others)):
        told = select(_c.link_id, _c.other_id, _c.on_left, _c.on_right).where(among(column, ids))
        for link_id, other_id, *on in session.connection().execute(told):
            found[link_id, other_id] = {side for side, there in zip(BOTH, on, strict=True) if there}
    return found


def remember(session: Session, iid: int, joined: Mapping[Joined, Collection[Side]]) -> None:
    """Remember on which sides these were seen; what is on none is forgotten."""
    made_at = now_epoch(session)
    rows = [
        {"link_id": link, "other_id": other, "integration_id": iid, "made_at": made_at}
        | {name: side in on for side, name in _ON.items()}
        for (link, other), on in sorted(joined.items())
        if on
    ]
    if rows:
        replace = list(_ON.values())
        session.connection().execute(upsert(session, ASSOCIATION, key=("link_id", "other_id"), replace=replace), rows)
    if gone := [{"link": link, "other": other} for (link, other), on in sorted(joined.items()) if not on]:
        session.connection().execute(_FORGET, gone)


def forget(session: Session, link_id: int) -> None:
    """Forget what is remembered of a link, one of whose records is another one now."""
    session.connection().execute(delete(ASSOCIATION).where(or_(_c.link_id == link_id, _c.other_id == link_id)))


def touch(session: Session, touched: Iterable[tuple[int, Side]]) -> None:
    """Note for each (link id, side) that the lists of its record there are to be read."""
    if rows := [{"link_id": link_id, "side": side.value} for link_id, side in touched]:
        session.connection().execute(upsert(session, ASSOCIATION_DUE, key=("link_id", "side"), replace=()), rows)


def touched(session: Session, iid: int, *, kind: Kind) -> dict[int, set[Side]]:
    """The links of a kind whose lists are to be read -> on which sides."""
    found: dict[int, set[Side]] = {}
    where = (LINK.c.id == _d.link_id, LINK.c.integration_id == iid, LINK.c.kind == kind)
    for link_id, side in session.connection().execute(select(_d.link_id, _d.side).where(*where)):
        found.setdefault(link_id, set()).add(Side(side))
    return found


def looked(session: Session, link_ids: Collection[int]) -> None:
    """Note that the lists of these links were read, and that what was new in them was carried."""
    session.connection().execute(delete(ASSOCIATION_DUE).where(among(_d.link_id, link_ids)))


def swept_at(session: Session, iid: int, *, kind: Kind, other: Kind) -> datetime | None:
    """When all associations of a kind with another were last looked through; None: never."""
    where = (_s.integration_id == iid, _s.kind == kind, _s.other_kind == other)
    found = session.connection().execute(select(_s.swept_at).where(*where)).scalar_one_or_none()
    return None if found is None else moment(found)


def swept(session: Session, iid: int, *, kind: Kind, other: Kind, at: datetime) -> None:
    """Note that all associations of a kind with another were looked through, as of `at`: no list is left to be read."""
    session.connection().execute(
        upsert(session, ASSOCIATION_SWEEP, key=("integration_id", "kind", "other_kind"), replace=("swept_at",)),
        {"integration_id": iid, "kind": kind, "other_kind": other, "swept_at": epoch(at)},
    )
    of_both = select(LINK.c.id).where(LINK.c.integration_id == iid, LINK.c.kind.in_([kind, other]))
    session.connection().execute(delete(ASSOCIATION_DUE).where(_d.link_id.in_(of_both)))
