"""Twins: what somebody entered by hand while its copy was made at the very same place. A shell.

Both sides are looked at right before a copy is made, so this is rare: the record was entered while the copy was under
way, or soon after, by somebody who had not seen it yet. It is not made once more on the other side, but held. What a
person calls the same is left alone for good, and takes the place of its twin should that be deleted.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bigin_sync.model.link import Copy, Link
from bigin_sync.model.record import Ref, by_side_and_kind
from bigin_sync.model.side import BOTH
from bigin_sync.model.step import Step, Verb
from bigin_sync.store import associations, copied, decisions, inbox, journal, links, renewal, waits
from bigin_sync.store.copied import Alike
from bigin_sync.store.db import Session
from bigin_sync.store.decisions import Twin
from bigin_sync.store.inbox import Entry
from bigin_sync.sync.landing import Work, look_at_lists
from bigin_sync.sync.setup import KindSetup, Setup

TOOK_PLACE = "it is the same as one that was deleted, as a person says, and takes its place"

WITHIN = timedelta(hours=1)
"""How long after a copy was made a record that is alike is doubted. After that people enter alike things on purpose."""


def note_copied(session: Session, work: Work, entries: Sequence[Entry]) -> None:
    """Remember by which keys these records are known, of which copies were just made on the other side."""
    for side in {entry.record.ref.side for entry in entries}:
        ids = [entry.id for entry in entries if entry.record.ref.side is side]
        ranks = [rule.rank for rule in work.kind.spec.match if not rule.faint]
        copied.remember(session, side=side.other, entries=ids, ranks=ranks)


def twins(session: Session, setup: Setup, kind: KindSetup, entries: Sequence[Entry]) -> Mapping[int, Twin]:
    """Entry id -> the record of the other side that it is, or may be, the same as, though that one has another
    counterpart: by what is known of it already, or since that one was copied when it was entered.
    """
    known = {entry.id: entry for entry in entries}
    found = _tied(session, setup, known) if known else {}
    for one in copied.alike(session, list(known)) if known else ():
        entry = known[one.entry_id]
        if entry.id in found or not _at_the_same_time(entry, one):
            continue
        if not _told_apart(session, setup, kind, entry, one):
            found[one.entry_id] = Twin(Ref(entry.record.ref.side.other, kind.kind, one.source_id), said=False)
    return found


def take_places(setup: Setup, kind: KindSetup, *, run_id: int) -> None:
    """Let what a person calls the same as another record be its counterpart, where the one it had was deleted."""
    with setup.db.read() as session:
        said = decisions.said(session, setup.iid, kind=kind.kind)
        if not said:
            return
        standing = _links(session, setup, [twin.of for twin in said.values()])
        entries = inbox.by_ids(session, list(said))
    places: dict[int, tuple[Link, Entry]] = {}
    for entry_id, entry in entries.items():
        link, side = standing.get(said[entry_id].of), entry.record.ref.side
        if link is not None and link.copy(side).gone and not link.copy(side.other).gone:
            places.setdefault(link.id, (link, entry))
    if places:
        with setup.fenced() as session:
            for link, entry in places.values():
                _take_place(session, setup, link, entry, run_id=run_id)


def _take_place(session: Session, setup: Setup, link: Link, entry: Entry, *, run_id: int) -> None:
    """The two meet as for the first time: nothing has been seen of the new one."""
    record, side = entry.record, entry.record.ref.side
    vector = link.copy(side).vector.bumped(side)
    link = link.with_copy(side, Copy(record.ref.id, {}, record.modified_at, vector))
    links.move(session, link)
    associations.forget(session, link.id)
    look_at_lists(session, setup, link.kind, [link.id], sides=BOTH)
    inbox.set_link(session, [(entry.id, link.id)])
    renewal.renew_links(session, setup.iid, link_ids=[link.id])
    waits.wake(session, setup.iid, refs=[link.ref(each) for each in BOTH])
    told = {"matched_by": "a person's decision"}
    line = Step(link.kind, Verb.LINK, record.label, TOOK_PLACE, None, link.id, link.left.id, link.right.id, told)
    journal.note(session, setup.iid, run_id=run_id, lines=[line])


def _tied(session: Session, setup: Setup, known: Mapping[int, Entry]) -> dict[int, Twin]:
    """Those of these entries that are known as twins, as far as what they are tied to has a counterpart."""
    tied = decisions.twins(session, list(known))
    standing = _links(session, setup, [twin.of for twin in tied.values()])
    return {entry_id: twin for entry_id, twin in tied.items() if twin.of in standing}


def _links(session: Session, setup: Setup, refs: Sequence[Ref]) -> dict[Ref, Link]:
    """The links of these records, tombstones too."""
    return {
        link.ref(side): link
        for (side, kind), ids in by_side_and_kind(refs).items()
        for link in links.by_records(session, setup.iid, side=side, kind=kind, ids=ids).values()
    }


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
