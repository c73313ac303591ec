"""Conflicts: what only a person can settle, shown with every answer there is, and the answer taken.

Three sorts, told apart by the first letter of their id: `c12` is a field that was changed on both sides under the
strategy `ask`; `r7` is a record that might be the same as others; `f9` is a record that automations of both
sides keep changing back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bigin_sync.admin.lines import Teller, WriteLine
from bigin_sync.errors import UnknownRecord, UnknownSetting
from bigin_sync.jobs.room import Room
from bigin_sync.model.action import HoldCause
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.store import conflicts, decisions, inbox, journal, links, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State

NEW = "new"
SAME = "same"
AGAIN = "again"
SLICE = 500

LATEST = 5
"""How many writes to either side are shown of a record that both keep changing back."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: what to type, what it means, the value or record behind it, and when that was last modified."""

    answer: str
    meaning: str
    value: Value
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """Something that waits for a decision. field: None for what concerns a record as a whole.

    writes: when it is shown by itself, what was last written to either side of a record that both keep changing back,
    and what each of them had made of it before; newest first.
    """

    id: str
    kind: str
    record: str
    field: str | None
    what: str
    choices: tuple[Choice, ...]
    writes: tuple[WriteLine, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """What may be typed to settle it."""
        return tuple(choice.answer for choice in self.choices)


def listing(room: Room) -> list[ConflictLine]:
    """Everything that waits for a decision: fields first, then records."""
    iid = room.integration()
    with room.db.read() as session:
        teller = Teller(room, iid, session)
        found = [_conflict(room, session, teller, conflict) for conflict in conflicts.listing(session, iid)]
        for kind in room.pairing.parents_first():
            found += [_record(room, session, teller, iid, entry) for entry in _held(session, iid, kind)]
    return found


def show(room: Room, conflict_id: str) -> ConflictLine:
    """One of them; raises `UnknownRecord`."""
    for line in listing(room):
        if line.id == conflict_id.strip().casefold():
            return replace(line, writes=_writes(room, line))
    raise UnknownRecord(
        f"Nothing with the id {conflict_id!r} waits for a decision.",
        why="It may have been settled meanwhile, or the next sync looks at it anew since another one was decided.",
        hint="bigin-sync conflicts lists what waits.",
    )


def _writes(room: Room, line: ConflictLine) -> tuple[WriteLine, ...]:
    if not line.id.startswith("f"):
        return ()
    iid = room.integration()
    with room.db.read() as session:
        conflict = conflicts.get(session, iid, int(line.id[1:]))
        assert conflict is not None  # noqa: S101 -- it was listed in this very call
        known = journal.history(session, iid, link_id=conflict.link_id)
        latest = [entry for side in BOTH for entry in [one for one in known if one.line.target is side][:LATEST]]
        newest_first = sorted(latest, key=lambda entry: -entry.id)
        return tuple(Teller(room, iid, session).lines(newest_first))


def resolve(room: Room, conflict_id: str, answer: str) -> str:
    """Take a decision; says what the next sync will do. Raises `UnknownRecord`; `UnknownSetting` for no answer."""
    line = show(room, conflict_id)
    wanted = answer.strip().casefold()
    if wanted not in line.answers:
        raise UnknownSetting(
            f"{answer!r} is no answer to {line.id}.",
            why="Nothing was decided.",
            hint=f"Answer with one of: {', '.join(line.answers)}.",
        )
    iid = room.integration()
    with room.db.write(iid) as session:
        # What might be the same as one of these meets fewer counterparts now, and is matched again.
        entangled = _entangled(session, iid, int(line.id[1:])) if line.id.startswith("r") else []
        said = _decide(room, session, iid, line=line, answer=wanted)
        renewal.renew(session, [one for one in entangled if f"r{one}" != line.id])
    return said


def resolve_all(room: Room, answer: str, *, module: str | None = None, field: str | None = None) -> list[str]:
    """Give the same answer to everything that it is an answer to; says of each what the next sync will do.

    module: only records of one. field: only conflicts about one, by its name. Raises `UnknownModule`, and
    `UnknownSetting` for a field that is not synced, and for what is no answer to many: a record can be the counterpart
    of one other only.
    """
    wanted = answer.strip().casefold()
    for_many = (*(room.pairing.label(side) for side in BOTH), NEW, SAME, AGAIN)
    if wanted not in for_many:
        raise UnknownSetting(
            f"{answer!r} is no answer that fits several conflicts.",
            why="Nothing was decided.",
            hint=f"Answer with one of: {', '.join(for_many)}; or one by one: bigin-sync conflicts resolve ID ANSWER.",
        )
    kinds = room.pairing.parents_first() if module is None else room.pairing.module(module).kinds
    lines = [line for line in listing(room) if line.kind in kinds]
    meant = None if field is None else _fields_named(room, field, kinds=kinds, lines=lines)
    iid = room.integration()
    with room.db.write(iid) as session:
        return [
            _decide(room, session, iid, line=line, answer=wanted)
            for line in lines
            if wanted in line.answers and (meant is None or line.field in meant)
        ]


def _fields_named(room: Room, text: str, *, kinds: Iterable[Kind], lines: Iterable[ConflictLine]) -> frozenset[str]:
    """The names of the fields that a person means; raises `UnknownSetting` with those that wait, or else with all."""
    waiting = sorted({line.field for line in lines if line.field is not None})
    labels = {(name, name) for name in waiting}
    with room.db.read() as session:
        teller = Teller(room, room.integration(), session)
        labels.update(pair for kind in kinds for pair in teller.fields_of(kind).items())
    wanted = text.strip().replace(" ", "_").casefold()
    spelt = {(name, each.replace(" ", "_").casefold()) for name, label in labels for each in (name, label)}
    meant = frozenset(name for name, spelling in spelt if spelling == wanted)
    if meant:
        return meant
    every = ", ".join(sorted({name for name, _label in labels}))
    raise UnknownSetting(
        f"No field named {text!r} is synced.",
        why="Nothing was decided.",
        hint=f"Conflicts wait about {', '.join(waiting)}." if waiting else f"The fields are {every}.",
    )


def _decide(room: Room, session: Session, iid: int, *, line: ConflictLine, answer: str) -> str:
    number = int(line.id[1:])
    if line.field is not None:
        return _decide_field(room, session, iid, number=number, winner=room.side(answer), line=line)
    if line.id.startswith("f"):
        return _let_go_on(session, iid, number=number, line=line)
    return _decide_record(room, session, iid, number=number, answer=answer, line=line)


def _conflict(room: Room, session: Session, teller: Teller, conflict: conflicts.Conflict) -> ConflictLine:
    if conflict.field != conflicts.WHOLE:
        return _field(room, session, teller, conflict)
    link = links.by_ids(session, [conflict.link_id])[conflict.link_id]
    left, right = (room.pairing.title(side) for side in BOTH)
    go_on = Choice(AGAIN, "what keeps changing it back was put right: it is synced again", None, None)
    return ConflictLine(
        id=f"f{conflict.id}",
        kind=conflict.kind,
        record=teller.name_of(conflict.kind, link.left.seen) or teller.name_of(conflict.kind, link.right.seen),
        field=None,
        what=f"{left} and {right} keep changing it back; all that was written: bigin-sync why {link.left.id}",
        choices=(go_on,),
    )


def _field(room: Room, session: Session, teller: Teller, conflict: conflicts.Conflict) -> ConflictLine:
    link = links.by_ids(session, [conflict.link_id])[conflict.link_id]
    name = teller.label_of(conflict.kind, conflict.field)
    values = {Side.LEFT: conflict.left_value, Side.RIGHT: conflict.right_value}
    times = {Side.LEFT: conflict.left_at, Side.RIGHT: conflict.right_at}
    return ConflictLine(
        id=f"c{conflict.id}",
        kind=conflict.kind,
        record=teller.name_of(conflict.kind, link.left.seen) or teller.name_of(conflict.kind, link.right.seen),
        field=conflict.field,
        what=f"{name} was changed on both sides.",
        choices=tuple(
            Choice(
                room.pairing.label(side),
                f"the value in {room.pairing.title(side)} wins",
                teller.values(conflict.kind, side, {conflict.field: values[side]})[conflict.field],
                times[side],
            )
            for side in BOTH
        ),
    )


def _record(room: Room, session: Session, teller: Teller, iid: int, entry: Entry) -> ConflictLine:
    here, there = entry.record.ref.side, entry.record.ref.side.other
    candidates = inbox.by_refs(session, iid, refs=list(_candidates(entry)))
    found = [
        Choice(
            ref.id,
            f"it is {other.record.label} in {room.pairing.title(there)}",
            other.record.label,
            other.record.modified_at,
        )
        for ref, other in candidates.items()
        if other.link_id is None
    ]
    found += _same(room, session, teller, entry)
    new = Choice(NEW, f"it is none of these and is created in {room.pairing.title(there)}", None, None)
    return ConflictLine(
        id=f"r{entry.id}",
        kind=entry.record.ref.kind,
        record=f"{entry.record.label} ({room.pairing.title(here)} {entry.record.ref.id})",
        field=None,
        what=f"{entry.why or 'Several records may be the same'}.",
        choices=(*found, new),
    )


def _same(room: Room, session: Session, teller: Teller, entry: Entry) -> list[Choice]:
    """That a record which seems to be entered twice is the one it is like: that one has a counterpart already."""
    if entry.cause != HoldCause.TWIN:
        return []
    here = room.pairing.title(entry.record.ref.side)
    standing = _counterparts(session, room.integration(), entry)
    meaning = f"it is the same, and is left alone: merge the two in {here}, or delete one of them"
    if _place_free(entry, standing):
        meaning = f"it is the same, and takes the place of the one that was deleted in {here}"
    names = [teller.name_of(link.kind, link.copy(entry.record.ref.side.other).seen) for link in standing]
    return [Choice(SAME, meaning, ", ".join(name for name in names if name), None)]


def _counterparts(session: Session, iid: int, entry: Entry) -> list[Link]:
    """The links of what a twin is like."""
    return [
        link
        for ref in _candidates(entry)
        for link in links.by_records(session, iid, side=ref.side, kind=ref.kind, ids=[ref.id]).values()
    ]


def _place_free(entry: Entry, standing: Sequence[Link]) -> bool:
    """Whether the record beside which a twin would be left alone was deleted."""
    side = entry.record.ref.side
    return any(link.copy(side).gone and not link.copy(side.other).gone for link in standing)


def _held(session: Session, iid: int, kind: Kind) -> Iterator[Entry]:
    """The unlinked records of a kind that wait for a person."""
    after = 0
    while some := inbox.slice(session, iid, kind=kind, states=[State.HELD], after_id=after, limit=SLICE, linked=False):
        yield from some
        after = some[-1].id


def _candidates(entry: Entry) -> Iterator[Ref]:
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    for side, kind, id in detail.get("candidates") or ():
        yield Ref(Side(side), Kind(kind), id)


def _entangled(session: Session, iid: int, number: int) -> list[int]:
    """The held entries that share a possible counterpart with this one, directly or by way of others; itself too."""
    ref = inbox.by_ids(session, [number])[number].record.ref
    named = {one.id: {one.record.ref, *_candidates(one)} for one in _held(session, iid, ref.kind)}
    reached, found = {ref}, list[int]()
    while new := [id for id, refs in named.items() if not reached.isdisjoint(refs)]:
        found += new
        reached.update(*(named.pop(id) for id in new))
    return found


def _decide_field(room: Room, session: Session, iid: int, *, number: int, winner: Side, line: ConflictLine) -> str:
    conflict = conflicts.get(session, iid, number)
    assert conflict is not None  # noqa: S101 -- it was listed in this very call
    conflicts.resolve(session, iid, number, winner=winner)
    renewal.renew_links(session, iid, link_ids=[conflict.link_id])
    return f"{line.record}: the value of {line.field} in {room.pairing.title(winner)} wins."


def _let_go_on(session: Session, iid: int, *, number: int, line: ConflictLine) -> str:
    conflict = conflicts.get(session, iid, number)
    assert conflict is not None  # noqa: S101 -- it was listed in this very call
    conflicts.let_go_on(session, iid, number)
    renewal.renew_links(session, iid, link_ids=[conflict.link_id])
    return f"{line.record} is synced again."


def _decide_record(room: Room, session: Session, iid: int, *, number: int, answer: str, line: ConflictLine) -> str:
    entry = inbox.by_ids(session, [number])[number]
    candidates = inbox.by_refs(session, iid, refs=list(_candidates(entry)))
    if answer == SAME:
        decisions.twin(session, iid, entry, of=next(_candidates(entry)))
        if _place_free(entry, _counterparts(session, iid, entry)):
            return f"{line.record} takes the place of the one that was deleted."
        return f"{line.record} is left alone; should the other one be deleted, it takes its place."
    if answer == NEW:
        decisions.alone(session, iid, entry)
        return f"{line.record} is created in {room.pairing.title(entry.record.ref.side.other)}."
    chosen = next(other for ref, other in candidates.items() if ref.id == answer)
    left, right = (entry, chosen) if entry.record.ref.side is Side.LEFT else (chosen, entry)
    decisions.same(session, iid, left=left, right=right)
    return f"{line.record} is linked with {chosen.record.label} ({answer})."
