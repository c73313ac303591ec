"""Cursors: how far each kind of each side has been read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store.columns import epoch, moment
from bigin_sync.store.db import now_epoch
from bigin_sync.store.tables_hot import CURSOR
from bigin_sync.store.upsert import upsert

_c = CURSOR.c


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the reading of one kind of one side stands.

    position: the client's own cursor, which only the client understands. complete: everything has been read once.
    swept_at: when the side was last looked through for records that are gone; None: never.
    """

    position: Mapping[str, Any]
    complete: bool
    swept_at: datetime | None
    updated_at: datetime


_READING = select(_c.position, _c.complete, _c.swept_at, _c.updated_at).where(
    _c.integration_id == bindparam("iid"), _c.side == bindparam("side"), _c.kind == bindparam("kind")
)


def get(session: Session, iid: int, *, side: Side, kind: Kind) -> Reading | None:
    """Where the reading stands, or None when it never began."""
    asked = {"iid": iid, "side": side.value, "kind": kind}
    row = session.connection().execute(_READING, asked).one_or_none()
    if row is None:
        return None
    return Reading(row[0], row[1], None if row[2] is None else moment(row[2]), moment(row[3]))


def put(session: Session, iid: int, *, side: Side, kind: Kind, position: Mapping[str, Any], complete: bool) -> None:
    """Move the cursor; belongs in the transaction that stores the rows up to it. `swept_at` stays as it is."""
    session.connection().execute(
        upsert(session, CURSOR, key=("integration_id", "side", "kind"), replace=("position", "complete", "updated_at")),
        {
            "integration_id": iid,
            "side": side.value,
            "kind": kind,
            "position": dict(position),
            "complete": complete,
            "swept_at": None,
            "updated_at": now_epoch(session),
        },
    )


def swept(session: Session, iid: int, *, side: Side, kind: Kind, at: datetime) -> None:
    """Note that a side was looked through for records that are gone, as of `at`."""
    session.connection().execute(
        update(CURSOR)
        .where(_c.integration_id == iid, _c.side == side.value, _c.kind == kind)
        .values(swept_at=epoch(at))
    )


def reset(session: Session, iid: int, *, kind: Kind | None = None) -> None:
    """Forget how far was read (of one kind, or of all): the next reading is a full one. `swept_at` stays as it is."""
    where = [_c.integration_id == iid]
    if kind is not None:
        where.append(_c.kind == kind)
    session.connection().execute(
        update(CURSOR).where(*where).values(position={}, complete=False, updated_at=now_epoch(session))
    )
