"""Laws: what has to be true after every run, whatever people did before it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from bigin_sync.model.link import Link
from bigin_sync.model.policy import Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.vector import Order
from bigin_sync.store.inbox import State
from bigin_sync.store.journal import Entry as JournalEntry
from bigin_sync.store.journal import State as JournalState
from tests.machine.forms import FORMS, Field, Form
from tests.machine.ledger import Ledger
from tests.machine.scene import Scene

Values: TypeAlias = Mapping[str, object]
"""Field -> what a person wrote into it."""

OPEN = frozenset({State.WAITING, State.HELD, State.PROBLEM})


def check_run(
    before: Scene, after: Scene, ledger: Ledger, *, written: Sequence[JournalEntry], meanwhile: Mapping[Ref, Values]
) -> None:
    """Every law, for one run; `before` and `after` are the moments around it, `written` is its journal.

    meanwhile: what people wrote into which records while it ran; of those the moment before does not tell enough.
    """
    records_are_linked_once(after)
    nothing_is_doubled(before, after, ledger, but=meanwhile)
    nobody_is_forgotten(after, busy=bool(meanwhile))
    vectors_keep_their_laws(before, after)
    no_cursor_goes_back(before, after)
    kept = {
        (Ref(line.line.target, line.line.kind, _id(line)), name, repr(value))
        for line in written
        if line.state is JournalState.DONE and line.line.target is not None
        for name, value in line.line.payload.get("before", {}).items()
    }
    for link in after.links.values():
        if not after.whole(link):
            continue
        meeting = _Meeting(before, after, ledger, link, kept)
        if meanwhile.keys().isdisjoint(link.ref(side) for side in BOTH):
            meeting.check()
        else:
            meeting.check_meanwhile(meanwhile)


def records_are_linked_once(after: Scene) -> None:
    """No record has two links."""
    for side in BOTH:
        linked = [link.ref(side) for link in after.links.values()]
        assert len(linked) == len(set(linked)), f"a record of {side} is linked twice"


def nothing_is_doubled(before: Scene, after: Scene, ledger: Ledger, *, but: Collection[Ref]) -> None:
    """Every record that no person made is the counterpart of one that a person made, and had none that it could be."""
    for ref in (*after.rows, *after.binned):
        if ref in ledger.made:
            continue
        link = after.link_of(ref)
        assert link is not None, f"{ref} was made by the sync, and stands alone"
        source = link.ref(ref.side.other)
        assert source in ledger.made, f"{ref} was made of {source}, which no person made"
        if link.id in before.links or source in ledger.alone or source in but:
            continue
        assert source in before.rows, f"{ref} was made of {source}, which was deleted before"
        form = FORMS[ref.kind]
        key = form.key(before.rows[source].values)
        twins = [
            other
            for other, row in before.rows.items()
            if key is not None
            and (other.side, other.kind) == (ref.side, ref.kind)
            and form.key(row.values) == key
            and after.link_of(other) is None
            and other not in (*ledger.alone, *but)
        ]
        assert not twins, f"{ref} was made of {source}, though {twins} could be the same: {key}"


def nobody_is_forgotten(after: Scene, *, busy: bool) -> None:
    """A live record is linked, or the inbox says why not; nothing is left for later unless people were busy."""
    for ref in after.rows:
        entry = after.entries.get(ref)
        if after.link_of(ref) is None:
            assert entry is not None, f"{ref} is neither linked nor in the inbox"
        if entry is not None and not (busy and entry.state is State.NEW):
            assert entry.state is not State.NEW, f"{ref} is left for another run: {entry}"
            assert entry.why, f"{ref} is set aside without a reason: {entry}"


def vectors_keep_their_laws(before: Scene, after: Scene) -> None:
    """Counters never fall, no copy knows more of a side than that side's own, and equal means in sync."""
    for link in after.links.values():
        was = before.links.get(link.id)
        for side in BOTH:
            own, other = link.copy(side).vector, link.copy(side.other).vector
            assert own.of(side) >= other.of(side), f"{link}: {side.other} knows of edits that {side} does not"
            if was is not None:
                order = was.copy(side).vector.compared(own)
                assert order in (Order.EQUAL, Order.BEFORE), f"{link}: the vector of {side} went back from {was}"
        if after.whole(link) and not link.parted and not after.aside(link):
            assert link.left.vector == link.right.vector, f"{link} is in sync, but its vectors differ"


def no_cursor_goes_back(before: Scene, after: Scene) -> None:
    """What was read is not read again."""
    for place, since in before.read_until.items():
        if since:
            now = after.read_until[place] or since
            assert datetime.fromisoformat(now) >= datetime.fromisoformat(since), f"{place}: {since} -> {now}"


def _id(line: JournalEntry) -> str:
    return (line.line.left_id if line.line.target is Side.LEFT else line.line.right_id) or ""


