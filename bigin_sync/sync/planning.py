"""Planning: the inbox of one kind is matched and decided, slice by slice, into the journal. A shell.

What is decided comes from `match`, `plan` and `merge`; this file brings them the records and writes down the result.
Nothing is held in memory but one slice, the table of matches, and the ids of what is new.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bigin_sync.errors import RequestRefused, ViewGone
from bigin_sync.model import action
from bigin_sync.model.action import HoldCause, SkipCause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.pairing.carry import Carrier
from bigin_sync.store import conflicts, decisions, inbox, journal, keys, links, waits
from bigin_sync.store.db import Session
from bigin_sync.store.decisions import Twin
from bigin_sync.store.inbox import Entry, Parked, State
from bigin_sync.sync import keyed
from bigin_sync.sync.aside import ASIDE, put_aside
from bigin_sync.sync.brakes import Tally
from bigin_sync.sync.context import both_of, carrier_for, values_of
from bigin_sync.sync.fought import fought, leave_alone
from bigin_sync.sync.keyed import Astray
from bigin_sync.sync.keying import key_by_record
from bigin_sync.sync.match import Matches, match
from bigin_sync.sync.pending import copy_under_way, in_doubt
from bigin_sync.sync.plan import (
    AMBIGUOUS,
    BEFORE_START,
    COPY_OF_DELETED,
    COUNTERPART_OUTSIDE,
    DOUBTFUL,
    OUTSIDE,
    SAME,
    SECOND_COPY,
    TWIN,
    UNDER_WAY,
    plan_create,
    plan_link,
    plan_linked,
    plan_unsettled,
)
from bigin_sync.sync.progress import Aside, Counts, Progress
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.sync.shrunken import linked_of
from bigin_sync.sync.steps import step_for_record, steps_for_link, steps_for_linked
from bigin_sync.sync.twins import take_places, twins
from bigin_sync.sync.unsettled import let_go, unsettled

SLICE = 1000
ADMISSIONS = 200


_Alone: TypeAlias = action.Create | action.Hold | action.Wait | action.Skip | action.Problem


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a slice of records without a link: by their entries' ids, those they are held with, the held
    records they are known by, the twins, and the copies that do not meet what they are the copy of.
    """

    held: Mapping[int, Entry]
    doubts: Mapping[int, tuple[Ref, ...]]
    twins: Mapping[int, Twin]
    copies: Astray
    carrier: Carrier


