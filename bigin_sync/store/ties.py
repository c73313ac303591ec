"""Ties: what binds entries to one another, whatever their records say, or keeps one apart from all others.

It is kept beside the match keys of an entry, as a key of its own rank that is surer than any rule.
"""

from sqlalchemy import and_

from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.store.tables_hot import INBOX_KEY

RANK = 0
"""The rank of a tie; the rules of a kind begin at 1."""

ALONE = "alone "
"""How the key of an entry begins that a person calls new: it shares it with nobody, and has no other."""

CALLED_NEW = and_(INBOX_KEY.c.rank == RANK, INBOX_KEY.c.key.startswith(ALONE))
"""The keys of entries that a person calls new."""

SAME_AS = "same as "
"""How the key of an entry begins of which a person says which record of the other side it is."""

LIKE = "like "
"""How the key of an entry begins that may be a record of the other side, which only a person can tell."""

BOUND = and_(INBOX_KEY.c.rank == RANK, INBOX_KEY.c.key.not_like(f"{ALONE}%"))
"""The keys of entries that belong together. An edit does not undo them: what a record is does not change by it."""


def to(ref: Ref, how: str) -> str:
    """The key of an entry that is tied to a record of the other side: no entry of that side has it."""
    return f"{how}{ref.side} {ref.id}"


def tied_to(key: str, how: str) -> tuple[Side, str]:
    """The side and the id of the record that such a key names."""
    side, id = key.removeprefix(how).split(" ", 1)
    return Side(side), id
