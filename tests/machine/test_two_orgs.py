"""Two orgs whose people do what they like, in any order, while a sync runs now and then."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bigin_sync.admin import conflicts, preview
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import journal
from tests.machine.forms import FORMS, Field, Form
from tests.machine.laws import check_run
from tests.machine.ledger import Ledger
from tests.machine.orgs import LABELS, PEOPLE, Orgs, two_orgs
from tests.machine.scene import Scene, look, rows_of

SIDES = st.sampled_from(BOTH)
KINDS = st.sampled_from(tuple(FORMS))
ANY = st.integers(0, 60)
"""Which of those there are; counted around when there are fewer."""
FILLING = st.lists(st.tuples(ANY, ANY), min_size=1, max_size=3)
"""Which fields, and which of their values."""
GAPS = st.sampled_from((0, 0, 0, 1, 30, 70, 200, 1_000))
_LINES = 10_000


class TwoOrgs(RuleBasedStateMachine):
    """People make, edit, delete and restore records on both sides; after every run the laws hold."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.orgs: Orgs
        self.ledger: Ledger
        self.tokens = 0

    @initialize(
        strategy=st.sampled_from(Strategy),
        granularity=st.sampled_from(Granularity),
        tie=SIDES,
    )
    def _open(self, strategy: Strategy, granularity: Granularity, tie: Side) -> None:
        spoken = LABELS[Side(strategy.value)] if strategy in (Strategy.LEFT, Strategy.RIGHT) else strategy.value
        changes = {"strategy": spoken, "granularity": granularity.value, "tie": LABELS[tie]}
        self.orgs = self._stack.enter_context(two_orgs(changes))
        self.ledger = Ledger(Policy(strategy=strategy, granularity=granularity, tie=tie))

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(side=SIDES, kind=KINDS, filling=FILLING, who=ANY)
    def make(self, side: Side, kind: Kind, filling: list[tuple[int, int]], who: int) -> None:
        """A person makes a record."""
        form = FORMS[kind]
        values = {field.name: (field.values or ("",))[0] for field in form.fields if field.needed}
        values |= self._filled(form, side, filling)
        self._make(side, form, {name: value for name, value in values.items() if value is not None}, who=who)

    @rule(which=ANY, filling=FILLING, who=ANY)
    def make_twin(self, which: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person makes a record on the side where it is not, from what is known of it on the other."""
        live = list(look(self.orgs).rows.items())
        if not live:
            return
        ref, row = live[which % len(live)]
        form, side = FORMS[ref.kind], ref.side.other
        kept = {f.name: row.values[f.name] for f in form.fields if f.to is None and not f.owner}
        values = {**kept, **self._filled(form, side, filling)}
        self._make(side, form, {name: value for name, value in values.items() if value is not None}, who=who)

    @rule(which=ANY, filling=FILLING, who=ANY)
    def edit(self, which: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person changes, fills or empties fields of a record."""
        live = self._rows()
        if live:
            self._edit(live[which % len(live)], filling, who=who)

    @rule(which=ANY, field=ANY, values=st.tuples(ANY, ANY), gap=GAPS, first=SIDES, who=ANY)
    def edit_both(self, which: int, field: int, values: tuple[int, int], gap: int, first: Side, who: int) -> None:
        """Two people change the same field of the two records of a link."""
        scene = look(self.orgs)
        whole = [link for link in scene.links.values() if scene.whole(link)]
        if whole:
            link = whole[which % len(whole)]
            self._edit(link.ref(first), [(field, values[0])], who=who)
            self.orgs.clock.advance(gap)
            self._edit(link.ref(first.other), [(field, values[1])], who=who)

    @rule(which=ANY, who=ANY)
    def delete(self, which: int, who: int) -> None:
        """A person deletes a record."""
        live = self._rows()
        if live:
            ref = live[which % len(live)]
            self.orgs.staff.delete(ref.side, FORMS[ref.kind].module(ref.side), ref.id, by=_person(ref.side, who))

    @rule(which=ANY)
    def restore(self, which: int) -> None:
        """A person takes a record out of the recycle bin."""
        binned = sorted(look(self.orgs).binned, key=lambda ref: (ref.side, ref.id))
        if binned:
            self.orgs.restore(binned[which % len(binned)])

    @rule(which=ANY, winner=SIDES)
    def decide_field(self, which: int, winner: Side) -> None:
        """A person decides a contested field."""
        scene = look(self.orgs)
        if scene.conflicts:
            one = scene.conflicts[which % len(scene.conflicts)]
            conflicts.resolve(self.orgs.room, f"c{one.id}", LABELS[winner])
            self.ledger.decided[one.link_id, one.field] = (one, winner)

    @rule(which=ANY, answer=ANY)
    def decide_record(self, which: int, answer: int) -> None:
        """A person says which record another one is, or that it is new."""
        lines = [line for line in conflicts.listing(self.orgs.room) if line.field is None]
        if lines:
            line = lines[which % len(lines)]
            chosen = line.answers[answer % len(line.answers)]
            if chosen == conflicts.NEW:
                entries = look(self.orgs).entries.values()
                self.ledger.alone.add(next(one.record.ref for one in entries if f"r{one.id}" == line.id))
            conflicts.resolve(self.orgs.room, line.id, chosen)

    @rule(seconds=GAPS)
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.orgs.clock.advance(seconds)

    # --- the sync ----------------------------------------------------------------------------------------------------

    @rule()
    def sync(self) -> None:
        """One run; the laws hold after it."""
        self._run({})

    @rule(side=SIDES, calls=st.integers(0, 7), which=ANY, filling=FILLING, who=ANY)
    def sync_while_a_person_edits(
        self, side: Side, calls: int, which: int, filling: list[tuple[int, int]], who: int
    ) -> None:
        """One run, during which a person changes a record of an org right before the run reads something there."""
        meanwhile: dict[Ref, dict[str, object]] = {}

        def act() -> None:
            live = [ref for ref in self._rows() if ref.side is side]
            if live:
                ref = live[which % len(live)]
                meanwhile[ref] = self._edit(ref, filling, who=who)

        self.orgs.wires[side].interrupt = (calls, act)
        self._run(meanwhile)
        self.orgs.wires[side].interrupt = None

    @rule()
    def plan(self) -> None:
        """A dry run writes nothing."""
        before, calls = look(self.orgs), self.orgs.written()
        preview.plan(self.orgs.room)
        after = look(self.orgs)
        assert self.orgs.written() == calls, "a plan has written"
        assert after.rows == before.rows
        assert after.links.keys() == before.links.keys()

    def teardown(self) -> None:
        """People go home: soon everything has arrived or says why not, and then nothing more is written."""
        try:
            if hasattr(self, "orgs"):
                self._come_to_rest()
        finally:
            self._stack.close()

    def _come_to_rest(self) -> None:
        for _once in range(2):
            self.orgs.clock.advance(20 * 60)
            self.sync()
        calls = self.orgs.written()
        self.orgs.clock.advance(20 * 60)
        self.sync()
        assert self.orgs.written() == calls, f"still writing: {[w.writes[-1:] for w in self.orgs.wires.values()]}"
        _at_rest(look(self.orgs))

    def _run(self, meanwhile: Mapping[Ref, Mapping[str, object]]) -> None:
        before = look(self.orgs)
        report = work(self.orgs.room, self.orgs.iid, why="test")
        after = look(self.orgs)
        with self.orgs.room.db.read() as session:
            written = journal.history(session, self.orgs.iid, run_id=report.run_id, limit=_LINES)
        check_run(before, after, self.ledger, written=written, meanwhile=meanwhile)
        offences = [offence for wire in self.orgs.wires.values() for offence in wire.offences]
        assert not offences, f"the sync sent what it may never send: {offences}"

    # --- how ---------------------------------------------------------------------------------------------------------

    def _rows(self) -> list[Ref]:
        return [ref for side in BOTH for form in FORMS.values() for ref, _row in rows_of(self.orgs, side, form)]

    def _make(self, side: Side, form: Form, values: Mapping[str, object], *, who: int) -> None:
        sent = self._sent(form, side, values)
        made = self.orgs.staff.make(side, form.module(side), sent, by=_person(side, who))
        if made is not None:
            self.ledger.made.add(Ref(side, form.kind, made))

    def _edit(self, ref: Ref, filling: list[tuple[int, int]], *, who: int) -> dict[str, object]:
        """What was written; nothing where the org refused it."""
        form = FORMS[ref.kind]
        values = self._filled(form, ref.side, filling)
        sent, by = self._sent(form, ref.side, values), _person(ref.side, who)
        return values if self.orgs.staff.edit(ref.side, form.module(ref.side), ref.id, sent, by=by) else {}

    def _filled(self, form: Form, side: Side, filling: list[tuple[int, int]]) -> dict[str, object]:
        values: dict[str, object] = {}
        for which, value in filling:
            field = form.fields[which % len(form.fields)]
            values[field.name] = self._value(field, side, value)
        return values

    def _value(self, field: Field, side: Side, which: int) -> object:
        choices: list[Any]
        if field.to is not None:
            choices = [None, *(ref.id for ref in self._rows() if (ref.side, ref.kind) == (side, field.to))]
        elif field.owner:
            choices = list(self.orgs.users[side])
        elif field.values is not None:
            choices = list(field.values)
        else:
            self.tokens += 1
            choices = [f"{field.name} {self.tokens}", None]
        return choices[which % len(choices)]

    def _sent(self, form: Form, side: Side, values: Mapping[str, object]) -> dict[str, object]:
        pointing = {field.name for field in form.fields if field.to is not None or field.owner}
        return {
            form.api(name, side): {"id": value} if name in pointing and value is not None else value
            for name, value in values.items()
        }


def _person(side: Side, who: int) -> str:
    return PEOPLE[side][who % len(PEOPLE[side])]


def _at_rest(scene: Scene) -> None:
    """Who was deleted is known to be gone, who came back is known to be back, and nobody waits for the dead."""
    for link in scene.links.values():
        for side in BOTH:
            gone = link.ref(side) not in scene.rows
            assert link.copy(side).gone == gone, f"{link}: {side} is {'gone' if gone else 'there'}, but not known to be"


TestTwoOrgs = TwoOrgs.TestCase
# An example costs a few seconds, not milliseconds.
TestTwoOrgs.settings = settings(max_examples=settings().max_examples // 5, stateful_step_count=25)
