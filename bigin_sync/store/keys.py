"""Match keys: where unlinked records of the two sides may be the same thing."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, String, bindparam, case, cast, delete, func, select
from sqlmodel import Session

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store.among import among
from bigin_sync.store.bulk import inserting
from bigin_sync.store.inbox import Entry, State
from bigin_sync.store.tables_hot import INBOX, INBOX_KEY
from bigin_sync.store.ties import CALLED_NEW, LIKE, RANK


@dataclass(frozen=True, slots=True)
class Shared:
    """A match key that unlinked records of both sides have; their inbox entry ids by rising id."""

    key: str
    left: tuple[int, ...]
    right: tuple[int, ...]


_INSERT = inserting(INBOX_KEY, ("inbox_id", "rank", "key", "integration_id", "kind", "side"))


def replace(session: Session, iid: int, *, found: Mapping[int, Sequence[tuple[int, str]]], of: Sequence[Entry]) -> None:
    """Give entries the match keys found for them (entry id -> rank and key), in place of those they had.

    One that a person calls new is given none; a decision and a sync key stay in any case.
    """
    asked = select(INBOX_KEY.c.inbox_id).where(among(INBOX_KEY.c.inbox_id, [entry.id for entry in of]), CALLED_NEW)
    new = set(session.connection().execute(asked).scalars())
    open_ = [entry for entry in of if entry.id not in new]
    ids = [entry.id for entry in open_]
    session.connection().execute(delete(INBOX_KEY).where(among(INBOX_KEY.c.inbox_id, ids), INBOX_KEY.c.rank > RANK))
    _INSERT.run(
        session,
        [
            (entry.id, rank, key, iid, entry.record.ref.kind, entry.record.ref.side.value)
            for entry in open_
            for rank, key in dict.fromkeys(found.get(entry.id, ()))
        ],
    )


def decided(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of these entries about which a person has decided."""
    said = (INBOX_KEY.c.rank == RANK, INBOX_KEY.c.key.not_like(f"{LIKE}%"))
    statement = select(INBOX_KEY.c.inbox_id).where(among(INBOX_KEY.c.inbox_id, ids), *said)
    return set(session.connection().execute(statement).scalars())


# Starting from the new entries keeps the cost with what changed, however many records have been parked for good.
_FRESH = select(INBOX.c.id).where(
    INBOX.c.integration_id == bindparam("iid"),
    INBOX.c.kind == bindparam("kind"),
    INBOX.c.state == State.NEW.value,
    INBOX.c.link_id.is_(None),
)
_WANTED = select(INBOX_KEY.c.key).where(INBOX_KEY.c.inbox_id.in_(_FRESH), INBOX_KEY.c.rank == bindparam("rank"))


def _ids_of(side: Side) -> ColumnElement[str]:
    """The ids of a group's entries on one side, with commas between them; nothing where there are none."""
    return func.aggregate_strings(case((INBOX_KEY.c.side == side.value, cast(INBOX_KEY.c.inbox_id, String))), ",")


_TIED = (
    select(INBOX_KEY.c.key, _ids_of(Side.LEFT), _ids_of(Side.RIGHT))
    .join(INBOX, INBOX.c.id == INBOX_KEY.c.inbox_id)
    .where(
        INBOX_KEY.c.integration_id == bindparam("iid"),
        INBOX_KEY.c.kind == bindparam("kind"),
        INBOX_KEY.c.rank == bindparam("rank"),
        INBOX.c.link_id.is_(None),
    )
    .group_by(INBOX_KEY.c.key)
    .having(func.min(INBOX_KEY.c.side) < func.max(INBOX_KEY.c.side))
    .order_by(INBOX_KEY.c.key)
    .execution_options(yield_per=1_000)
)
_SHARED = _TIED.where(INBOX_KEY.c.key.in_(_WANTED), INBOX.c.state.in_(bindparam("states", expanding=True)))


def bound(session: Session, iid: int, *, kind: Kind) -> Iterator[Shared]:
    """The groups of unlinked entries of both sides that are bound to each other, the new ones and those set aside: who
    is bound is nobody else's counterpart. There are few.
    """
    for key, left, right in session.connection().execute(_TIED, {"iid": iid, "kind": kind, "rank": RANK}):
        yield Shared(key, _ids(left), _ids(right))


def shared_keys(
    session: Session, iid: int, *, kind: Kind, rank: int, states: Sequence[State] = tuple(State)
) -> Iterator[Shared]:
    """Stream, by rising key, every key of a rank that unlinked entries of both sides have, at least one of them `new`.

    Only entries in `states` are looked at. Only some of them are held in memory at a time; do not write to the inbox
    through the same session before the stream has ended.
    """
    asked = {"iid": iid, "kind": kind, "rank": rank, "states": [state.value for state in states]}
    for key, left, right in session.connection().execute(_SHARED, asked):
        yield Shared(key, _ids(left), _ids(right))


def _ids(listed: str) -> tuple[int, ...]:
    return tuple(sorted(map(int, listed.split(","))))
