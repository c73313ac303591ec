"""Keyed: records that say themselves of which other one they are the copy (`pairing/sync_key.py`). A shell.

A side takes a record with a given key once. So one whose answer was lost is looked up by its key and need not be waited
for: sent again while the first sending is still under way, one of the two is refused. It is sent as a plain insert and
not as an upsert: an upsert goes on to look for the *other* unique values of what is sent (Zoho CRM v8 "Upsert Records":
after the fields that are named), an e-mail address for one, and would overwrite a record of somebody else that has
them. An insert never changes what is there.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.pairing.sync_key import key_of, named_by
from bigin_sync.store import inbox, keys, links, sync_keys
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State
from bigin_sync.sync.match import Group
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.zoho.side import Row

RULE = "its sync key"
"""What a match is said to be by."""

SLICE = 500


def with_key(setup: Setup, kind: KindSetup, row: Row, *, source: Ref) -> Row:
    """A new record as it is sent: with the key of the record it is the copy of, where its org has a field for that."""
    field = kind.keys.get(source.side.other)
    return row if field is None else {**row, field: key_of(setup.origins[source.side], source.id)}


def carried_by(record: Record) -> list[tuple[int, str]]:
    """The sync key of a record, as a match key; none if it carries none."""
    return [] if record.key is None else [(sync_keys.RANK, record.key)]


def copies(setup: Setup, kind: KindSetup, sources: Sequence[Ref], *, since: datetime) -> dict[Ref, Record]:
    """For each of these records of one side that has one: the copy of it on the other side, by the keys they carry.

    since: when the first of them can have been made, for a side that can only list them. Raises what the call raises.
    """
    origin, target = setup.origins[sources[0].side], sources[0].side.other
    named = {key_of(origin, ref.id): ref for ref in sources}
    reader, field, texts = kind.reader(target), kind.keys[target], list(named)
    rows = [
        row
        for start in range(0, len(texts), BATCH)
        for row in setup.sides[target].holding(
            kind.module(target), field, texts[start : start + BATCH], fields=reader.fields, since=since
        )
    ]
    return {named[record.key]: record for record in map(reader.read, rows) if record.key in named}


def pairs(session: Session, setup: Setup, kind: KindSetup) -> Iterator[Group]:
    """Unlinked records and their copies that are in the inbox both, at least one of them new, as `match` takes them.

    What a person has decided about a record counts for more than its copies' keys.
    """
    if not kind.keys:
        return
    waiting: dict[Ref, list[sync_keys.Holder]] = {}
    for holder in sync_keys.holders(session, setup.iid, kind=kind.kind):
        if (source := _source(setup, kind, holder.side, holder.key)) is not None:
            waiting.setdefault(source, []).append(holder)
        if len(waiting) == SLICE:
            yield from _met(session, setup, waiting)
            waiting = {}
    yield from _met(session, setup, waiting)


def _met(session: Session, setup: Setup, waiting: Mapping[Ref, Sequence[sync_keys.Holder]]) -> Iterator[Group]:
    entries = inbox.by_refs(session, setup.iid, refs=list(waiting))
    decided = keys.decided(session, [entry.id for entry in entries.values()])
    for ref, entry in entries.items():
        free = entry.link_id is None and entry.id not in decided
        if free and (entry.state is State.NEW or any(one.fresh for one in waiting[ref])):
            here, there = [entry.id], [holder.entry_id for holder in waiting[ref]]
            yield (here, there) if ref.side is Side.LEFT else (there, here)


@dataclass(frozen=True, slots=True)
class Astray:
    """Unlinked copies that do not meet what they are the copy of, by entry id.

    orphans: it is not there any more. Both sides were read to the end: what is neither linked nor in the inbox was
    deleted. A deletion never crosses, and what is left of it is not carried back. twins: it has another counterpart.
    """

    orphans: Container[int]
    twins: Mapping[int, Ref]


def astray(session: Session, setup: Setup, kind: KindSetup, entries: Sequence[Entry]) -> Astray:
    """Those of these unlinked records that say by their keys of which record they are the copy, and do not meet it."""
    carried = sync_keys.carried(session, [entry.id for entry in entries]) if kind.keys else {}
    named: dict[Ref, list[int]] = {}
    for entry in entries:
        if (key := carried.get(entry.id)) and (source := _source(setup, kind, entry.record.ref.side, key)) is not None:
            named.setdefault(source, []).append(entry.id)
    waiting = {ref for ref, one in inbox.by_refs(session, setup.iid, refs=list(named)).items() if one.link_id is None}
    linked: set[Ref] = set()
    for side in {ref.side for ref in named}:
        ids = [ref.id for ref in named if ref.side is side]
        known = links.by_records(session, setup.iid, side=side, kind=kind.kind, ids=ids)
        linked |= {link.ref(side) for link in known.values() if not link.copy(side).gone}
    lost = named.keys() - waiting - linked
    return Astray(
        orphans={entry_id for ref in lost for entry_id in named[ref]},
        twins={entry_id: ref for ref in linked for entry_id in named[ref]},
    )


def _source(setup: Setup, kind: KindSetup, side: Side, key: str) -> Ref | None:
    """The record of the other side that a key names; None if it is a key of other orgs."""
    record_id = named_by(key, setup.origins[side.other])
    return None if record_id is None else Ref(side.other, kind.kind, record_id)
