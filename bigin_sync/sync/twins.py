"""Twins: what somebody entered by hand while its copy was made at the very same place. A shell.

Both sides are looked at right before a copy is made, so this is rare: the record was entered while the copy was under
way, or soon after, by somebody who had not seen it yet. It is not made once more on the other side, but held.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bigin_sync.model.record import Ref
from bigin_sync.store import copied, links
from bigin_sync.store.copied import Alike
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry
from bigin_sync.sync.landing import Work
from bigin_sync.sync.setup import KindSetup, Setup

WITHIN = timedelta(hours=1)
"""How long after a copy was made a record that is alike is doubted. After that people enter alike things on purpose."""


def note_copied(session: Session, work: Work, entries: Sequence[Entry]) -> None:
    """Remember by which keys these records are known, of which copies were just made on the other side."""
    for side in {entry.record.ref.side for entry in entries}:
        ids = [entry.id for entry in entries if entry.record.ref.side is side]
        ranks = [rule.rank for rule in work.kind.spec.match if not rule.faint]
        copied.remember(session, side=side.other, entries=ids, ranks=ranks)


def twins(session: Session, setup: Setup, kind: KindSetup, entries: Sequence[Entry]) -> Mapping[int, Ref]:
    """Entry id -> the record of the other side that it may be the same as: one that was copied when it was entered."""
    known = {entry.id: entry for entry in entries}
    found: dict[int, Ref] = {}
    for one in copied.alike(session, list(known)) if known else ():
        entry = known[one.entry_id]
        if entry.id in found or not _at_the_same_time(entry, one):
            continue
        if not _told_apart(session, setup, kind, entry, one):
            found[one.entry_id] = Ref(entry.record.ref.side.other, kind.kind, one.source_id)
    return found


def _at_the_same_time(entry: Entry, one: Alike) -> bool:
    made = entry.record.created_at
    return made is None or made <= one.made_at + WITHIN


def _told_apart(session: Session, setup: Setup, kind: KindSetup, entry: Entry, one: Alike) -> bool:
    """Whether a field speaks against the two being the same, or the copy is not linked any more."""
    side = entry.record.ref.side
    known = links.by_records(session, setup.iid, side=side.other, kind=kind.kind, ids=[one.source_id])
    if one.source_id not in known:
        return True
    rule = next((rule.name for rule in kind.spec.match if rule.rank == one.rank), "")
    seen = known[one.source_id].copy(side).seen
    return kind.match_keys(setup.regions[side]).against(rule, entry.record.values, seen) is not None
