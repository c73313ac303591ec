"""Observe: a side's record now, beside what was seen of it. Pure."""

from datetime import datetime

from bigin_sync.model.change import Change, Moved
from bigin_sync.model.link import Copy, Unanswered
from bigin_sync.model.record import Record
from bigin_sync.model.values import Values


def observe(copy: Copy, record: Record, *, own_user: str | None) -> Change:
    """What happened to one copy of a link, given the record as it was just read.

    A row that comes back with the very Modified_Time that our own write was answered with, last modified by our own
    user, is our write as the side stored it: the fields we sent become seen, whatever the side made of them (cut,
    rounded, replaced by a default). A field we did not send and that differs all the same was changed by somebody
    else in that very second, and is an edit.
    """
    seen = _echoed(copy, record, own_user)
    moved = Moved.BACK if copy.gone else Moved.EDITED if differing(record.values, seen) else Moved.SAME
    return compared(moved, copy, record, now=record.values, seen=seen, own_user=own_user)


def compared(moved: Moved, copy: Copy, record: Record, *, now: Values, seen: Values, own_user: str | None) -> Change:
    """The change of a copy whose record is known. now: what counts as its values; seen: what counts as seen of them."""
    fields = differing(now, seen)
    if copy.unanswered is None:
        return Change(moved, now, seen, fields, read=True)
    typed = _typed_over(record, copy.unanswered, fields, own_user=own_user)
    coming = record.modified_at <= copy.unanswered.until
    ours = _ours(record, copy.unanswered, fields) if coming else frozenset()
    return Change(moved, now, seen, fields, read=True, ours=ours, typed=typed, coming=coming)


def _ours(record: Record, sent: Unanswered, fields: frozenset[str]) -> frozenset[str]:
    """Those of the fields which a record holds otherwise than was seen that are our own doing: they hold what was sent
    in an update whose answer was lost. Who modified the record last says nothing: another field may have been edited.
    """
    return frozenset(name for name in fields if record.values[name] in sent.values.get(name, ()))


def _typed_over(record: Record, sent: Unanswered, fields: frozenset[str], *, own_user: str | None) -> Values:
    """Those of the fields that hold neither what an update carried whose answer was lost, nor what they held when it
    left: they were edited after that. Not where we were the last there, for it may be what the side made of our value;
    nor what is blank, for a lookup is blank, too, once the record that we let it name is deleted.
    """
    if record.modified_by == own_user:
        return {}
    return {
        name: sent.values[name][-1]
        for name in fields & sent.before.keys() & sent.values.keys()
        if record.values[name] not in (None, *sent.values[name], sent.before[name])
    }


def newer(record: Record, known: Record) -> bool:
    """Whether a record was edited after it was read as `known`; times are whole seconds."""
    if record.modified_at == known.modified_at:
        return record.values != known.values
    return record.modified_at > known.modified_at


def outdated(copy: Copy, record: Record) -> bool:
    """Whether a row is an earlier version than is known already: its side answers from a copy that is a little behind.

    A side's Modified_Time never goes back, so such a row tells of no edit: the version that is known came after it. To
    take it for one would carry back what was overwritten.
    """
    return not copy.gone and record.modified_at < copy.modified_at


def unmoved(copy: Copy) -> Change:
    """The change of a side that nobody touched: its record is what was seen of it."""
    return Change(Moved.GONE if copy.gone else Moved.SAME, copy.seen, copy.seen)


def differing(now: Values, seen: Values) -> frozenset[str]:
    """Fields whose value differs from what was seen, those never seen included."""
    if now == seen:
        return frozenset()
    absent = object()
    return frozenset(name for name, value in now.items() if seen.get(name, absent) != value)


def later(left: datetime, right: datetime) -> int:
    """1 when left is later, -1 when right is, 0 for the same second."""
    return (left > right) - (left < right)


def _echoed(copy: Copy, record: Record, own_user: str | None) -> Values:
    """What was seen of a copy; where its record is as our own last write left it, with that taken in as the side stored
    it.
    """
    written = copy.written
    if written is None or own_user is None or (record.modified_by, record.modified_at) != (own_user, written.at):
        return copy.seen
    sent = written.fields
    return {**copy.seen, **{name: value for name, value in record.values.items() if sent is None or name in sent}}
