"""Decisions: what a person said, or has to say, about records that several others might be the same as.

A decision is kept as a match key of its own, surer than any rule: two records that a person calls the same share it and
have no other; a record that a person calls new has one that it shares with nobody. A record that is edited before the
next run is matched by its values again.
"""

from collections.abc import Sequence

from sqlalchemy import delete, insert

from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry
from bigin_sync.store.renewal import renew
from bigin_sync.store.tables_hot import INBOX_KEY

RANK = 0
"""The rank of a decision; the rules of a kind begin at 1."""


def same(session: Session, iid: int, *, left: Entry, right: Entry) -> None:
    """A person says that these two entries are the same thing: the next run links them."""
    _decide(session, iid, [left, right], key=f"decided {left.id} {right.id}")


def alone(session: Session, iid: int, entry: Entry) -> None:
    """A person says that this entry has no counterpart: the next run creates one."""
    _decide(session, iid, [entry], key=f"alone {entry.id}")


def unclear(session: Session, iid: int, *, entries: Sequence[Entry]) -> None:
    """It is known that these entries of both sides belong together, but not which with which.

    They are matched among themselves only: held as long as there are several, linked when one of each side is left.
    """
    _decide(session, iid, entries, key=f"unclear {min(entry.id for entry in entries)}")


def _decide(session: Session, iid: int, entries: Sequence[Entry], *, key: str) -> None:
    ids = [entry.id for entry in entries]
    session.connection().execute(delete(INBOX_KEY).where(INBOX_KEY.c.inbox_id.in_(ids)))
    session.connection().execute(
        insert(INBOX_KEY),
        [
            {"inbox_id": entry.id, "rank": RANK, "key": key, "integration_id": iid}
            | {"kind": entry.record.ref.kind, "side": entry.record.ref.side.value}
            for entry in entries
        ],
    )
    renew(session, ids)
