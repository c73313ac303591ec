"""Play: what people and the sync do in two orgs, each act written down in the ledger and each run held to the laws."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bigin_sync.admin import conflicts, modules, preview, reconfigure
from bigin_sync.admin.life import Verb
from bigin_sync.errors import ModuleNotReady
from bigin_sync.jobs.work import work
from bigin_sync.model.kind import Kind
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.bigin_crm.pipelines import DEAL, PRODUCT
from bigin_sync.store import journal, runs
from tests.machine.forms import Field, Form
from tests.machine.laws import at_rest, check_run
from tests.machine.ledger import Ledger
from tests.machine.orgs import ADLERS, LABELS, PEOPLE, Orgs
from tests.machine.scene import Scene, look, rows_of

Filling = Sequence[tuple[int, int]]
"""Which fields of a form, and which of their values; numbers beyond what there is count around."""

_LINES = 10_000
_LONG = 20 * 60
"""Seconds after which deletions have been looked for."""
_LONGER = 7 * 3600
"""Seconds after which the products of every deal have been looked at."""


def spoken(strategy: Strategy) -> str:
    """A strategy as a person types it."""
    return LABELS[Side(strategy.value)] if strategy in (Strategy.LEFT, Strategy.RIGHT) else strategy.value


def terms_of(policy: Policy) -> dict[str, str]:
    """A policy as whoever sets a module up says it."""
    strategy, granularity = spoken(policy.strategy), policy.granularity.value
    return {"strategy": strategy, "granularity": granularity, "tie": LABELS[policy.tie]}


@dataclass(slots=True)
class Play:
    """Both orgs, and what people did there.

    done: what was done there how often. resting: modules that were paused or disabled, with the way back.
    """

    orgs: Orgs
    ledger: Ledger
    done: Counter[str] = field(default_factory=Counter)
    resting: dict[str, Verb] = field(default_factory=dict)
    tokens: int = 0

    # --- people ------------------------------------------------------------------------------------------------------

    def refs(self) -> list[Ref]:
        """The live records."""
        forms = self.orgs.forms.values()
        return [ref for side in BOTH for form in forms for ref, _row in rows_of(self.orgs, side, form)]

    def furnish(self, alike: Sequence[bool]) -> None:
        """Both sides get a record of each kind, a deal has a product. alike: whether the two of a kind are the same."""
        for form, same in zip(self.orgs.forms.values(), alike, strict=False):
            parents = [one for one in form.fields if one.belongs]
            parent = parents[len(form.kind) % len(parents)] if parents else None
            for place, side in enumerate(BOTH):
                given: dict[str, object] = {}
                for one in form.fields:
                    if one.to is not None and (one is parent or not one.belongs):
                        given[one.name] = self._value(one, side, 0 if one.belongs else 1)
                    elif one.values is not None:
                        choices = [value for value in one.values if value is not None]
                        given[one.name] = choices[0 if same else place % len(choices)]
                    elif not one.owner and one.to is None:
                        given[one.name] = self._value(one, side, 0)
                self.make(side, form, given, [], who=place)
        live = {(ref.side, ref.kind): ref for ref in self.refs()}
        deal, product = live.get((Side.LEFT, DEAL)), live.get((Side.LEFT, PRODUCT))
        if deal and product:
            self.join(deal, product, who=0)

    def make(self, side: Side, form: Form, given: Mapping[str, object], filling: Filling, *, who: int) -> Ref | None:
        """A person makes a record, from values that are given and a filling; nothing where it lacks what it needs."""
        needed = {one.name: self._value(one, side, 0) for one in form.fields if one.needed}
        values = needed | dict(given) | self._filled(form, side, filling, kept=given, new=True)
        parents = [one for one in form.fields if one.belongs]
        if parents and not any(values.get(one.name) for one in parents):
            possible = [(one.name, id) for one in parents if (id := self._value(one, side, who)) is not None]
            values |= [possible[who % len(possible)]] if possible else []
        if any(values[name] is None for name in needed) or (
            parents and not any(values.get(one.name) for one in parents)
        ):
            return None
        filled = {name: value for name, value in values.items() if value is not None}
        sent = {**self._sent(form, side, filled), **form.loud}
        made = self.orgs.staff.make(side, form.module(side), sent, by=_person(side, who))
        if made is None:
            return None
        ref = Ref(side, form.kind, made)
        self.ledger.made.add(ref)
        self.done[f"make a {form.kind}"] += 1
        return ref

    def make_twin(self, ref: Ref, filling: Filling, *, who: int) -> Ref | None:
        """A person makes a record on the side where it is not, from what is known of it on the other."""
        form, scene = self.orgs.forms[ref.kind], look(self.orgs)
        kept: dict[str, object] = {}
        for one in (one for one in form.fields if not one.owner):
            value = scene.rows[ref].values[one.name]
            if one.to is not None and value is not None:
                link = scene.link_of(Ref(ref.side, one.to, str(value)))
                value = link.copy(ref.side.other).id if link and scene.whole(link) else None
            kept[one.name] = value
        made = self.make(ref.side.other, form, kept, filling, who=who)
        self.done["make a twin"] += made is not None
        return made

    def edit(self, ref: Ref, filling: Filling, *, who: int) -> dict[str, object]:
        """A person changes fields of a record. Returns what was written: nothing where the org refused it."""
        form = self.orgs.forms[ref.kind]
        kept = look(self.orgs).rows[ref].values
        values = self._filled(form, ref.side, filling, kept=kept, new=False)
        if not values:
            return {}
        loud = form.loud if who % 2 else dict.fromkeys(form.loud)
        sent, by = {**self._sent(form, ref.side, values), **loud}, _person(ref.side, who)
        if not self.orgs.staff.edit(ref.side, form.module(ref.side), ref.id, sent, by=by):
            return {}
        self.ledger.quietly_back.discard(ref)
        self.ledger.quietly_moved.discard(ref)
        changed = [name for name, value in values.items() if kept[name] != value]
        self.ledger.emptied.update((ref, name) for name in changed if values[name] is None)
        for name in changed:
            self.ledger.bereft.pop((ref, name), None)
        self.done[f"edit a {ref.kind}"] += bool(changed)
        self.done["change an owner"] += "Owner" in changed
        return values

    def delete(self, ref: Ref, *, who: int) -> None:
        """A person deletes a record, and its org what goes along with it."""
        module, before = self.orgs.forms[ref.kind].module(ref.side), look(self.orgs)
        self.orgs.staff.delete(ref.side, module, ref.id, by=_person(ref.side, who))
        gone = before.rows.keys() - look(self.orgs).rows.keys()
        self.ledger.bereft |= {(holder, name): named.id for holder, name, named in self._naming(before, gone)}
        self.done["delete a record"] += 1

    def merge(self, winner: Ref, loser: Ref, *, who: int) -> None:
        """A person makes two records of a side one."""
        scene = look(self.orgs)
        self.orgs.merge(winner, loser, by=_person(winner.side, who))
        for ref, name, _loser in self._naming(scene, {loser}):
            link = scene.link_of(ref)
            if link is None:
                self.ledger.quietly_moved.add(ref)
            else:
                self.ledger.handed_over(link.id, name, side=ref.side, to=winner.id)
        self.done["merge two records"] += 1

    def join(self, deal: Ref, product: Ref, *, who: int) -> None:
        """A person puts a product on a deal."""
        path = self.orgs.products_of(deal)
        self.orgs.staff.join(deal.side, path, product.id, by=_person(deal.side, who))
        self.done["join a product"] += 1

    def part(self, deal: Ref, product: Ref, *, who: int) -> None:
        """A person takes a product from a deal."""
        path = self.orgs.products_of(deal)
        self.orgs.staff.part(deal.side, path, product.id, by=_person(deal.side, who))
        self.ledger.parted.add((deal, product))
        self.done["part a product"] += 1

    def restore(self, which: int) -> None:
        """Somebody takes a record out of the recycle bin, with what went along with it."""
        scene = look(self.orgs)
        binned = sorted(scene.binned, key=lambda ref: (ref.side, ref.id))
        if binned:
            self.orgs.restore(binned[which % len(binned)])
            now = look(self.orgs)
            back = scene.binned.intersection(now.rows)
            self.done["restore a record"] += bool(back)
            unknown = {ref for ref in back if scene.link_of(ref) is None}
            self.ledger.quietly_back.update(unknown)
            for ref, name, named in self._naming(now, unknown):
                # It points again to what is back, and its counterpart can't have followed: that was never linked.
                if link := now.link_of(ref):
                    self.ledger.handed_over(link.id, name, side=ref.side, to=named.id)

    def decide_field(self, which: int, winner: Side) -> None:
        """A person decides a contested field, if there is one."""
        scene = look(self.orgs)
        if scene.conflicts:
            one = scene.conflicts[which % len(scene.conflicts)]
            conflicts.resolve(self.orgs.room, f"c{one.id}", LABELS[winner])
            self.ledger.decided[one.link_id, one.field] = (one, winner)
            self.done["decide a field"] += 1

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
        self.done["decide a record"] += 1

    # --- the one who set the sync up ---------------------------------------------------------------------------------

    def set_terms(self, module: str, strategy: Strategy, granularity: Granularity, *, view: str | None) -> None:
        """Another standing strategy, and another list view of contacts."""
        policy = replace(self.ledger.policy[module], strategy=strategy, granularity=granularity)
        views = f"contact={view}" if view is not None and module == "contacts" else None
        modules.edit(self.orgs.room, module, changes=terms_of(policy), view=views)
        self.done["change a view"] += views is not None
        self.ledger.policy[module] = policy

    def rest(self, module: str, verb: Verb) -> None:
        """A module is paused or disabled, as far as that is allowed."""
        try:
            modules.turn(self.orgs.room, module, verb)
        except ModuleNotReady:
            return
        self.done[f"{verb} a module"] += 1
        self.resting[module] = Verb.RESUME if verb is Verb.PAUSE else Verb.RECONFIGURE

    def take_up(self, module: str, strategy: Strategy) -> None:
        """A module at rest goes on; one that was disabled with a strategy for its next run."""
        way = self.resting.pop(module, None)
        if way is Verb.RESUME:
            modules.turn(self.orgs.room, module, way)
            self.done["resume a module"] += 1
        elif way is Verb.RECONFIGURE:
            reconfigure.take_up(self.orgs.room, module, strategy=spoken(strategy))
            self.ledger.catch_up[module] = strategy
            self.done["reconfigure a module"] += 1

    # --- the sync ----------------------------------------------------------------------------------------------------

    def sync(self, meanwhile: Mapping[Ref, Mapping[str, object]] | None = None) -> None:
        """One run, and the laws after it. meanwhile: what people are going to write into which records during it."""
        before = look(self.orgs)
        if self.resting.keys() >= self.ledger.policy.keys():
            return
        with self.orgs.room.db.read() as session:
            known = max((run.id for run in runs.listing(session, self.orgs.iid)), default=0)
        report = work(self.orgs.room, self.orgs.iid, why="test")
        after = look(self.orgs)
        with self.orgs.room.db.read() as session:
            # A run that finds an org's fields changed begins again, under another number than what it wrote so far.
            latest = journal.history(session, self.orgs.iid, limit=_LINES)
            written = [line for line in latest if line.run_id > known]
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
        offences = [offence for wire in self.orgs.wires.values() for offence in wire.heard]
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
        for seconds in (_LONGER, _LONG):
            self.orgs.clock.advance(seconds)
            self.sync()
        calls = self.orgs.written()
        self.orgs.clock.advance(_LONG)
        self.sync()
        assert self.orgs.written() == calls, f"still writing: {[w.writes[-1:] for w in self.orgs.wires.values()]}"
        at_rest(look(self.orgs), self.ledger)

    # --- how ---------------------------------------------------------------------------------------------------------

    def _naming(self, scene: Scene, those: Collection[Ref]) -> Iterator[tuple[Ref, str, Ref]]:
        """The records whose lookups name one of those, with the field and what it names."""
        for ref, row in scene.rows.items():
            for one in self.orgs.forms[ref.kind].fields:
                if one.to is not None and (named := Ref(ref.side, one.to, str(row.values[one.name]))) in those:
                    yield ref, one.name, named

    def _filled(
        self, form: Form, side: Side, filling: Filling, *, kept: Mapping[str, object], new: bool
    ) -> dict[str, object]:
        """What a filling puts into which fields; it changes neither what stays as it was made nor the kind of record
        that one belongs to.
        """
        values: dict[str, object] = {}
        for which, value in filling:
            one = form.fields[which % len(form.fields)]
            if (new or not one.once) and (not one.belongs or kept.get(one.name) is not None):
                values[one.name] = self._value(one, side, value)
        always = {one.name for one in form.fields if one.needed or one.belongs}
        return {name: value for name, value in values.items() if value is not None or name not in always}

    def _value(self, one: Field, side: Side, which: int) -> object:
        choices: list[object]
        if one.to is not None:
            live = [ref.id for ref in self.refs() if (ref.side, ref.kind) == (side, one.to)]
            choices = [*live] if one.belongs and live else [None, *live]
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


VIEWS = (ADLERS, "all")
"""Views a person may choose for contacts."""
