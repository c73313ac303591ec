"""Creating: planned creates go out in batches, and each answer becomes a link. A shell."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeGuard

from bigin_sync.model.action import Create, Wait, Write
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Cause, Outcome, Refused, Stored, Unknown
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.pairing.carry import Carrier
from bigin_sync.store import inbox, journal, links, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Postponed
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.again import refuse, stumbled
from bigin_sync.sync.ahead import Plan
from bigin_sync.sync.answers import judged, outcomes_of, trouble_of
from bigin_sync.sync.aside import put_aside
from bigin_sync.sync.context import carrier_for, values_of
from bigin_sync.sync.doubles import Double, DoubleFlight
from bigin_sync.sync.doubt import Doubts
from bigin_sync.sync.flights import LATER, Flight, Later
from bigin_sync.sync.halves import in_halves
from bigin_sync.sync.keyed import with_key
from bigin_sync.sync.landing import Work, in_words, look_at_lists, put_away, wake
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.pending import ANSWER_LOST, CAUSE
from bigin_sync.sync.plan import plan_create
from bigin_sync.sync.progress import Aside, Progress
from bigin_sync.sync.settled import Left, created, rest_of_new
from bigin_sync.sync.steps import step_for_record, write_json
from bigin_sync.sync.twins import note_copied
from bigin_sync.zoho.side import Row


class Creates:
    """Gives out the planned creates of a side, batch by batch: those that point to records of their own kind which
    were not linked when they were planned, or the others.
    """

    def __init__(self, plan: Plan, progress: Progress, *, pointing: bool) -> None:
        self._plan = plan
        self._work = plan.work
        self._progress = progress
        self._pointing = pointing
        self._after = dict.fromkeys(BOTH, 0)
        self._found: dict[Side, list[journal.Entry]] = {side: [] for side in BOTH}

    def next(self, session: Session, side: Side) -> Flight | Later | None:
        """The next batch for this side; a batch that is not full waits until the plan is whole. None: none is left."""
        while True:
            self._look(session, side)
            found = self._found[side]
            if len(found) < BATCH and not self._plan.done:
                return LATER
            if not found:
                return None
            self._found[side] = found[BATCH:]
            items = self._items(session, side, found[:BATCH])
            if items:
                return CreateFlight(self._work, side, items, self._progress)

    def _look(self, session: Session, side: Side) -> None:
        """Find the next planned creates of this sort, as many as one call carries."""
        work, found = self._work, self._found[side]
        while len(found) < BATCH:
            planned = journal.planned(
                session,
                work.run_id,
                kind=work.kind.kind,
                verbs=[Verb.CREATE],
                target=side,
                after_id=self._after[side],
                limit=BATCH,
            )
            if not planned:
                return
            self._after[side] = planned[-1].id
            found += [step for step in planned if _points_to_its_like(step) is self._pointing]

    def _items(self, session: Session, target: Side, steps: Sequence[journal.Entry]) -> "list[_Item]":
        work = self._work
        refs = {step.id: Ref(target.other, work.kind.kind, step.line.id_on(target.other)) for step in steps}
        found = inbox.by_refs(session, work.setup.iid, refs=list(refs.values()))
        carrier = carrier_for(session, work.setup, work.kind, values_of(entry.record for entry in found.values()))
        items, dropped = [], []
        for step in steps:
            entry = found.get(refs[step.id])
            item = self._item(session, step, entry, carrier) if entry is not None and entry.link_id is None else None
            if item is None:
                dropped.append(Settled(step.id, State.DROPPED))
            else:
                items.append(item)
        journal.settle(session, dropped)
        return items

    def _item(self, session: Session, step: journal.Entry, entry: Entry, carrier: Carrier) -> "_Item | None":
        """The record as it is sent, decided once more: what it points to may have landed meanwhile, or failed to."""
        work = self._work
        act = plan_create(entry.record, kind=work.kind.spec, carrier=carrier, pairing=work.setup.pairing)
        if not isinstance(act, Create):
            aside = put_aside(entry.id, step_for_record(act, entry.record.label))
            inbox.park(session, [aside])
            if isinstance(act, Wait):
                waits.await_(session, work.setup.iid, rows=[(entry.id, ref) for ref in act.awaited])
            work.counts.set_aside(entry.id, Aside(aside.state.value))
            return None
        return _Item(step, entry, act.write)


def _points_to_its_like(step: journal.Entry) -> bool:
    pointers: dict[str, tuple[str, str, str]] = step.line.payload.get("pointers", {})
    return any(kind == step.line.kind for _side, kind, _id in pointers.values())


@dataclass(frozen=True, slots=True)
class _Item:
    step: journal.Entry
    entry: Entry
    write: Write


class CreateFlight:
    """One insert call of up to 100 records."""

    def __init__(self, work: Work, side: Side, items: list[_Item], progress: Progress) -> None:
        self.side = side
        self._work = work
        self._items = items
        self._progress = progress
        writer = work.kind.writer(side)
        setup, kind = work.setup, work.kind
        self._rows: list[Row] = [
            with_key(setup, kind, writer.begin(item.write.values), source=item.entry.record.ref) for item in items
        ]
        self._keyed = side in kind.keys
        self._doubts = Doubts(setup, kind, side)

    def leave(self, session: Session) -> None:
        """Commit the intent, with the values as they were decided last."""
        ids = [item.step.id for item in self._items]
        sent = {item.step.id: write_json(item.write) for item in self._items}
        planned = {item.step.id: item.step.line.payload for item in self._items}
        journal.revise(session, {id: payload for id, payload in sent.items() if payload != planned[id]})
        setup = self._work.setup
        journal.intend(
            session,
            ids,
            call_no=ids[0],
            fence=setup.fence,
            sent_as=setup.own_users[self.side],
            sent_at=setup.time_on(self.side),
            key_field=self._work.kind.keys.get(self.side),
        )

    def call(self) -> list[Outcome]:
        """Insert the records."""
        side, module = self._work.setup.sides[self.side], self._work.kind.module(self.side)
        trigger = self._work.kind.trigger
        return in_halves(lambda rows: side.create(module, rows, trigger=trigger), self._rows)

    def land(self, session: Session, answer: "Future[list[Outcome]]") -> Flight | None:
        """Link what was stored, set aside what was refused, leave open what is unknown."""
        told = list(zip(self._items, outcomes_of(answer, len(self._items)), strict=True))
        doubles = [Double(one.step, one.entry, out) for one, out in told if self._may_be_ours(out)]
        told = [(item, outcome) for item, outcome in told if not self._may_be_ours(outcome)]
        journal.settle(session, [judged(item.step.id, outcome, self.side) for item, outcome in told])
        stored = [(item, outcome) for item, outcome in told if isinstance(outcome, Stored)]
        self._link(session, stored)
        for item, outcome in told:
            if isinstance(outcome, Refused) and outcome.stumbled:
                stumbled(session, self._work, item.entry, in_words(outcome))
            elif isinstance(outcome, Refused) and not self._doubts.cast(outcome):
                refuse(session, self._work, item.entry, outcome, by=self.side)
            elif isinstance(outcome, Unknown):
                tries, now = item.entry.tries + outcome.stumbled, self._work.setup.clock.now()
                inbox.postpone(session, [Postponed(item.entry.id, ANSWER_LOST, CAUSE, tries, now)])
                self._work.counts.set_aside(item.entry.id, Aside.WAITING)
        counts = self._work.counts
        counts.created[self.side] += len(stored)
        self._progress.stage(
            "writing", kind=self._work.kind.kind, side=self.side, done=counts.created[self.side], total=None
        )
        return DoubleFlight(self._work, self.side, doubles) if doubles else None

    def trouble(self, answer: "Future[list[Outcome]]") -> BaseException | None:
        """Errors that concern more than these records: every other one would be refused for the same field."""
        return trouble_of(answer) or self._doubts.trouble()

    def _may_be_ours(self, outcome: Outcome) -> TypeGuard[Refused]:
        """Whether a record may have been refused because an earlier call has made it, which went unanswered."""
        return self._keyed and isinstance(outcome, Refused) and outcome.cause is Cause.DUPLICATE

    def _link(self, session: Session, stored: list[tuple[_Item, Stored]]) -> None:
        work, source = self._work, self.side.other
        made, rests = [], []
        for item, answer in stored:
            here, there = created(item.entry.record, item.write, answer)
            pair = (here, there) if source is Side.LEFT else (there, here)
            made.append(Link(0, work.kind.kind, *pair))
            rests.append(rest_of_new(item.write))
        ids = links.insert_(session, work.setup.iid, run_id=work.run_id, made_by=["created"] * len(made), links=made)
        look_at_lists(session, work.setup, work.kind.kind, ids, sides=[source])
        entries = [item.entry for item, _ in stored]
        settled = zip(entries, ids, rests, strict=True)
        staying = [(entry.id, id) for entry, id, rest in settled if rest.left is not Left.DONE]
        inbox.set_link(session, staying)
        note_copied(session, work, entries)
        put_away(session, work, list(zip(entries, rests, strict=True)))
        wake(session, work, made)
