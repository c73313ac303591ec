"""Local: the planned steps that touch no side: links between equal records, agreements, partings. A shell."""

from collections.abc import Sequence

from bigin_sync.model.link import Copy, Link
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import inbox, journal, links
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.context import both_of, carrier_for, resolved_for, values_of
from bigin_sync.sync.landing import Landed, Work, close_up, look_at_lists, save_links, set_survivor_aside, wake
from bigin_sync.sync.merge import merge
from bigin_sync.sync.settled import Left, settled

SLICE = 500


class Local:
    """Everything of one plan of a kind that needs no call, to be carried out slice by slice."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._left = [(Verb.LINK, _link), (Verb.AGREE, _agree), (Verb.PART, _part)]

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self._left

    def some(self) -> None:
        """Carry out the next slice, if there is one. Whether anything is left behind it is known at once."""
        with self._work.setup.fenced() as session:
            if planned := self._next(session, limit=SLICE):
                _verb, carry_out = self._left[0]
                carry_out(session, self._work, planned)
                self._next(session, limit=1)

    def _next(self, session: Session, *, limit: int) -> Sequence[journal.Entry]:
        """The next steps, of the first verb that has any; those before it are done with."""
        work = self._work
        while self._left:
            verb, _carry_out = self._left[0]
            planned = journal.planned(session, work.run_id, kind=work.kind.kind, verbs=[verb], target=None, limit=limit)
            if planned:
                return planned
            del self._left[0]
        return []


def _link(session: Session, work: Work, planned: Sequence[journal.Entry]) -> None:
    """Make links of pairs, and let the fields of each pair meet for the first time."""
    pairs = _pairs(session, work, planned)
    whole = [(step, left, right) for step, left, right in pairs if left is not None and right is not None]
    dropped = [Settled(step.id, State.DROPPED) for step, left, right in pairs if left is None or right is None]
    carrier = carrier_for(
        session, work.setup, work.kind, values_of(one.record for _step, *both in whole for one in both)
    )
    met, made, by, done = [], [], [], []
    for step, left, right in whole:
        link = Link(0, work.kind.kind, _unseen(left.record), _unseen(right.record))
        entries = {Side.LEFT: left, Side.RIGHT: right}
        both = both_of(link, entries, setup=work.setup)
        merged = merge(both, policy=work.kind.policy, carrier=carrier)
        rule = str(step.line.payload.get("matched_by", ""))
        if merged.contested and work.kind.spec.faint(rule):
            # When it was planned, what the two belong to was not linked yet. They stay new, and are planned again.
            dropped.append(Settled(step.id, State.DROPPED, message="they turned out to differ"))
            continue
        met.append(Landed(settled(link, both, merged, stored={}), both, merged, entries))
        made.append(link)
        by.append(rule)
        done.append(step)
    found = [one.after.link for one in met]
    ids = links.insert_(session, work.setup.iid, run_id=work.run_id, made_by=by, links=found)
    look_at_lists(session, work.setup, work.kind.kind, ids, sides=BOTH)
    landed = [one.numbered(id) for one, id in zip(met, ids, strict=True)]
    staying = [(entry, one) for one in landed for entry, rest in one.rests() if rest.left is not Left.DONE]
    inbox.set_link(session, [(entry.id, one.after.link.id) for entry, one in staying])
    close_up(session, work, landed)
    linked = [Settled(step.id, State.DONE, link_id=id) for id, step in zip(ids, done, strict=True)]
    journal.settle(session, linked + dropped)
    work.counts.linked += len(made)
    wake(session, work, made)


def _agree(session: Session, work: Work, planned: Sequence[journal.Entry]) -> None:
    """Settle links of which both sides moved, or one did, to what needs no writing."""
    ids = [step.line.link_id for step in planned if step.line.link_id is not None]
    known = links.by_ids(session, ids)
    together = inbox.by_links(session, work.setup.iid, link_ids=ids)
    decided = resolved_for(session, work.setup, ids)
    records = [entry.record for entries in together.values() for entry in entries.values()]
    carrier = carrier_for(session, work.setup, work.kind, values_of(records))
    landed = []
    for link_id, entries in together.items():
        both = both_of(known[link_id], entries, setup=work.setup)
        merged = merge(both, policy=work.kind.policy, carrier=carrier, resolved=decided.get(link_id))
        landed.append(Landed(settled(known[link_id], both, merged, stored={}), both, merged, entries))
    save_links(session, work, landed)
    journal.settle(session, [Settled(step.id, State.DONE) for step in planned])


def _part(session: Session, work: Work, planned: Sequence[journal.Entry]) -> None:
    """Set aside what is left in the inbox of links whose other record is gone."""
    ids = [step.line.link_id for step in planned if step.line.link_id is not None]
    together = inbox.by_links(session, work.setup.iid, link_ids=ids)
    for link_id, link in links.by_ids(session, ids).items():
        gone = Side.LEFT if link.left.gone else Side.RIGHT
        set_survivor_aside(session, work, together.get(link_id, {}), gone=gone)
    journal.settle(session, [Settled(step.id, State.DONE) for step in planned])


def _pairs(
    session: Session, work: Work, planned: Sequence[journal.Entry]
) -> list[tuple[journal.Entry, Entry | None, Entry | None]]:
    """Each step with the inbox entries of its two records, as far as they are still there."""
    kind = work.kind.kind
    refs = [
        (Ref(Side.LEFT, kind, step.line.left_id or ""), Ref(Side.RIGHT, kind, step.line.right_id or ""))
        for step in planned
    ]
    found = inbox.by_refs(session, work.setup.iid, refs=[ref for both in refs for ref in both])
    return [(step, found.get(left), found.get(right)) for step, (left, right) in zip(planned, refs, strict=True)]


def _unseen(record: Record) -> Copy:
    return Copy(record.ref.id, {}, record.modified_at)
