"""Decisions: what a person said, or has to say, about records that several others might be the same as.

A decision is kept as a tie (`ties.py`). Two records that a person calls the same are bound to each other until they
are linked, or one of them is gone: also one that is edited meanwhile, for the answer was about what it is and not about
what it says. A record that a person calls new is matched by its values again once it is edited.

One that is, or may be, the same as a record which has another counterpart is a twin. It is tied to that record and not
to an entry, for what is linked is in the inbox no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, true

from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.store.among import among
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State
from bigin_sync.store.renewal import renew
from bigin_sync.store.tables_hot import INBOX, INBOX_KEY
from bigin_sync.store.ties import ALONE, LIKE, RANK, SAME_AS, tied_to, to

_c = INBOX_KEY.c
_TWIN = (_c.inbox_id, _c.kind, _c.key)
_STARTS = {how: _c.key.startswith(how) for how in (LIKE, SAME_AS)}


@dataclass(frozen=True, slots=True)
class Twin:
    """What an entry is the same as. said: a person says so; else it may be so."""

    of: Ref
    said: bool


def same(session: Session, iid: int, *, left: Entry, right: Entry) -> None:
    """A person says that these two entries are the same thing: the next run links them. Should one of them get another
    counterpart before that, since its copy turns up whose answer was lost, the other one is its twin.
    """
    _decide(session, iid, [left, right], key=f"decided {left.id} {right.id}")
    _bind(session, iid, [(one, to(other.record.ref, SAME_AS)) for one, other in ((left, right), (right, left))])
    renew(session, [entry.id for entry in (left, right) if entry.state is not State.WAITING])


def alone(session: Session, iid: int, entry: Entry) -> None:
    """A person says that this entry has no counterpart: the next run creates one."""
    _decide(session, iid, [entry], key=f"{ALONE}{entry.id}")
    renew(session, [entry.id])


def twin(session: Session, iid: int, entry: Entry, *, of: Ref) -> None:
    """A person says that this entry is the same as a record which has another counterpart."""
    _decide(session, iid, [entry], key=to(of, SAME_AS))
    renew(session, [entry.id])


def like(session: Session, iid: int, twins: Sequence[tuple[Entry, Ref]]) -> None:
    """Keep in mind what entries may be the same as, beside what is decided about them."""
    if not twins:
        return
    ids = [entry.id for entry, _ref in twins]
    session.connection().execute(delete(INBOX_KEY).where(among(_c.inbox_id, ids), _c.rank == RANK, _STARTS[LIKE]))
    _bind(session, iid, [(entry, to(ref, LIKE)) for entry, ref in twins])


def twins(session: Session, ids: Sequence[int]) -> dict[int, Twin]:
    """Those of these entries that are, or may be, the same as a record; what a person says comes before all else."""
    where = (among(_c.inbox_id, ids), _c.rank == RANK, or_(*_STARTS.values()))
    found = session.connection().execute(select(*_TWIN).where(*where).order_by(_c.key)).all()
    return {entry_id: _twin(kind, key) for entry_id, kind, key in found}


def said(session: Session, iid: int, *, kind: Kind) -> dict[int, Twin]:
    """All unlinked entries of a kind of which a person says what they are the same as. There are few."""
    where = (_c.integration_id == iid, _c.kind == kind, _c.rank == RANK, _STARTS[SAME_AS], INBOX.c.link_id.is_(None))
    statement = select(*_TWIN).join(INBOX, INBOX.c.id == _c.inbox_id).where(*where).order_by(_c.inbox_id)
    return {entry_id: _twin(kind, key) for entry_id, kind, key in session.connection().execute(statement)}


def _twin(kind: Kind, key: str) -> Twin:
    how = next(how for how in _STARTS if key.startswith(how))
    side, id = tied_to(key, how)
    return Twin(Ref(side, Kind(kind), id), said=how == SAME_AS)


def unclear(session: Session, iid: int, *, entries: Sequence[Entry]) -> None:
    """It is known that these entries of both sides belong together, but not which with which.

    They are matched among themselves only: held as long as there are several, linked when one of each side is left.
    """
    _decide(session, iid, entries, key=f"unclear {min(entry.id for entry in entries)}")
    renew(session, [entry.id for entry in entries])


def _decide(session: Session, iid: int, entries: Sequence[Entry], *, key: str) -> None:
    """Give entries this tie, in place of any other. Those that are bound keep what they are matched by beside it:
    should the others be gone, they are not taken for records that nobody has.
    """
    ids = [entry.id for entry in entries]
    keys = true() if key.startswith(ALONE) else INBOX_KEY.c.rank == RANK
    session.connection().execute(delete(INBOX_KEY).where(among(INBOX_KEY.c.inbox_id, ids), keys))
    _bind(session, iid, [(entry, key) for entry in entries])


def _bind(session: Session, iid: int, ties: Sequence[tuple[Entry, str]]) -> None:
    if not ties:
        return
    session.connection().execute(
        insert(INBOX_KEY),
        [
            {"inbox_id": entry.id, "rank": RANK, "key": key, "integration_id": iid}
            | {"kind": entry.record.ref.kind, "side": entry.record.ref.side.value}
            for entry, key in ties
        ],
    )
