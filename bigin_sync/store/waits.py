"""Waits: inbox entries that need another record to be linked first, or one that stands in their way to change."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, exists, select
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref, by_side_and_kind
from bigin_sync.model.side import Side
from bigin_sync.store.among import among
from bigin_sync.store.inbox import State
from bigin_sync.store.renewal import renew
from bigin_sync.store.tables_hot import AWAITED, INBOX
from bigin_sync.store.upsert import upsert

_c = AWAITED.c
_ANYTHING = select(_c.inbox_id).where(_c.integration_id == bindparam("iid")).limit(1)


def await_(session: Session, iid: int, *, rows: Sequence[tuple[int, Ref]]) -> None:
    """Remember for each (entry id, ref) that the entry needs that record; saying it twice changes nothing."""
    if not rows:
        return
    session.connection().execute(
        upsert(session, AWAITED, key=("inbox_id", "side", "kind", "record_id"), replace=()),
        [
            {"inbox_id": entry_id, "side": ref.side.value, "kind": ref.kind, "record_id": ref.id, "integration_id": iid}
            for entry_id, ref in rows
        ],
    )


def wake(session: Session, iid: int, *, refs: Sequence[Ref]) -> int:
    """Make every entry `new` that waits for one of these records, which are linked now; returns how many.

    An entry that waits for several records wakes with the first: planned again, it says itself what it still needs.
    """
    return _wake(session, iid, refs)


def wake_problems(session: Session, iid: int, *, refs: Collection[Ref]) -> int:
    """Make every problem, and what was skipped, `new` in whose way one of these records stood, which have changed or
    are gone; returns how many. What waits for them to be linked goes on waiting.
    """
    return _wake(session, iid, refs, only=(State.PROBLEM, State.SKIPPED))


def _wake(session: Session, iid: int, refs: Collection[Ref], *, only: Sequence[State] = ()) -> int:
    connection = session.connection()
    if not refs or connection.execute(_ANYTHING, {"iid": iid}).first() is None:
        return 0
    woken: set[int] = set()
    for (side, kind), ids in by_side_and_kind(refs).items():
        where = [_c.integration_id == iid, _c.side == side, _c.kind == kind, among(_c.record_id, ids)]
        if only:
            # Told of each that is found, and not looked for first: what is outside a list view was skipped too.
            where.append(
                exists()
                .where(INBOX.c.id == _c.inbox_id, INBOX.c.kind == kind)
                .where(INBOX.c.state.in_([state.value for state in only]))
            )
        woken.update(connection.execute(select(_c.inbox_id).where(*where)).scalars())
    if woken:
        connection.execute(delete(AWAITED).where(among(_c.inbox_id, woken)))
    renew(session, sorted(woken))
    return len(woken)


def awaited_by(session: Session, ids: Sequence[int]) -> dict[int, list[Ref]]:
    """What each of these entries waits for; entries that wait for nothing are left out."""
    found: dict[int, list[Ref]] = {}
    columns = (_c.inbox_id, _c.side, _c.kind, _c.record_id)
    for entry_id, side, kind, record_id in session.connection().execute(
        select(*columns).where(among(_c.inbox_id, ids))
    ):
        found.setdefault(entry_id, []).append(Ref(Side(side), Kind(kind), record_id))
    return found
