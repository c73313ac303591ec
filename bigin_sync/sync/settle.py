"""Settle: writes whose answer was lost are looked up before anything else is written. A shell.

A create that may or may not have happened is looked for in the side's database (never its search index): a record made
by our user since the intent, not linked yet, that `lost.py` takes for it. It is adopted at once. What is not found may
be under way still (`pending.py`): some time after it was sent it is taken for never made and sent again, and what could
be any of several is held for a person. With a sync key there is neither doubt nor waiting (`keyed.py`). A lost update
needs no looking up: its source is still in the inbox, and its target is read again before it is decided anew. What it
carried is remembered of the target, so that it is not taken for an edit there.
"""

from collections.abc import Sequence
from dataclasses import replace

from bigin_sync.errors import RequestRefused
from bigin_sync.model.action import Write
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.outcome import Stored
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.model.values import Values
from bigin_sync.store import decisions, inbox, journal, links, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, InboxRow
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.again import pause_or_give_up
from bigin_sync.sync.arriving import arrive, meet
from bigin_sync.sync.keyed import copies
from bigin_sync.sync.landing import Work, look_at_lists, note_parting, put_away, unlinked, wake
from bigin_sync.sync.lost import Found, Lost, find
from bigin_sync.sync.observe import differing
from bigin_sync.sync.pending import sent_after, sent_as, source_of, under_way
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.settled import Left, Rest, as_sent, created
from bigin_sync.sync.twins import note_copied
from bigin_sync.sync.unanswered import LOST, remember

LINKED_MEANWHILE = "it was made, but what it is the copy of was linked with another record meanwhile"
SEVERAL = "the answer to its creation was lost, and only a person can tell which record came of it"


def settle(work: Work, *, progress: Progress) -> None:
    """Find out what became of every open intent of this kind."""
    with work.setup.db.read() as session:
        opened = [step for step in journal.open_intents(session, work.setup.iid) if step.line.kind == work.kind.kind]
    updates = [step for step in opened if step.line.verb is not Verb.CREATE]
    if updates:
        with work.setup.fenced() as session:
            written = [step.line for step in updates if step.line.verb is not Verb.ASSOCIATE]
            for target in BOTH:
                remember(session, work, target, [_carried(line, target) for line in written if line.target is target])
            journal.settle(session, [Settled(step.id, State.DROPPED, message=LOST) for step in updates])
            # What its lists show tells whether it was joined.
            look_at_lists(session, work.setup, work.kind.kind, _joining(updates), sides=BOTH)
    for target in BOTH:
        creates = [step for step in opened if step.line.verb is Verb.CREATE and step.line.target is target]
        if creates:
            title = work.setup.pairing.title(target)
            progress.say(
                f"Looking in {title} for {len(creates)} {work.kind.kind} records whose creation was not confirmed."
            )
            _settle_creates(work, target, creates)


def _carried(line: Step, target: Side) -> tuple[str, Values, Values]:
    """What an update carried: the record it went to, the values, and what was there before."""
    return line.id_on(target), line.payload["values"], line.payload["before"]


def _joining(steps: Sequence[journal.Entry]) -> set[int]:
    """The links whose records were to be joined with others."""
    joining = (step.line.link_id for step in steps if step.line.verb is Verb.ASSOCIATE)
    return {link_id for link_id in joining if link_id is not None}


def _settle_creates(work: Work, target: Side, steps: Sequence[journal.Entry]) -> None:
    """Look for what came of the creations on one side: of those with a sync key by that, of the others by all else."""
    field = work.kind.keys.get(target)
    keyed = [step for step in steps if field is not None and step.key_field == field]
    if keyed and not _settle_keyed(work, keyed):
        keyed = []
    if others := [step for step in steps if step not in keyed]:
        _settle_unkeyed(work, target, others)


def _settle_keyed(work: Work, steps: Sequence[journal.Entry]) -> bool:
    """Look for records by their keys. What is not found may be sent again at once: were it made after all, the side
    would refuse one of the two. False when the side does not answer that: the field may be gone since.
    """
    sources = [source_of(step) for step in steps]
    try:
        found = copies(work.setup, work.kind, sources, since=sent_after(steps))
    except RequestRefused:
        return False
    with work.setup.fenced() as session:
        free = unlinked(session, work, list(found.values()))
        made = {place: found[ref] for place, ref in enumerate(sources) if ref in found and found[ref] in free}
        _conclude(session, work, steps, Found(made=made), open_still=set())
    return True


