"""Keying: kinds that are recognised by the records they belong to get their match keys right before matching. A shell.

A deal is known by its company, a note by its parent: by what those are linked to, which is not known yet while they are
gathered.
"""

from collections.abc import Sequence

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import inbox, keys, links
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State
from bigin_sync.sync.setup import KindSetup, Setup

SLICE = 500


def key_by_record(setup: Setup, kind: KindSetup) -> None:
    """Give every new unlinked record of such a kind the keys that follow from the links there are now."""
    if not kind.spec.known_by:
        return
    after = 0
    while True:
        with setup.db.read() as session:
            entries = inbox.slice(
                session, setup.iid, kind=kind.kind, states=[State.NEW], linked=False, after_id=after, limit=SLICE
            )
        if not entries:
            return
        after = entries[-1].id
        with setup.fenced() as session:
            found = {id: rows for side in BOTH for id, rows in _keys(session, setup, kind, side, entries).items()}
            keys.replace(session, setup.iid, found=found, of=entries)


def _keys(
    session: Session, setup: Setup, kind: KindSetup, side: Side, entries: Sequence[Entry]
) -> dict[int, list[tuple[int, str]]]:
    here = [entry for entry in entries if entry.record.ref.side is side]
    numbers: dict[tuple[Kind, str], str] = {}
    for to, ids in _pointed_to(kind, here).items():
        linked = links.numbers(session, setup.iid, side=side, kind=to, ids=sorted(ids))
        numbers.update({(to, id): str(number) for id, number in linked.items()})
    made = kind.match_keys(setup.regions[side], identify=lambda to, id: numbers.get((to, id)))
    return {entry.id: made.of(entry.record.values) for entry in here}


def _pointed_to(kind: KindSetup, entries: Sequence[Entry]) -> dict[Kind, set[str]]:
    wanted: dict[Kind, set[str]] = {}
    for name in sorted(kind.spec.known_by):
        pair = kind.spec.field(name)
        if pair is not None and pair.to is not None:
            ids = (entry.record.values.get(name) for entry in entries)
            wanted.setdefault(pair.to, set()).update(id for id in ids if isinstance(id, str))
    return wanted
