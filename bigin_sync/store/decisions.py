"""Decisions: what a person said, or has to say, about records that several others might be the same as.

A decision is kept as a tie (`ties.py`). Two records that a person calls the same are bound to each other until they
are linked, or one of them is gone: also one that is edited meanwhile, for the answer was about what it is and not about
what it says. A record that a person calls new is matched by its values again once it is edited.
"""

from collections.abc import Sequence

from sqlalchemy import delete, insert, true

from bigin_sync.store.among import among
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry
from bigin_sync.store.renewal import renew
from bigin_sync.store.tables_hot import INBOX_KEY
from bigin_sync.store.ties import ALONE, RANK


def same(session: Session, iid: int, *, left: Entry, right: Entry) -> None:
    """A person says that these two entries are the same thing: the next run links them."""
    _decide(session, iid, [left, right], key=f"decided {left.id} {right.id}")


def alone(session: Session, iid: int, entry: Entry) -> None:
    """A person says that this entry has no counterpart: the next run creates one."""
    _decide(session, iid, [entry], key=f"{ALONE}{entry.id}")


def unclear(session: Session, iid: int, *, entries: Sequence[Entry]) -> None:
    """It is known that these entries of both sides belong together, but not which with which.

    They are matched among themselves only: held as long as there are several, linked when one of each side is left.
    """
    _decide(session, iid, entries, key=f"unclear {min(entry.id for entry in entries)}")


def _decide(session: Session, iid: int, entries: Sequence[Entry], *, key: str) -> None:
    """Give entries this tie, in place of any other. Those that are bound keep what they are matched by beside it:
    should the others be gone, they are not taken for records that nobody has.
    """
    ids = [entry.id for entry in entries]
    keys = true() if key.startswith(ALONE) else INBOX_KEY.c.rank == RANK
    session.connection().execute(delete(INBOX_KEY).where(among(INBOX_KEY.c.inbox_id, ids), keys))
    session.connection().execute(
        insert(INBOX_KEY),
        [
            {"inbox_id": entry.id, "rank": RANK, "key": key, "integration_id": iid}
            | {"kind": entry.record.ref.kind, "side": entry.record.ref.side.value}
            for entry in entries
        ],
    )
    renew(session, ids)