def _settle_unkeyed(work: Work, target: Side, steps: Sequence[journal.Entry]) -> None:
    setup, kind = work.setup, work.kind
    reader = kind.reader(target)
    since = sent_after(steps)
    rows = [
        row
        for user in sorted(sent_as(work, steps))
        for row in setup.sides[target].made_since(kind.module(target), since, fields=reader.fields, by=user)
    ]
    found = [reader.read(row) for row in rows]
    with setup.fenced() as session:
        free = unlinked(session, work, found)
        lost = [Lost(step.line.label, step.line.payload["values"]) for step in steps]
        made = find(lost, free, keys=kind.match_keys(setup.regions[target]).of)
        _conclude(session, work, steps, made, open_still=under_way(work, steps))


def _conclude(
    session: Session, work: Work, steps: Sequence[journal.Entry], found: Found, *, open_still: set[int]
) -> None:
    """Adopt what was made, hold what only a person can tell, let the rest be sent again once it can come no more.

    open_still: which of the creations, by their place, may still take effect.
    """
    refs = [source_of(step) for step in steps]
    in_inbox = inbox.by_refs(session, work.setup.iid, refs=refs).items()
    entries = {ref: entry for ref, entry in in_inbox if entry.link_id is None}
    knots = [knot for knot in found.unclear if open_still.isdisjoint(knot.places)]
    open_still = open_still | {place for knot in found.unclear if knot not in knots for place in knot.places}
    unclear = {place for knot in knots for place in knot.places}
    for place, (step, ref) in enumerate(zip(steps, refs, strict=True)):
        entry = entries.get(ref)
        if place in found.made:
            _take_in(session, work, step, entry, found.made[place])
            continue
        if place in open_still:
            continue
        message = SEVERAL if place in unclear else "it never arrived"
        journal.settle(session, [Settled(step.id, State.DROPPED, message=message)])
        if entry is not None and place not in unclear and entry.tries:
            pause_or_give_up(session, work, entry, step.message or message, tries=entry.tries)
        elif entry is not None and place not in unclear:
            renewal.renew(session, [entry.id])
    if found.made:
        # What was held with one of them is the same as none of them any more, but may be its twin.
        renewal.renew_held(session, work.setup.iid, kind=work.kind.kind)
    for knot in knots:
        lost = [entries[refs[place]] for place in knot.places if refs[place] in entries]
        if lost:
            _hold(session, work, lost, knot.records)


def _take_in(session: Session, work: Work, step: journal.Entry, entry: Entry | None, record: Record) -> None:
    """What was made meets the record it was made of. entry: that one, as long as it is there and linked with none."""
    if entry is not None:
        _adopt(session, work, step, entry, record)
    elif _linked(session, work, source_of(step)):
        _hold_twin(session, work, step, record)
    else:
        _keep_apart(session, work, step, record)


def _hold(session: Session, work: Work, lost: Sequence[Entry], records: Sequence[Record]) -> None:
    """Leave it to a person which of these records are the lost ones; until then none of either side is made anew.

    They are given a key of their own, by which the plan holds them as it holds all that could be one of several.
    """
    keys = work.kind.match_keys(work.setup.regions[records[0].ref.side])
    rows = [InboxRow(record, keys.of(record.values)) for record in records]
    inbox.put(session, work.setup.iid, run_id=work.run_id, rows=rows)
    made = inbox.by_refs(session, work.setup.iid, refs=[record.ref for record in records])
    decisions.unclear(session, work.setup.iid, entries=[*lost, *made.values()])


