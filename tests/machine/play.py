"""Play: what people and the sync do in two orgs, each act written down in the ledger and each run held to the laws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bigin_sync.admin import conflicts, modules, preview, reconfigure
from bigin_sync.admin.life import Verb
from bigin_sync.errors import ModuleNotReady
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.model.policy import Granularity, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.store import journal
from tests.machine.forms import Field, Form
from tests.machine.laws import at_rest, check_run
from tests.machine.ledger import Ledger
from tests.machine.orgs import ADLERS, LABELS, PEOPLE, Orgs
from tests.machine.scene import look, rows_of

Filling = Sequence[tuple[int, int]]
"""Which fields of a form, and which of their values; numbers beyond what there is count around."""

_LINES = 10_000
_LONG = 20 * 60
"""Seconds after which deletions have been looked for."""


def spoken(strategy: Strategy) -> str:
    """A strategy as a person types it."""
    return LABELS[Side(strategy.value)] if strategy in (Strategy.LEFT, Strategy.RIGHT) else strategy.value


@dataclass(slots=True)
class Play:
    """Both orgs, and what people did there. resting: modules that were paused or disabled, with the way back."""

    orgs: Orgs
    ledger: Ledger
    resting: dict[str, Verb] = field(default_factory=dict)
    tokens: int = 0

    # --- people ------------------------------------------------------------------------------------------------------

    def refs(self) -> list[Ref]:
        """The live records."""
        forms = self.orgs.forms.values()
        return [ref for side in BOTH for form in forms for ref, _row in rows_of(self.orgs, side, form)]

    def make(self, side: Side, form: Form, given: Mapping[str, object], filling: Filling, *, who: int) -> None:
        """A person makes a record, from values that are given and a filling; nothing where it lacks what it needs."""
        needed = {one.name: self._value(one, side, 0) for one in form.fields if one.needed}
        values = needed | dict(given) | self._filled(form, side, filling, new=True)
        if any(values[name] is None for name in needed):
            return
        filled = {name: value for name, value in values.items() if value is not None}
        sent = self._sent(form, side, filled)
        made = self.orgs.staff.make(side, form.module(side), sent, by=_person(side, who))
        if made is not None:
            self.ledger.made.add(Ref(side, form.kind, made))

    def make_twin(self, ref: Ref, filling: Filling, *, who: int) -> None:
        """A person makes a record on the side where it is not, from what is known of it on the other."""
        form = self.orgs.forms[ref.kind]
        row = look(self.orgs).rows[ref]
        kept = {one.name: row.values[one.name] for one in form.fields if one.to is None and not one.owner}
        self.make(ref.side.other, form, kept, filling, who=who)

    def edit(self, ref: Ref, filling: Filling, *, who: int) -> dict[str, object]:
        """A person changes fields of a record. Returns what was written: nothing where the org refused it."""
        form = self.orgs.forms[ref.kind]
        values = self._filled(form, ref.side, filling, new=False)
        if not values:
            return {}
        sent, by = self._sent(form, ref.side, values), _person(ref.side, who)
        if not self.orgs.staff.edit(ref.side, form.module(ref.side), ref.id, sent, by=by):
            return {}
        self.ledger.quietly_back.discard(ref)
        return values

    def delete(self, ref: Ref, *, who: int) -> None:
        """A person deletes a record."""
        module = self.orgs.forms[ref.kind].module(ref.side)
        self.orgs.staff.delete(ref.side, module, ref.id, by=_person(ref.side, who))

    def restore(self, which: int) -> None:
        """Somebody takes a record out of the recycle bin, with what went along with it."""
        scene = look(self.orgs)
        binned = sorted(scene.binned, key=lambda ref: (ref.side, ref.id))
        if binned:
            self.orgs.restore(binned[which % len(binned)])
            back = scene.binned.intersection(self.refs())
            self.ledger.quietly_back.update(ref for ref in back if scene.link_of(ref) is None)

    def decide_field(self, which: int, winner: Side) -> None:
        """A person decides a contested field, if there is one."""
        scene = look(self.orgs)
        if scene.conflicts:
            one = scene.conflicts[which % len(scene.conflicts)]
            conflicts.resolve(self.orgs.room, f"c{one.id}", LABELS[winner])
            self.ledger.decided[one.link_id, one.field] = (one, winner)

    def decide_record(self, which: int, answer: int) -> None:
        """A person says which record another one is, or that it is new, if there is a doubt."""
        lines = [line for line in conflicts.listing(self.orgs.room) if line.field is None]
        if not lines:
            return
        line = lines[which % len(lines)]
        chosen = line.answers[answer % len(line.answers)]
        if chosen == conflicts.NEW:
            entries = look(self.orgs).entries.values()
            self.ledger.alone.add(next(one.record.ref for one in entries if f"r{one.id}" == line.id))
        conflicts.resolve(self.orgs.room, line.id, chosen)

    # --- the one who set the sync up ---------------------------------------------------------------------------------

    def set_terms(self, module: str, strategy: Strategy, granularity: Granularity, *, view: str | None) -> None:
        """Another standing strategy, and another list view of contacts."""
        changes = {"strategy": spoken(strategy), "granularity": granularity.value}
        views = f"contact={view}" if view is not None and module == "contacts" else None
        modules.edit(self.orgs.room, module, changes=changes, view=views)
        self.ledger.policy[module] = replace(self.ledger.policy[module], strategy=strategy, granularity=granularity)

    def rest(self, module: str, verb: Verb) -> None:
        """A module is paused or disabled, as far as that is allowed."""
        try:
            modules.turn(self.orgs.room, module, verb)
        except ModuleNotReady:
            return
        self.resting[module] = Verb.RESUME if verb is Verb.PAUSE else Verb.RECONFIGURE

    def take_up(self, module: str, strategy: Strategy) -> None:
        """A module at rest goes on; one that was disabled with a strategy for its next run."""
        way = self.resting.pop(module, None)
        if way is Verb.RESUME:
            modules.turn(self.orgs.room, module, way)
        elif way is Verb.RECONFIGURE:
            reconfigure.take_up(self.orgs.room, module, strategy=spoken(strategy))
            self.ledger.catch_up[module] = strategy

    # --- the sync ----------------------------------------------------------------------------------------------------

    def sync(self, meanwhile: Mapping[Ref, Mapping[str, object]] | None = None) -> None:
        """One run, and the laws after it. meanwhile: what people are going to write into which records during it."""
        before = look(self.orgs)
        if self.resting.keys() >= self.ledger.policy.keys():
            return
        report = work(self.orgs.room, self.orgs.iid, why="test")
        after = look(self.orgs)
        with self.orgs.room.db.read() as session:
            written = journal.history(session, self.orgs.iid, run_id=report.run_id, limit=_LINES)
        check_run(
            before,
            after,
            self.ledger,
            ran=[Kind(kind) for kind in report.counts],
            written=written,
            meanwhile=meanwhile or {},
        )
        for module in {BIGIN_CRM.kind(kind).module for kind in report.counts}:
            self.ledger.catch_up.pop(module, None)
        offences = [offence for wire in self.orgs.wires.values() for offence in wire.offences]
        assert not offences, f"the sync sent what it may never send: {offences}"

    def sync_while(self, side: Side, calls: int, act: Callable[[], Mapping[Ref, Mapping[str, object]]]) -> None:
        """One run, during which somebody does something right before the so many-th reading call to an org."""
        meanwhile: dict[Ref, Mapping[str, object]] = {}
        self.orgs.wires[side].interrupt = (calls, lambda: meanwhile.update(act()))
        self.sync(meanwhile)
        self.orgs.wires[side].interrupt = None

    def plan(self) -> None:
        """A dry run, which writes nothing."""
        if self.resting.keys() >= self.ledger.policy.keys():
            return
        before, calls = look(self.orgs), self.orgs.written()
        preview.plan(self.orgs.room)
        after = look(self.orgs)
        assert self.orgs.written() == calls, "a plan has written"
        assert after.rows == before.rows
        assert after.links.keys() == before.links.keys()

    def come_to_rest(self) -> None:
        """People go home: soon everything has arrived or says why not, and then nothing more is written."""
        for module in list(self.resting):
            self.take_up(module, Strategy.LATEST)
        for _once in range(2):
            self.orgs.clock.advance(_LONG)
            self.sync()
        calls = self.orgs.written()
        self.orgs.clock.advance(_LONG)
        self.sync()
        assert self.orgs.written() == calls, f"still writing: {[w.writes[-1:] for w in self.orgs.wires.values()]}"
        at_rest(look(self.orgs))

    # --- how ---------------------------------------------------------------------------------------------------------

    def _filled(self, form: Form, side: Side, filling: Filling, *, new: bool) -> dict[str, object]:
        values: dict[str, object] = {}
        for which, value in filling:
            one = form.fields[which % len(form.fields)]
            if new or not one.once:
                values[one.name] = self._value(one, side, value)
        return {name: value for name, value in values.items() if value is not None or not form.field(name).needed}

    def _value(self, one: Field, side: Side, which: int) -> object:
        choices: list[object]
        if one.to is not None:
            live = [ref.id for ref in self.refs() if (ref.side, ref.kind) == (side, one.to)]
            choices = [*live] if one.needed and live else [None, *live]
        elif one.owner:
            choices = list(self.orgs.users[side])
        elif one.values is not None:
            choices = list(one.values)
        else:
            self.tokens += 1
            choices = [f"{one.name} {self.tokens}", None]
        return choices[which % len(choices)]

    def _sent(self, form: Form, side: Side, values: Mapping[str, object]) -> dict[str, object]:
        sent: dict[str, object] = {}
        for name, value in values.items():
            one, place = form.field(name), form.place(name, side)
            if isinstance(value, datetime):
                sent[place.api] = value.isoformat()
            else:
                pointing = value is not None and (one.to is not None or one.owner)
                sent[place.api] = {"id": value} if pointing else value
            sent |= place.beside
        return sent


def _person(side: Side, who: int) -> str:
    return PEOPLE[side][who % len(PEOPLE[side])]


VIEWS = (None, ADLERS, "all")
"""Views a person may choose for contacts; None: the one there was."""
