"""Meeting: one link whose two records are there, and what a run made of their fields."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from bigin_sync.model.link import Link
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.stages import BETWEEN
from bigin_sync.store.inbox import State
from tests.machine.forms import Field, Form
from tests.machine.ledger import Ledger, winner
from tests.machine.scene import Scene

Values: TypeAlias = Mapping[str, object]
"""Field -> what a person wrote into it."""

OPEN = frozenset({State.WAITING, State.HELD, State.PROBLEM})


def said(value: object) -> str:
    """A value as it reads in both an org and the journal, which names a stage's pipeline before the stage."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else str(value).rpartition(BETWEEN)[2]


class Meeting:
    """One link whose two records are there: what a run made of their fields."""

    def __init__(
        self, before: Scene, after: Scene, ledger: Ledger, link: Link, kept: set[tuple[Ref, str, str]]
    ) -> None:
        self._before = before
        self._after = after
        self._ledger = ledger
        self._link = link
        self._kept = kept
        self._form: Form = after.forms[link.kind]
        self._module = BIGIN_CRM.kind(link.kind).module
        self._refs = {side: link.ref(side) for side in BOTH}
        self._met = all(ref in before.rows for ref in self._refs.values())

    def check(self) -> None:
        """No edit is lost, none is overwritten by an older one, and what is overwritten is kept in the journal."""
        granularity = self._ledger.policy[self._module].granularity
        together = granularity is Granularity.RECORD and self._met
        whole = together and len(self._edited()) == len(BOTH)
        perhaps = together and len(self._edited(perhaps=True)) == len(BOTH)
        for field in self._form.fields:
            if self._met:
                self._check_changes(field, whole=whole, perhaps=perhaps)
            else:
                self._check_source(field)
        for field in self._form.fields:
            self._check_agreement(field, whole=whole or perhaps)

    def check_meanwhile(self, meanwhile: Mapping[Ref, Values]) -> None:
        """What people wrote during the run is there, or in the journal; the next run has to carry it over."""
        for field in self._form.fields:
            now = self._values(self._after, field)
            touched = any(field.name in meanwhile.get(ref, {}) for ref in self._refs.values())
            for side, ref in self._refs.items():
                value = meanwhile.get(ref, {}).get(field.name)
                if value not in (None, False, now[side]):
                    kept = (ref, field.name, said(value)) in self._kept
                    assert kept, self._told(field, f"{value!r} was written during the run and overwritten unseen")
            # Two values may have become equal before the run has seen it: what meets the next edit is not known then.
            if not touched and self._after.equal(self._form, field.name, now[Side.LEFT], now[Side.RIGHT]):
                self._ledger.settle(self._link.id, field.name, now)
            else:
                self._ledger.unsure.add((self._link.id, field.name))

    def _values(self, scene: Scene, field: Field) -> dict[Side, object]:
        return {side: scene.rows[ref].values[field.name] for side, ref in self._refs.items()}

    def _moved(self, scene: Scene, field: Field) -> frozenset[Side]:
        """The sides on which people edited the field. One that is blank is not where its record was deleted, or merged
        into another one since it was read: an org shows the same then as after a deletion.
        """
        now = self._values(scene, field)
        moved = self._ledger.moved(self._link.id, field.name, now)
        return frozenset(side for side in moved if now[side] is not None or not self._emptied(scene, field, side))

    def _emptied(self, scene: Scene, field: Field, side: Side) -> bool:
        named = self._ledger.named(self._link.id, field.name, side) if field.to is not None else ()
        return any(Ref(side, field.to or self._link.kind, str(id)) not in scene.rows for id in named)

    def _perhaps(self, field: Field, side: Side) -> bool:
        """Whether a person emptied a lookup whose record is gone by now: a run, or a plan, may have read it before."""
        return (self._refs[side], field.name) in self._ledger.emptied and self._emptied(self._before, field, side)

    def _edited(self, *, perhaps: bool = False) -> set[Side]:
        """The sides that hold an edit which the other does not have; perhaps: or that may pass for one, as its org does
        not tell whether a lookup is blank because a record was deleted.
        """
        met = [field for field in self._form.fields if not self._first(field)]
        return {side for field in met for side in self._contending(field, perhaps=perhaps)}

    def _contending(self, field: Field, *, perhaps: bool) -> frozenset[Side]:
        """The sides whose edit of a field would change the other record, or is met by one that would."""
        now, moved = self._values(self._before, field), self._moved(self._before, field)
        blank = {side for side in BOTH if now[side] is None and self._emptied(self._before, field, side)}
        if perhaps and blank:
            return moved | {side for side in BOTH if self._perhaps(field, side)}
        if self._after.equal(self._form, field.name, now[Side.LEFT], now[Side.RIGHT]):
            return frozenset()
        if field.to is not None and not any(self._after.known(field.to, side, now[side]) for side in BOTH):
            return frozenset()
        return moved if self._crosses(field, now, moved) else frozenset()

    def _check_source(self, field: Field) -> None:
        """The record another was made of stays as it was."""
        for ref in self._refs.values():
            if ref in self._before.rows:
                was, now = self._before.rows[ref].values[field.name], self._after.rows[ref].values[field.name]
                assert was == now, self._told(field, "changed while its counterpart was made")

    def _check_changes(self, field: Field, *, whole: bool, perhaps: bool) -> None:
        was, now = self._values(self._before, field), self._values(self._after, field)
        moved = self._moved(self._before, field)
        for side in BOTH:
            if now[side] == was[side]:
                continue
            other = side.other
            assert now[other] == was[other], self._told(field, "both sides were written")
            assert self._same(field, now), self._told(field, "written, but not with the other side's value")
            if was[side] not in (None, False):
                kept = (self._refs[side], field.name, said(was[side]))
                assert kept in self._kept, self._told(field, "overwritten, but not kept in the journal")
            if (self._first(field) and was[side] is None) or self._doubtful(field):
                continue
            made = other in moved or self._perhaps(field, other)
            assert made or whole or perhaps, self._told(field, "overwritten by a value that nobody has changed")
            if side in moved or whole or (perhaps and not made):
                wins = self._winner(field, was)
                assert wins is other, self._told(field, f"overwritten, though {wins} wins")

    def _check_agreement(self, field: Field, *, whole: bool) -> None:
        now = self._values(self._after, field)
        moved = self._moved(self._after, field)
        both = whole or self._first(field) or len(moved) == len(BOTH) or self._doubtful(field)
        both = both or any(self._perhaps(field, side) for side in BOTH)
        stays = both and self._policy(field).strategy is Strategy.SKIP and self._crosses(field, now, BOTH)
        if self._same(field, now):
            if stays or not self._owed(field, now):
                self._ledger.settle(self._link.id, field.name, now)
            return
        if self._first(field) and self._same(field, self._but_for_deletions(field, now)):
            self._ledger.settle(self._link.id, field.name, now)  # They may have been read, and have met, before that.
            return
        # What may stay apart is settled so, also while a lookup of the same record waits; but not where nobody can say
        # whether that is why it is set aside.
        open_yet = self._aside and not (stays and field.to is None and not self._doubtful(field))
        if not moved or self._link.parted or open_yet:
            return
        assert stays, self._told(field, f"an edit in {sorted(moved)} was lost")
        self._ledger.settle(self._link.id, field.name, now)

    def _but_for_deletions(self, field: Field, now: Mapping[Side, object]) -> dict[Side, object]:
        """What both sides would say, had not been deleted what they named."""
        bereft = self._ledger.bereft
        return {side: bereft.get((self._refs[side], field.name)) if now[side] is None else now[side] for side in BOTH}

    def _owed(self, field: Field, now: Mapping[Side, object]) -> bool:
        """Whether an owner for whom nobody stands on the other side waits for somebody, or for a person's decision."""
        if not self._met or not self._aside:
            return False  # Whoever was put in charge of a copy that was just made is no question.
        if self._after.equal(self._form, field.name, now[Side.LEFT], now[Side.RIGHT]):
            return False
        answered = self._ledger.answered(self._link.id, field.name, now) is not None
        asked = self._policy(field).strategy is Strategy.ASK and self._crosses(field, now, BOTH) and not answered
        # A question stays open when the strategy becomes another one, until the record is decided anew.
        opened = any((one.link_id, one.field) == (self._link.id, field.name) for one in self._after.conflicts)
        return asked or opened or not self._first(field)

    def _crosses(self, field: Field, now: Mapping[Side, object], sides: Collection[Side]) -> bool:
        """Whether a value of these sides can be carried over: an owner only where somebody stands for them."""
        return any(not field.owner or not self._after.nobody(side, now[side]) for side in sides)

    @property
    def _aside(self) -> bool:
        return any(entry.state in OPEN for entry in self._after.aside(self._link))

    def _doubtful(self, field: Field) -> bool:
        """Whether nobody can say which values met, of this field or, where records count as a whole, of any."""
        if self._ledger.policy[self._module].granularity is Granularity.FIELDS:
            return (self._link.id, field.name) in self._ledger.unsure
        return self._ledger.in_doubt(self._link.id)

    def _first(self, field: Field) -> bool:
        return (self._link.id, field.name) not in self._ledger.agreed

    def _policy(self, field: Field) -> Policy:
        return self._ledger.governed(self._module, first=self._first(field))

    def _winner(self, field: Field, was: Mapping[Side, object]) -> Side | None:
        modified = {side: self._before.rows[ref].modified for side, ref in self._refs.items()}
        answered = self._ledger.answered(self._link.id, field.name, was)
        return answered or winner(self._policy(field), modified)

    def _same(self, field: Field, values: Mapping[Side, object]) -> bool:
        return self._after.same(self._form, field.name, values[Side.LEFT], values[Side.RIGHT])

    def _told(self, field: Field, what: str) -> str:
        return "\n".join([f"{self._link.kind} {field.name}: {what}", *self._story(field)])

    def _story(self, field: Field) -> Iterator[str]:
        yield f"  settled with {self._ledger.agreed.get((self._link.id, field.name))}, {self._policy(field)}"
        for side, ref in self._refs.items():
            was, now = self._before.rows.get(ref), self._after.rows[ref]
            yield f"  {side} {ref.id}: {was and was.values[field.name]!r} -> {now.values[field.name]!r}"
            yield f"    modified {was and was.modified} -> {now.modified}"
        yield f"  {self._link}"
        yield from (f"  {entry}" for entry in self._after.aside(self._link))