def _adopt(session: Session, work: Work, step: journal.Entry, entry: Entry, record: Record) -> None:
    """Link a record to what was made of it.

    What we sent, and what we made it of, is what we know of the two: whatever a person has changed in either since
    then is an edit, and crosses as one. (Of what an earlier version has sent we know only the former: a field that its
    source holds in another form passes for edited, and is found to say the same.) A lookup that went along as a pointer
    may or may not have been filled: it counts as never seen, and meets its counterpart for the first time.
    """
    target = record.ref.side
    sent = step.line.payload
    owed = {name: Ref(Side(side), Kind(kind), id) for name, (side, kind, id) in sent["pointers"].items()}
    kept, source = frozenset(sent.get("kept", ())), sent.get("source", {})
    write = Write(target, sent["values"], pointers=owed, kept=kept, source=source)
    then = as_sent(entry.record, write)
    here, there = created(then, write, Stored(record.ref.id, record.created_at or record.modified_at))
    edited = differing(entry.record.values, then.values)
    if edited:
        here = replace(here, vector=here.vector.bumped(target.other))
    link = Link(0, work.kind.kind, *((here, there) if target is Side.RIGHT else (there, here)))
    (link_id,) = links.insert_(session, work.setup.iid, run_id=work.run_id, made_by=["created"], links=[link])
    left_id, right_id = (None, record.ref.id) if target is Side.RIGHT else (record.ref.id, None)
    journal.settle(session, [Settled(step.id, State.DONE, link_id=link_id, left_id=left_id, right_id=right_id)])
    inbox.set_link(session, [(entry.id, link_id)])
    note_copied(session, work, [entry])
    work.counts.look(entry.id)
    work.counts.created[target] += 1
    look_at_lists(session, work.setup, work.kind.kind, [link_id], sides=BOTH)
    if owed or edited or write.kept:
        renewal.renew(session, [entry.id])
    else:
        put_away(session, work, [(entry, Rest(Left.DONE))])
    _attach(session, work, record)
    wake(session, work, [link])


def _hold_twin(session: Session, work: Work, step: journal.Entry, record: Record) -> None:
    """Leave it to a person what becomes of a copy whose source was linked with another record meanwhile."""
    target = record.ref.side
    left_id, right_id = (None, record.ref.id) if target is Side.RIGHT else (record.ref.id, None)
    journal.settle(
        session, [Settled(step.id, State.DONE, left_id=left_id, right_id=right_id, message=LINKED_MEANWHILE)]
    )
    arrive(session, work, meet(session, work, target, [record]), keys=work.kind.match_keys(work.setup.regions[target]))
    entries = inbox.by_refs(session, work.setup.iid, refs=[record.ref]).values()
    decisions.like(session, work.setup.iid, [(entry, source_of(step)) for entry in entries])


def _linked(session: Session, work: Work, ref: Ref) -> bool:
    return bool(links.by_records(session, work.setup.iid, side=ref.side, kind=ref.kind, ids=[ref.id]))


def _keep_apart(session: Session, work: Work, step: journal.Entry, record: Record) -> None:
    """Link a record to the one it was made of, which was deleted before that was known: a deletion crosses neither way,
    and what is the copy of a deleted record is not carried back.
    """
    source, target = source_of(step), record.ref.side
    here = Copy(source.id, {}, step.intended_at or step.planned_at, gone=True)
    there = Copy(record.ref.id, record.values, record.modified_at)
    link = Link(0, work.kind.kind, *((here, there) if target is Side.RIGHT else (there, here)))
    (link_id,) = links.insert_(session, work.setup.iid, run_id=work.run_id, made_by=["created"], links=[link])
    left_id, right_id = (None, record.ref.id) if target is Side.RIGHT else (record.ref.id, None)
    journal.settle(session, [Settled(step.id, State.DONE, link_id=link_id, left_id=left_id, right_id=right_id)])
    why = f"deleted in {work.setup.pairing.title(source.side)} before its copy was confirmed; it is not carried back"
    note_parting(session, work, [link.numbered(link_id)], gone=source.side, why=why, for_good=False)
    _attach(session, work, record)


def _attach(session: Session, work: Work, record: Record) -> None:
    """Let what the inbox holds of an adopted record, which was read before it was found, meet its link."""
    entry = inbox.by_refs(session, work.setup.iid, refs=[record.ref]).get(record.ref)
    if entry is not None:
        inbox.remove(session, [entry.id])
        keys = work.kind.match_keys(work.setup.regions[record.ref.side])
        arrive(session, work, meet(session, work, record.ref.side, [record]), keys=keys)
