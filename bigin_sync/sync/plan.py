"""Plan: records, links and policy become actions. Pure.

Everything a run is going to do is decided here and in `merge`; the shells only carry it out. What a person is shown as
a preview, what the journal keeps and what the scenarios expect are these actions.
"""

from collections.abc import Mapping, Sequence

from bigin_sync.model import action
from bigin_sync.model.change import Change, Moved
from bigin_sync.model.link import Link
from bigin_sync.model.policy import Policy
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH
from bigin_sync.model.values import Value
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.catalog import KindSpec, Pairing
from bigin_sync.pairing.crossings import Carried, LeftOut, Pointer
from bigin_sync.sync.merge import Both, Merged, merge

OUTSIDE = "outside the list view that says what is synced"
COUNTERPART_OUTSIDE = "its counterpart is outside the list view that says what is synced"
COUNTERPART_DELETED = "its counterpart was deleted"
COPY_OF_DELETED = "by its sync key it is the copy of a record that was deleted; it is not carried back"
BEFORE_START = "neither made nor changed since the day from which records are synced"
NO_PARENT = "parent not synced: what it belongs to has no counterpart yet"
UNSETTLED = "only a person can tell what it belongs to on the other side, and so whether it is there already"
BELONGS_TO_NONE = "it belongs to no record of a synced module"
AMBIGUOUS = "it could be the same as several records, and only a person can tell which"
TWIN = (
    "entered on both sides at the same time, as it seems: it is like a record that was copied here just then, and only "
    "a person can tell whether it is the same"
)
SECOND_COPY = (
    "by its sync key it is the copy of a record that has another counterpart by now, and only a person can tell "
    "whether the two are the same"
)
SAME = "it is there twice, as a person says: it is the same as one that has its counterpart, and is left alone"
UNDER_WAY = "nobody knows yet whether what seems to be its counterpart has another one; the next runs look"
DOUBTFUL = "only a person can tell whether they are the same"


def plan_create(
    record: Record, *, kind: KindSpec, carrier: Carrier, pairing: Pairing
) -> action.Create | action.Wait | action.Skip | action.Problem:
    """A record without counterpart is made on the other side, unless it lacks a parent or a mandatory value.

    Blanks are not sent; a lookup whose counterpart is not known yet goes along as a pointer.
    """
    source, target = record.ref.side, record.ref.side.other
    values: dict[str, Value] = {}
    pointers: dict[str, Ref] = {}
    left_out: dict[str, str] = {}
    kept: set[str] = set()
    for name, carried in carrier.born(record.values, source):
        if isinstance(carried, str):
            values[name] = carried
        elif isinstance(carried, Pointer):
            pointers[name] = carried.ref
        elif isinstance(carried, Carried):
            if carried.value is not None:
                values[name] = carried.value
        elif not isinstance(carried, LeftOut):
            values[name] = carried
        elif carried.cause is not None:
            return action.Problem(record.ref, carried.cause, carried.reason)
        elif record.values[name] is not None:
            left_out[name] = carried.reason
            kept |= {name} if carried.kept else set()
    if kind.needs_parent and not any(kind.is_parent(name) for name in values):
        return _without_parent(record, [ref for name, ref in pointers.items() if kind.is_parent(name)])
    otherwise = {name: value for name, value in record.values.items() if value != values.get(name)}
    write = action.Write(target, values, pointers=pointers, left_out=left_out, kept=frozenset(kept), source=otherwise)
    return action.Create(record.ref, write, f"new in {pairing.title(source)}")


def plan_unsettled(record: Record, held: Sequence[Ref]) -> action.Wait:
    """A record that is recognised by held ones waits: before they are settled nobody knows if it has a counterpart."""
    return action.Wait(record.ref, tuple(held), UNSETTLED, action.SkipCause.PARENT_UNSETTLED)


def _without_parent(record: Record, parents: Sequence[Ref]) -> action.Wait | action.Skip:
    """It waits for those it belongs to; one that belongs to nothing is looked at again when it is edited."""
    if parents:
        return action.Wait(record.ref, tuple(parents), NO_PARENT)
    return action.Skip(record.ref, BELONGS_TO_NONE, action.SkipCause.NO_PARENT)


def first_meeting(left: Record, right: Record) -> Both:
    """Two records that have never been compared: nothing has been seen of either."""
    return Both(
        Change(Moved.EDITED, left.values, {}, frozenset(left.values), read=True),
        Change(Moved.EDITED, right.values, {}, frozenset(right.values), read=True),
        left.modified_at,
        right.modified_at,
    )


def plan_link(left: Record, right: Record, *, matched_by: str, policy: Policy, carrier: Carrier) -> action.Link:
    """Two unlinked records are the same thing: they are linked, and their fields meet."""
    merged = merge(first_meeting(left, right), policy=policy, carrier=carrier)
    return action.Link(
        left.ref,
        right.ref,
        matched_by,
        merged.to_left,
        merged.to_right,
        merged.contested,
        f"the same {left.ref.kind} on both sides, known by {matched_by}",
    )


def plan_linked(
    link: Link,
    both: Both,
    *,
    policy: Policy,
    carrier: Carrier,
    pairing: Pairing,
    resolved: Mapping[str, action.Verdict],
) -> tuple[action.Update | action.Merge | action.Part, Merged]:
    """A link of which at least one side moved."""
    merged = merge(both, policy=policy, carrier=carrier, resolved=resolved)
    for side in BOTH:
        if both.of(side).moved is Moved.GONE:
            why = f"deleted in {pairing.title(side)}; a deletion is never carried over"
            return action.Part(link.id, link.kind, side, why), merged
    why = _why(both, merged, pairing)
    if merged.contested or (not merged.to_left.empty and not merged.to_right.empty):
        return action.Merge(link.id, link.kind, merged.to_left, merged.to_right, merged.contested, why), merged
    return action.Update(link.id, link.kind, _only_write(both, merged), why), merged


def _only_write(both: Both, merged: Merged) -> action.Write:
    """The write of a merge that goes one way; of two empty ones that which says what was left out."""
    for write in (merged.to_right, merged.to_left):
        if not write.empty:
            return write
    for write in (merged.to_right, merged.to_left):
        if write.left_out:
            return write
    return merged.to_right if both.left.fields else merged.to_left


def _why(both: Both, merged: Merged, pairing: Pairing) -> str:
    moved = [side for side in BOTH if both.of(side).edits]
    if not moved:
        return "the answer to an earlier update was lost"
    if len(moved) != 1:
        return "changed on both sides"
    side = moved[0]
    if not merged.write(side).empty:
        return f"changed in {pairing.title(side)}, but the value of {pairing.title(side.other)} stands"
    return f"changed in {pairing.title(side)}"