class _Meeting:
    """One link whose two records are there: what a run made of their fields."""

    def __init__(
        self, before: Scene, after: Scene, ledger: Ledger, link: Link, kept: set[tuple[Ref, str, str]]
    ) -> None:
        self._before = before
        self._after = after
        self._ledger = ledger
        self._link = link
        self._kept = kept
        self._form: Form = FORMS[link.kind]
        self._refs = {side: link.ref(side) for side in BOTH}
        self._met = all(ref in before.rows for ref in self._refs.values())

    def check(self) -> None:
        """No edit is lost, none is overwritten by an older one, and what is overwritten is kept in the journal."""
        edited = {side for field in self._form.fields for side in self._moved(field)} if self._met else set(BOTH)
        for field in self._form.fields:
            if self._met:
                self._check_changes(field, whole=self._ledger.whole and len(edited) == len(BOTH))
            else:
                self._check_source(field)
        for field in self._form.fields:
            self._check_agreement(field, whole=self._ledger.whole and len(edited) == len(BOTH))

    def check_meanwhile(self, meanwhile: Mapping[Ref, Values]) -> None:
        """What people wrote during the run is there, or in the journal; the next run has to carry it over."""
        for field in self._form.fields:
            now = self._values(self._after, field)
            for side, ref in self._refs.items():
                value = meanwhile.get(ref, {}).get(field.name)
                if value not in (None, False, now[side]):
                    kept = (ref, field.name, repr(value)) in self._kept
                    assert kept, self._told(field, f"{value!r} was written during the run and overwritten unseen")
            if self._same(field, now):
                self._ledger.agreed[self._link.id, field.name] = now

    def _values(self, scene: Scene, field: Field) -> dict[Side, object]:
        return {side: scene.rows[ref].values[field.name] for side, ref in self._refs.items()}

    def _moved(self, field: Field) -> frozenset[Side]:
        return self._ledger.moved(self._link.id, field.name, self._values(self._before, field))

    def _check_source(self, field: Field) -> None:
        """The record another was made of stays as it was."""
        for ref in self._refs.values():
            if ref in self._before.rows:
                was, now = self._before.rows[ref].values[field.name], self._after.rows[ref].values[field.name]
                assert was == now, self._told(field, "changed while its counterpart was made")

    def _check_changes(self, field: Field, *, whole: bool) -> None:
        was, now = self._values(self._before, field), self._values(self._after, field)
        moved = self._moved(field)
        first = (self._link.id, field.name) not in self._ledger.agreed
        for side in BOTH:
            if now[side] == was[side]:
                continue
            other = side.other
            assert now[other] == was[other], self._told(field, "both sides were written")
            assert self._same(field, now), self._told(field, "written, but not with the other side's value")
            if was[side] not in (None, False):
                kept = (self._refs[side], field.name, repr(was[side]))
                assert kept in self._kept, self._told(field, "overwritten, but not kept in the journal")
            if first and was[side] is None:
                continue
            assert other in moved or whole, self._told(field, "overwritten by a value that nobody has changed")
            if side in moved or whole:
                winner = self._winner(field, was)
                assert winner is other, self._told(field, f"overwritten, though {winner} wins")

    def _check_agreement(self, field: Field, *, whole: bool) -> None:
        now = self._values(self._after, field)
        key = (self._link.id, field.name)
        if self._same(field, now):
            self._ledger.agreed[key] = now
            self._ledger.decided.pop(key, None)
            return
        moved = self._ledger.moved(self._link.id, field.name, now)
        if not moved or self._link.parted or any(entry.state in OPEN for entry in self._after.aside(self._link)):
            return
        stays = self._ledger.policy.strategy is Strategy.SKIP and (whole or len(moved) == len(BOTH))
        assert stays, self._told(field, f"an edit in {sorted(moved)} was lost")
        self._ledger.agreed[key] = now

    def _winner(self, field: Field, was: Mapping[Side, object]) -> Side | None:
        modified = {side: self._before.rows[ref].modified for side, ref in self._refs.items()}
        return self._ledger.winner(self._link.id, field.name, was, modified)

    def _same(self, field: Field, values: Mapping[Side, object]) -> bool:
        return self._after.same(self._form, field.name, values[Side.LEFT], values[Side.RIGHT])

    def _told(self, field: Field, what: str) -> str:
        return "\n".join([f"{self._link.kind} {field.name}: {what}", *self._story(field)])

    def _story(self, field: Field) -> Iterator[str]:
        yield f"  settled with {self._ledger.agreed.get((self._link.id, field.name))}, {self._ledger.policy}"
        for side, ref in self._refs.items():
            was, now = self._before.rows.get(ref), self._after.rows[ref]
            yield f"  {side} {ref.id}: {was and was.values[field.name]!r} -> {now.values[field.name]!r}"
            yield f"    modified {was and was.modified} -> {now.modified}"
        yield f"  {self._link}"
        yield from (f"  {entry}" for entry in self._after.aside(self._link))
