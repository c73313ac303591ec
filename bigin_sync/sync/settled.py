"""Settled: what is known of a link once writes have been answered, and what is left to do. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum

from bigin_sync.model.action import SkipCause, Write
from bigin_sync.model.change import Change
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.link import Copy, Link, Written
from bigin_sync.model.outcome import Cause, Stored
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value, Values
from bigin_sync.model.vector import Vector
from bigin_sync.sync.merge import Both, Merged
from bigin_sync.sync.observe import differing


class Left(StrEnum):
    """What is left to do for one side's edits. The words are the states of an inbox row; `done` removes it."""

    DONE = "done"
    NEW = "new"
    WAITING = "waiting"
    HELD = "held"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of one side's edits, why, and which records have to be linked first; cause: why, in a word."""

    left: Left
    why: str | None = None
    awaited: tuple[Ref, ...] = ()
    cause: SkipCause | Cause | None = None


@dataclass(frozen=True, slots=True)
class After:
    """The link as it is now known, what is left on each side, and the fields whose conflict is over."""

    link: Link
    rests: Mapping[Side, Rest] = field(default_factory=dict)
    decided: frozenset[str] = frozenset()


def settled(link: Link, both: Both, merged: Merged, *, stored: Mapping[Side, tuple[Stored, Values]]) -> After:
    """Take in what both sides agreed on and what was stored.

    stored: target side -> its answer, and the values it was sent. A field counts as seen, on both sides, once it is
    agreed or stored; a field that is still to be written, waits or is held stays as it was. A side that turns out to
    hold an edit of the other one already has taken it in as if it had been stored there: so it is when an answer was
    lost.
    """
    seen = {side: _agreed(both.of(side), merged) for side in BOTH}
    for target, (_answer, sent) in stored.items():
        for name, value in sent.items():
            seen[target.other][name] = both.of(target.other).now.get(name)
            seen[target][name] = value
    rests = {side: _rest(both.of(side).now, seen[side], merged, sent=stored.get(side)) for side in BOTH}
    join = link.left.vector.merged(link.right.vector)
    finished = all(rest.left is Left.DONE for rest in rests.values())
    took_in = {side for side in BOTH if finished or side in stored or merged.agreed & _edited(both.of(side.other))}
    done = merged.agreed | {name for _answer, sent in stored.values() for name in sent}
    left, right = (
        _copy(
            link.copy(side).with_arrived({name: value for name, value in both.of(side).now.items() if name in done}),
            seen[side],
            join=join if side in took_in else None,
            stored=stored.get(side),
        )
        for side in BOTH
    )
    over = link.held - {one.field for one in merged.contested} | link.held & done
    return After(Link(link.id, link.kind, left, right, merged.held | (link.held - over)), rests, over)


def _edited(change: Change) -> frozenset[str]:
    return differing(change.now, change.seen)


def _agreed(change: Change, merged: Merged) -> dict[str, Value]:
    """What is seen of a side once what both sides agree on is taken in."""
    now = change.now
    return {**change.seen, **{name: now.get(name) for name in merged.agreed}}


def _copy(copy: Copy, seen: Values, *, join: Vector | None, stored: tuple[Stored, Values] | None) -> Copy:
    """A copy with what is seen of it now, what was stored on it, and the vector it has then."""
    if stored is None:
        return replace(copy, seen=seen, vector=join or copy.vector)
    answer, sent = stored
    written = Written(answer.modified_at, frozenset(sent))
    return replace(copy, seen=seen, modified_at=answer.modified_at, vector=join or copy.vector, written=written)


def created(record: Record, write: Write, answer: Stored) -> tuple[Copy, Copy]:
    """The source's and the target's copy of a link that begins with a create.

    A lookup that went along as a pointer is still owed: it is left out of what is seen on both sides. A value that is
    taken up later is an edit of the source that has not crossed yet.
    """
    settled_fields = [name for name in record.values if name not in write.pointers]
    source_seen = {name: None if name in write.kept else record.values[name] for name in settled_fields}
    target_seen = {name: write.values.get(name) for name in settled_fields}
    vector = Vector().bumped(record.ref.side) if write.kept else Vector()
    source = Copy(record.ref.id, source_seen, record.modified_at, vector)
    target = Copy(answer.id, target_seen, answer.modified_at, written=Written(answer.modified_at, None))
    return source, target


def as_sent(record: Record, write: Write) -> Record:
    """The source of a create as it was when that was sent, whatever has become of it since."""
    return replace(record, values={name: write.source.get(name, write.values.get(name)) for name in record.values})


def rest_of_new(write: Write) -> Rest:
    """What is left to do about a record of which a copy was just made: what was owed to the copy."""
    awaited = tuple(write.pointers.values())
    if write.kept:
        return Rest(Left.WAITING, _left_out(write.left_out, sorted(write.kept)), awaited, SkipCause.LEFT_OUT)
    if awaited:
        return Rest(Left.WAITING, _pointing(sorted(write.pointers)), awaited)
    return Rest(Left.DONE)


def _left_out(reasons: Mapping[str, str], names: Sequence[str]) -> str:
    return "; ".join(f"{name} is left out: {reasons[name]}" for name in names)


def _pointing(names: Sequence[str]) -> str:
    return f"{', '.join(names)} points to a record that is not synced"


def _rest(now: Values, seen: Values, merged: Merged, *, sent: tuple[Stored, Values] | None) -> Rest:
    """What the merge still has to do about one side's edits: what can go on by itself comes first."""
    overwritten = sent[1].keys() if sent else frozenset()
    open_fields = (differing(now, seen) & merged.open) - overwritten
    if not open_fields:
        return Rest(Left.DONE)
    waiting = sorted(open_fields & merged.waiting.keys())
    held = sorted(open_fields & merged.held)
    stuck = sorted(open_fields & merged.stuck.keys())
    kept = sorted(open_fields & merged.kept.keys())
    if open_fields.difference(waiting, held, stuck, merged.detained, kept):
        return Rest(Left.NEW)
    awaited = tuple(dict.fromkeys(ref for name in waiting for ref in merged.waiting[name]))
    if held:
        return Rest(Left.HELD, f"changed on both sides: {', '.join(held)}; a person decides", awaited)
    if stuck or open_fields & merged.detained:
        reasons = sorted(merged.stuck.items())
        cause = next((one.cause for _name, one in reasons), None)
        return Rest(Left.PROBLEM, "; ".join(f"{name}: {one.reason}" for name, one in reasons), awaited, cause)
    if kept:
        return Rest(Left.WAITING, _left_out(merged.kept, kept), awaited, SkipCause.LEFT_OUT)
    return Rest(Left.WAITING, _pointing(waiting), awaited)
