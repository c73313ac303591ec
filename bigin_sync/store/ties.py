"""Ties: what binds entries to one another, whatever their records say, or keeps one apart from all others.

It is kept beside the match keys of an entry, as a key of its own rank that is surer than any rule.
"""

from sqlalchemy import and_

from bigin_sync.store.tables_hot import INBOX_KEY

RANK = 0
"""The rank of a tie; the rules of a kind begin at 1."""

ALONE = "alone "
"""How the key of an entry begins that a person calls new: it shares it with nobody, and has no other."""

CALLED_NEW = and_(INBOX_KEY.c.rank == RANK, INBOX_KEY.c.key.startswith(ALONE))
"""The keys of entries that a person calls new."""

BOUND = and_(INBOX_KEY.c.rank == RANK, INBOX_KEY.c.key.not_like(f"{ALONE}%"))
"""The keys of entries that belong together. An edit does not undo them: what a record is does not change by it."""
