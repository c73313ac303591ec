"""Unsettled: records that are known by another one of which only a person can tell which it is. A shell.

A deal is recognised by its company. As long as the company is held (it could be several of the other side) nobody can
tell whether the other side has the deal too, and one that is made in the meantime would be there twice. So it waits.
A company that will not be linked, because it is outside the list view, older than what is synced, or refused, is
waited for by nobody: that may last for ever, and a deal without its company is worth more than none.
"""

from collections.abc import Mapping, Sequence

from bigin_sync.model.action import SkipCause
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.store import inbox, renewal, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State
from bigin_sync.sync.setup import KindSetup, Setup

CAUSE = SkipCause.PARENT_UNSETTLED.value
"""The word for machines under which such records wait."""


def unsettled(
    session: Session, setup: Setup, kind: KindSetup, entries: Sequence[Entry]
) -> Mapping[int, tuple[Ref, ...]]:
    """Entry id -> the held records that it is known by. Kinds that need a parent wait for its link in any case."""
    if kind.spec.needs_parent:
        return {}
    named = {entry.id: _known_by(kind, entry) for entry in entries}
    held = _held(session, setup.iid, {ref for refs in named.values() for ref in refs})
    return {entry_id: found for entry_id, refs in named.items() if (found := tuple(ref for ref in refs if ref in held))}


def let_go(setup: Setup, kind: KindSetup) -> None:
    """Plan what waited for held records again as soon as none of them is held any more, whatever became of it."""
    with setup.db.read() as session:
        aside = inbox.set_aside_for(session, setup.iid, kind=kind.kind, causes=(CAUSE,))
        awaited = waits.awaited_by(session, [entry.id for entry in aside]) if aside else {}
        held = _held(session, setup.iid, {ref for refs in awaited.values() for ref in refs})
    free = [entry.id for entry in aside if held.isdisjoint(awaited.get(entry.id, ()))]
    if free:
        with setup.fenced() as session:
            renewal.renew(session, free)


def _known_by(kind: KindSetup, entry: Entry) -> tuple[Ref, ...]:
    found = []
    for name in sorted(kind.spec.known_by):
        pair, value = kind.spec.field(name), entry.record.values.get(name)
        if pair is not None and pair.to is not None and isinstance(value, str):
            found.append(Ref(entry.record.ref.side, Kind(pair.to), value))
    return tuple(found)


def _held(session: Session, iid: int, refs: set[Ref]) -> set[Ref]:
    known = inbox.by_refs(session, iid, refs=sorted(refs, key=str)) if refs else {}
    return {ref for ref, entry in known.items() if entry.state is State.HELD and entry.link_id is None}
