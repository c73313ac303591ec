"""Order: in which portions planned writes go out. Pure.

Kinds go parents first (the pairing knows). Within a kind: creates on both sides, links meanwhile, and updates as soon
as everything is linked. A merge that writes to both sides goes right first and left afterwards, so that no two writes
of one link are ever in flight together.
"""

from bigin_sync.model.side import Side
from bigin_sync.model.step import Verb

BATCH = 100
"""Records per write call and per re-read: the cap of both products (Bigin v2 and CRM v8, insert, update, `ids`)."""

CREATES = ((Verb.CREATE, Side.LEFT), (Verb.CREATE, Side.RIGHT))

UPDATES = (
    ((Verb.UPDATE, Side.LEFT), (Verb.UPDATE, Side.RIGHT), (Verb.MERGE, Side.RIGHT)),
    ((Verb.MERGE, Side.LEFT),),
)
"""The passes in which updates go out; within a pass both sides are written at the same time, creates and updates."""
