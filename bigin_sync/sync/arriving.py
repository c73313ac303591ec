"""Arriving: records as a side has just told them meet what is known of them; news goes to the inbox. A shell."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bigin_sync.model.action import Skip, SkipCause
from bigin_sync.model.change import Moved
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.link import Link
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.model.vector import Vector
from bigin_sync.pairing.match_keys import MatchKeys
from bigin_sync.store import conflicts, inbox, journal, links, renewal, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, InboxRow, State
from bigin_sync.sync.again import OF_THE_TARGET
from bigin_sync.sync.emptied import as_people_have_it, emptied, gone_of
from bigin_sync.sync.keyed import carried_by
from bigin_sync.sync.landing import Work, look_at_lists, wake
from bigin_sync.sync.observe import observe, outdated
from bigin_sync.sync.plan import COUNTERPART_DELETED
from bigin_sync.sync.progress import Aside
from bigin_sync.sync.setup import KindSetup
from bigin_sync.sync.steps import step_for_record


@dataclass(frozen=True, slots=True)
class Met:
    """Records of one kind and side as they were just read, beside what is known of them: their links, by their ids, and
    what the inbox holds of them.
    """

    side: Side
    records: Sequence[Record]
    known: Mapping[str, Link]
    here: Mapping[Ref, Entry]

    def blanks(self, kind: KindSetup) -> dict[Ref, list[tuple[str, Ref]]]:
        """The lookups that have become blank, record by record, each with every record that it may have named."""
        lookups, known = kind.lookups, self.known
        names = [name for name, _to in lookups]
        blank = [one for one in self.records if None in map(one.values.get, names)] if known else []
        linked = [(one, known[one.ref.id]) for one in blank if one.ref.id in known]
        return {
            one.ref: list(emptied(lookups, one, link.copy(self.side), self.here.get(one.ref))) for one, link in linked
        }

    def named(self, kind: KindSetup) -> set[Ref]:
        """The records that may have been named by lookups which are blank now."""
        return {ref for blank in self.blanks(kind).values() for _name, ref in blank}

    def as_people_have_them(self, kind: KindSetup, *, gone: Collection[Ref]) -> Sequence[Record]:
        """The records, but that a lookup which became blank with one of these deleted ones still names it."""
        if not gone:
            return self.records
        blanks = self.blanks(kind)
        return [as_people_have_it(one, blanks.get(one.ref, ()), gone=gone) for one in self.records]


def about(session: Session, work: Work, side: Side, ids: Sequence[str]) -> Met:
    """Look up what is known of records that are yet to be read."""
    iid, kind = work.setup.iid, work.kind.kind
    known = links.by_records(session, iid, side=side, kind=kind, ids=ids)
    return Met(side, (), known, inbox.by_refs(session, iid, refs=[Ref(side, kind, id) for id in ids]))


def meet(session: Session, work: Work, side: Side, records: Sequence[Record]) -> Met:
    """Look up what is known of records that were just read."""
    return replace(about(session, work, side, [record.ref.id for record in records]), records=records)


def take_in(
    work: Work,
    side: Side,
    records: Sequence[Record],
    *,
    keys: MatchKeys,
    also: Callable[[Session], None] = lambda _session: None,
) -> int:
    """Let records arrive, in a transaction of their own, with what else is to be written in it. Returns how many were
    no news. It is asked before whether what their blank lookups named was deleted.
    """
    setup = work.setup
    gone: set[Ref] | None = None
    while True:
        with setup.fenced() as session:
            met = meet(session, work, side, records)
            named = met.named(work.kind) if gone is None else set()
            if not named:
                no_news = arrive(session, work, met, keys=keys, gone=gone or ())
                also(session)
                return no_news
        gone = gone_of(setup, named)


def arrive(session: Session, work: Work, met: Met, *, keys: MatchKeys, gone: Collection[Ref] = ()) -> int:
    """Put what is news of these records into the inbox. Returns how many were none.

    keys: makes the match keys of records without a link. gone: the records that were named by lookups which are blank
    now, and that are deleted.
    """
    setup, kind, side, known, here = work.setup, work.kind.kind, met.side, met.known, met.here
    records = met.as_people_have_them(work.kind, gone=gone)
    own_user = setup.own_users[side]
    looks = [
        _look(record, known.get(record.ref.id), here.get(record.ref), keys=keys, own_user=own_user)
        for record in records
    ]
    links.save(session, [look.after for look in looks if look.after is not None])
    inbox.remove(session, [look.settled for look in looks if look.settled is not None])
    back = [look.after for look in looks if look.back and look.after is not None]
    withdrawn = [look.withdrawn for look in looks if look.withdrawn is not None]
    renewal.renew_links(session, setup.iid, link_ids=[*(link.id for link in back), *withdrawn])
    conflicts.close_all(session, link_ids=withdrawn)
    wake(session, work, [link for link in back if not link.parted])
    stirred = list(_stirred(known, records, side))
    look_at_lists(session, setup, kind, [link.id for link in stirred], sides=[side])
    rows = [look.row for look in looks if look.row is not None]
    inbox.put(session, setup.iid, run_id=work.run_id, rows=rows)
    if any(_was_held(here.get(row.record.ref)) for row in rows):
        # One of several that could be the same has changed: those it was held with may be told apart now.
        renewal.renew_held(session, setup.iid, kind=kind)
    _try_again(session, work, stirred, rows, side)
    _note_survivors(session, work, [row for row in rows if row.state is State.SKIPPED])
    return len(records) - len(rows)


def _try_again(session: Session, work: Work, stirred: Sequence[Link], rows: Sequence[InboxRow], side: Side) -> None:
    """Let what was refused because of records that are modified now be tried again: they may be unlocked, or have given
    up the value that another one was to have.
    """
    iid, kind, ids = work.setup.iid, work.kind.kind, [link.id for link in stirred]
    renewal.renew_problems_of_links(session, iid, kind=kind, link_ids=ids, causes=OF_THE_TARGET)
    modified = {row.record.ref for row in rows} | {link.ref(side) for link in stirred}
    waits.wake_problems(session, iid, refs=modified)


def _was_held(entry: Entry | None) -> bool:
    """Whether a record without a link waited for a person."""
    return entry is not None and entry.state is State.HELD and entry.link_id is None


def _note_survivors(session: Session, work: Work, rows: Sequence[InboxRow]) -> None:
    """Write down the edits of records whose counterpart was deleted: they go nowhere, and a person may ask why."""
    if not rows:
        return
    entries = inbox.by_refs(session, work.setup.iid, refs=[row.record.ref for row in rows])
    lines = []
    for entry in entries.values():
        work.counts.set_aside(entry.id, Aside.SKIPPED)
        skip = Skip(entry.record.ref, COUNTERPART_DELETED, SkipCause.COUNTERPART_DELETED)
        lines.append(replace(step_for_record(skip, entry.record.label), link_id=entry.link_id))
    journal.note(session, work.setup.iid, run_id=work.run_id, lines=lines)


def _stirred(known: Mapping[str, Link], records: Sequence[Record], side: Side) -> Iterator[Link]:
    """The links whose record was modified since we last knew it, whether or not one of its fields is different."""
    for record in records:
        link = known.get(record.ref.id)
        if link is not None and record.modified_at > link.copy(side).modified_at:
            yield link


@dataclass(frozen=True, slots=True)
class _Look:
    """What one row comes to.

    after: the link, if it changed. row: what goes to the inbox. settled: the entry that is done. back: it was deleted
    and has come back. withdrawn: the link, by its id, of which this side's edits were taken back before they were
    settled; what the other side has edited is contested by nothing any more, and is decided anew.
    """

    after: Link | None = None
    row: InboxRow | None = None
    settled: int | None = None
    back: bool = False
    withdrawn: int | None = None


def _look(record: Record, link: Link | None, entry: Entry | None, *, keys: MatchKeys, own_user: str | None) -> _Look:
    if entry is not None and entry.record == record:
        return _Look()
    side = record.ref.side
    if link is None:
        return _Look(row=InboxRow(record, [*carried_by(record), *keys.of(record.values)]))
    copy = link.copy(side)
    if outdated(copy, record):
        return _Look()
    change = observe(copy, record, own_user=own_user)
    vector = copy.vector.bumped(side) if change.fields else copy.vector
    after = link.with_copy(
        side, replace(copy, seen=change.seen, modified_at=record.modified_at, vector=vector, gone=False)
    )
    back = change.moved is Moved.BACK
    if change.fields:
        return _Look(after=after if after != link else None, row=_news(after, record), back=back)
    known = _all_known(after, side)
    return _Look(
        after=known if known != link else None,
        settled=entry.id if entry else None,
        back=back,
        withdrawn=link.id if entry is not None or known != after else None,
    )


def _all_known(link: Link, side: Side) -> Link:
    """The link of a record that is as it was last settled: the other copy knows of all its edits, those included that
    were taken back before they crossed, and there is nothing left to ask a person.
    """
    own, other = link.copy(side).vector, link.copy(side.other)
    edits = Vector(left=own.left) if side is Side.LEFT else Vector(right=own.right)
    known = other.vector.merged(edits)
    if known == other.vector and not link.held:
        return link
    return replace(link.with_copy(side.other, replace(other, vector=known)), held=frozenset())


def _news(link: Link, record: Record) -> InboxRow:
    """The inbox row for a linked record that moved; beside a deleted counterpart it is set aside at once."""
    if link.parted:
        return InboxRow(
            record, link_id=link.id, state=State.SKIPPED, cause=SkipCause.COUNTERPART_DELETED, why=COUNTERPART_DELETED
        )
    return InboxRow(record, link_id=link.id)