class KindPlanner:
    """Plans one kind of one run."""

    def __init__(self, setup: Setup, kind: KindSetup, *, run_id: int, dry: bool) -> None:
        self._setup = setup
        self._kind = kind
        self._run_id = run_id
        self._dry = dry
        self._matches = Matches()
        self._paired: set[int] = set()
        self._keys = kind.match_keys(None)
        self._steps: list[Step] = []
        self._parked: list[Parked] = []
        self._awaited: list[tuple[int, Ref]] = []
        self._alike: list[tuple[Entry, Ref]] = []
        self._tally: Counter[str] = Counter()
        self._creates_in: set[Side] = set()
        self._updates_in: set[Side] = set()

    def pieces(self, *, counts: Counts, progress: Progress) -> Iterator[None]:
        """Decide everything that is new in the inbox, piece by piece."""
        self._ask_the_view()
        let_go(self._setup, self._kind)
        key_by_record(self._setup, self._kind)
        take_places(self._setup, self._kind, run_id=self._run_id)
        yield
        # What comes later than the matching is left to the next plan.
        new = self._new()
        yield from self._match()
        new = self._in_turn(new)
        for at in range(0, len(new), SLICE):
            self._plan_slice(new[at : at + SLICE], counts)
            progress.stage("planning", kind=self._kind.kind, side=None, done=min(at + SLICE, len(new)), total=None)
            yield

    def tally(self) -> Tally:
        """What the plan would do, for the brakes, once it is whole."""
        title = self._setup.pairing.title
        return Tally(
            self._kind.kind,
            creates=self._tally["creates"],
            updates=self._tally["updates"],
            blanks=self._tally["blanks"],
            linked=linked_of(self._setup, self._kind) if self._tally.total() else 0,
            first=self._kind.first,
            creates_in=frozenset(map(title, self._creates_in)),
            updates_in=frozenset(map(title, self._updates_in)),
        )

    def _plan_slice(self, ids: Sequence[int], counts: Counts) -> None:
        setup = self._setup
        setup.heed()
        with setup.fenced() as session:
            found = inbox.by_ids(session, ids)
            entries = [found[id] for id in ids if id in found and found[id].state is State.NEW]
            self._steps, self._parked, self._awaited, self._alike = [], [], [], []
            self._decide_linked(session, [entry for entry in entries if entry.link_id is not None])
            self._decide_unlinked(session, [entry for entry in entries if entry.link_id is None])
            self._write_down(session)
            if not self._dry:
                inbox.park(session, self._parked)
                waits.await_(session, setup.iid, rows=self._awaited)
                decisions.like(session, setup.iid, self._alike)
        for entry in entries:
            counts.look(entry.id)
        for parked in self._parked:
            counts.set_aside(parked.entry_id, Aside(parked.state.value))

    def _write_down(self, session: Session) -> None:
        """What is set aside needs no carrying out: outside a dry run it is noted, and stays in the history."""
        iid, run_id = self._setup.iid, self._run_id
        noted = [step for step in self._steps if step.verb in ASIDE and not self._dry]
        planned = [step for step in self._steps if step.verb not in ASIDE or self._dry]
        journal.plan(session, iid, run_id=run_id, lines=planned)
        journal.note(session, iid, run_id=run_id, lines=noted)

    def _ask_the_view(self) -> None:
        """Find out which unlinked records the list view admits; only those nobody has asked about yet."""
        kind, side = self._kind, self._kind.view_side
        if kind.view is None:
            return
        after = 0
        while True:
            self._setup.heed()
            with self._setup.db.read() as session:
                entries = inbox.unasked(
                    session, self._setup.iid, side=side, kind=kind.kind, after_id=after, limit=ADMISSIONS
                )
            if not entries:
                return
            after = entries[-1].id
            ids = [entry.record.ref.id for entry in entries]
            inside = self._admitted(ids)
            with self._setup.fenced() as session:
                inbox.admit(session, [(entry.id, entry.record.ref.id in inside) for entry in entries])

    def _admitted(self, ids: Sequence[str]) -> set[str]:
        """Those of these records that the list view shows. Raises `ViewGone` if the org has no such view any more."""
        kind, side = self._kind, self._kind.view_side
        client, module = self._setup.sides[side], kind.module(side)
        assert kind.view is not None  # noqa: S101 -- nobody asks a view that is not there
        try:
            return client.admitted(module, ids, view=kind.view)
        except RequestRefused as refused:
            if any(view.id == kind.view for view in client.views(module)):
                raise
            title = self._setup.pairing.title(side)
            raise ViewGone(
                f"the list view that says which {kind.spec.on(side).plural} are synced is gone from {title}",
                why="Which records to sync is never guessed.",
            ) from refused

    def _match(self) -> Iterator[None]:
        """Find out which records are the same on both sides, rule by rule, the surest first."""
        with self._setup.db.read() as session:
            bound = keys.bound(session, self._setup.iid, kind=self._kind.kind)
            match(((one.left, one.right) for one in bound), rule="a person's decision", matches=self._matches)
            match(keyed.pairs(session, self._setup, self._kind), rule=keyed.RULE, matches=self._matches)
        for rule in self._kind.spec.match:
            yield
            self._match_by(rule.rank, rule.name)

    def _match_by(self, rank: int, name: str) -> None:
        with self._setup.db.read() as session:
            shared = keys.shared_keys(session, self._setup.iid, kind=self._kind.kind, rank=rank)
            match(((one.left, one.right) for one in shared), rule=name, matches=self._matches)

    def _decide_linked(self, session: Session, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        setup, kind = self._setup, self._kind
        ids = sorted({entry.link_id for entry in entries if entry.link_id is not None})
        known = links.by_ids(session, ids)
        together = inbox.by_links(session, setup.iid, link_ids=ids)
        decided = conflicts.resolved(session, setup.iid, link_ids=ids)
        carrier = carrier_for(
            session, setup, kind, values_of(entry.record for pair in together.values() for entry in pair.values())
        )
        here = {entry.id for entry in entries}
        fights = fought(session, setup, known)
        for link_id in ids:
            link, pair = known[link_id], together[link_id]
            if min(entry.id for entry in pair.values() if entry.state is State.NEW) not in here:
                continue
            if link_id in fights:
                step, parked = leave_alone(session, setup, link, pair, dry=self._dry)
                self._steps.append(step)
                self._parked += parked
                continue
            both = both_of(link, pair, setup=setup)
            act, _merged = plan_linked(
                link,
                both,
                policy=kind.policy,
                carrier=carrier,
                pairing=setup.pairing,
                resolved=decided.get(link_id, {}),
            )
            steps = steps_for_linked(act, link, pair[min(pair)].record.label)
            self._take(steps, [entry for entry in pair.values() if entry.state is State.NEW])

    def _decide_unlinked(self, session: Session, unlinked: Sequence[Entry]) -> None:
        entries = [entry for entry in unlinked if entry.id not in self._paired]
        if not entries:
            return
        partners = inbox.by_ids(session, [id for entry in entries for id in self._partner(entry.id)])
        records = [entry.record for entry in entries] + [entry.record for entry in partners.values()]
        known = _Known(
            held=inbox.by_ids(session, [id for entry in entries for id in self._matches.held.get(entry.id, ())]),
            doubts=unsettled(session, self._setup, self._kind, entries),
            twins=twins(session, self._setup, self._kind, entries),
            copies=keyed.astray(session, self._setup, self._kind, entries),
            carrier=carrier_for(session, self._setup, self._kind, values_of(records)),
        )
        for entry in entries:
            both = self._partner(entry.id)
            if not both:
                self._place(entry, self._decide_alone(entry, known))
            elif entry.id not in self._paired:
                for partner in both:
                    self._decide_pair(entry, partners[partner], carrier=known.carrier)

    def _decide_alone(self, entry: Entry, known: "_Known") -> _Alone:
        """A record that has no counterpart, as far as is known."""
        ref = entry.record.ref
        if entry.admitted is False:
            return action.Skip(ref, OUTSIDE, SkipCause.OUTSIDE_VIEW)
        if entry.id in self._matches.held:
            candidates = (known.held.get(id) for id in self._matches.held[entry.id])
            return action.Hold(ref, tuple(one.record.ref for one in candidates if one), AMBIGUOUS, HoldCause.AMBIGUOUS)
        if self._too_old(entry):
            return action.Skip(ref, BEFORE_START, SkipCause.BEFORE_START)
        if entry.id in known.copies.orphans:
            return action.Skip(ref, COPY_OF_DELETED, SkipCause.COUNTERPART_DELETED)
        if entry.id in known.doubts:
            return plan_unsettled(entry.record, known.doubts[entry.id])
        if (twin := _twin(entry, known)) is not None:
            return twin
        return plan_create(entry.record, kind=self._kind.spec, carrier=known.carrier, pairing=self._setup.pairing)

    def _decide_pair(self, entry: Entry, partner: Entry, *, carrier: Carrier) -> None:
        """Two entries that are the same thing; each pair is decided once, at the entry that comes first."""
        skipped = self._pair_skipped(entry, partner)
        if skipped is not None:
            self._place(entry, skipped)
            return
        left, right = (entry, partner) if entry.id in self._matches.pairs else (partner, entry)
        rule = self._matches.pairs[left.id][1]
        if in_doubt(partner) and rule != keyed.RULE:
            self._place(entry, action.Wait(entry.record.ref, (partner.record.ref,), UNDER_WAY, SkipCause.ANSWER_LOST))
            if copy_under_way(partner):
                self._alike.append((entry, partner.record.ref))
            return
        differing = self._told_apart_by(rule, left, right, carrier=carrier)
        if differing is not None:
            why = f"the same {rule} on both sides, but another {differing}: {DOUBTFUL}"
            self._place(entry, action.Hold(entry.record.ref, (partner.record.ref,), why, HoldCause.DOUBTFUL))
            return
        self._paired.add(partner.id)
        steps = steps_for_link(self._meeting(rule, left, right, carrier=carrier), left.record.label)
        self._take(steps, [left, right])

    def _told_apart_by(self, rule: str, left: Entry, right: Entry, *, carrier: Carrier) -> str | None:
        """The field that speaks against two entries being the same; of a faint rule any on which they differ."""
        differing = self._keys.against(rule, left.record.values, right.record.values)
        if differing is None and self._kind.spec.faint(rule):
            return next((one.field for one in self._meeting(rule, left, right, carrier=carrier).contested), None)
        return differing

    def _meeting(self, rule: str, left: Entry, right: Entry, *, carrier: Carrier) -> action.Link:
        return plan_link(left.record, right.record, matched_by=rule, policy=self._kind.policy, carrier=carrier)

    def _pair_skipped(self, entry: Entry, partner: Entry) -> action.Skip | None:
        """Why a record is left alone though its counterpart is known; None if the two are linked."""
        ref = entry.record.ref
        if entry.admitted is False:
            return action.Skip(ref, OUTSIDE, SkipCause.OUTSIDE_VIEW)
        if partner.admitted is False:
            return action.Skip(
                ref, COUNTERPART_OUTSIDE, SkipCause.COUNTERPART_OUTSIDE_VIEW, awaited=(partner.record.ref,)
            )
        if self._too_old(entry) and self._too_old(partner):
            return action.Skip(ref, BEFORE_START, SkipCause.BEFORE_START)
        return None

    def _new(self) -> "array[int]":
        """The entries that are new, by rising id. An array: of a large org there are hundreds of thousands."""
        with self._setup.db.read() as session:
            return array("q", sorted(inbox.ids(session, self._setup.iid, kind=self._kind.kind, state=State.NEW)))

    def _in_turn(self, new: "array[int]") -> "array[int]":
        """First the entries that have no counterpart: what is made of them is what a side is kept busy with."""
        turn = array("q", (id for id in new if not self._partner(id)))
        turn.extend(id for id in new if self._partner(id))
        return turn

    def _too_old(self, entry: Entry) -> bool:
        return self._kind.since is not None and entry.record.modified_at < self._kind.since

    def _partner(self, entry_id: int) -> tuple[int, ...]:
        if entry_id in self._matches.pairs:
            return (self._matches.pairs[entry_id][0],)
        if entry_id in self._matches.paired_right:
            return (self._matches.paired_right[entry_id],)
        return ()

    def _place(self, entry: Entry, act: _Alone) -> None:
        step = step_for_record(act, entry.record.label)
        self._take([step], [entry])
        if isinstance(act, action.Hold) and act.cause is HoldCause.TWIN:
            self._alike += [(entry, ref) for ref in act.candidates]
        if step.verb in ASIDE:
            self._parked.append(put_aside(entry.id, step))
        if isinstance(act, action.Wait | action.Skip):
            self._awaited += [(entry.id, ref) for ref in act.awaited]

    def _take(self, steps: Sequence[Step], entries: Sequence[Entry]) -> None:
        """Take the steps of a record or a link into the plan. Those of records that are only tried again passed the
        brakes when they were first tried, or a person let them pass: they are not counted a second time.
        """
        self._steps += steps
        if not all(entry.tried for entry in entries):
            self._count(steps)

    def _count(self, steps: Sequence[Step]) -> None:
        """Count them for the brakes. A link that is changed on both sides is one; what is filled in when two records
        meet is compared with no links, but with the ceiling of a first sync.
        """
        creates = [step for step in steps if step.verb is Verb.CREATE]
        self._tally["creates"] += len(creates)
        self._creates_in.update(step.target for step in creates if step.target is not None)
        writes = [step for step in steps if step.verb in (Verb.UPDATE, Verb.MERGE)]
        if self._kind.first or not any(step.verb is Verb.LINK for step in steps):
            self._tally["updates"] += len(writes) if self._kind.first else bool(writes)
            self._updates_in.update(step.target for step in writes if step.target is not None)
        for step in writes:
            before, values = step.payload["before"], step.payload["values"]
            self._tally["blanks"] += sum(
                1 for name, value in values.items() if value is None and before.get(name) is not None
            )


def _twin(entry: Entry, known: _Known) -> action.Hold | action.Skip | None:
    """What becomes of a record that is, or may be, the same as one which has another counterpart; None if it is not."""
    ref, twin = entry.record.ref, known.twins.get(entry.id)
    if twin is not None and twin.said:
        return action.Skip(ref, SAME, SkipCause.TWIN)
    if entry.id in known.copies.twins:
        return action.Hold(ref, (known.copies.twins[entry.id],), SECOND_COPY, HoldCause.TWIN)
    if twin is not None:
        return action.Hold(ref, (twin.of,), TWIN, HoldCause.TWIN)
    return None
