"""Merge: three ways, field by field. Pure.

The rules, for one field of one link (`seen` is what each side held when the field was last settled):

| left | right | what happens |
| --- | --- | --- |
| same | same | nothing |
| changed | same | goes right |
| same | changed | goes left |
| changed | changed, to the same | agreed, nothing is written |
| changed | changed, to another value | contested: the strategy decides |
| never settled between the two | | equal: agreed; one blank: filled; both filled and different: contested |

A value that we may have written ourselves, in an update whose answer was lost, is none of the side that holds it: what
the other side holds goes there. What a person typed there after that update had left is an edit of what it carried,
whether or not that arrived.

Beside them stand what a person has set for a field: which way it goes, that it only fills blanks, or whose value always
stands. Two lookups that both point to records without a link can't be compared yet: they wait. A field that a side did
not tell (it was taken away, or hidden) is left alone on both: what is not told is not blank.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from types import MappingProxyType

from bigin_sync.model.action import Contested, Verdict, Write
from bigin_sync.model.change import Change
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.crossings import Carried, Crossing, LeftOut, Pointer
from bigin_sync.sync.observe import later


@dataclass(frozen=True, slots=True)
class Both:
    """The two sides of one link, as they are to be merged: what changed, and when each record was last modified."""

    left: Change
    right: Change
    left_at: datetime
    right_at: datetime

    def of(self, side: Side) -> Change:
        """The change of one side."""
        return self.left if side is Side.LEFT else self.right

    @property
    def newest(self) -> Side | None:
        """The side with the later Modified_Time; None when both say the same second."""
        order = later(self.left_at, self.right_at)
        return None if order == 0 else Side.LEFT if order > 0 else Side.RIGHT


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge comes to.

    to_left, to_right: what is to be written. agreed: fields both sides may count as seen without a write.
    contested: fields that were changed on both sides, and how each was settled. held: those that wait for a person.
    waiting: field -> the records of which one must be linked first. stuck: field -> why it can't be written at all now.
    detained: fields that could be written, but belong to a record that is not written as long as another one is stuck.
    kept: field -> why an edit of it is left out for now, while all others go on.
    """

    to_left: Write
    to_right: Write
    agreed: frozenset[str] = field(default_factory=frozenset)
    contested: tuple[Contested, ...] = ()
    held: frozenset[str] = field(default_factory=frozenset)
    waiting: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    stuck: Mapping[str, LeftOut] = field(default_factory=dict)
    detained: frozenset[str] = field(default_factory=frozenset)
    kept: Mapping[str, str] = field(default_factory=dict)

    def write(self, target: Side) -> Write:
        """What is to be written to one side."""
        return self.to_left if target is Side.LEFT else self.to_right

    @property
    def writes(self) -> bool:
        """Whether anything is to be written at all."""
        return not (self.to_left.empty and self.to_right.empty)

    @property
    def open(self) -> frozenset[str]:
        """Fields that something is still to be done about."""
        todo = {*self.to_left.values, *self.to_right.values}
        return frozenset(todo | self.held | self.waiting.keys() | self.stuck.keys() | self.detained | self.kept.keys())


def merge(both: Both, *, policy: Policy, carrier: Carrier, resolved: Mapping[str, Verdict] | None = None) -> Merged:
    """Settle every field of a link. `resolved`: what a person has decided about contested fields; a verdict on values
    that are no longer there counts for nothing.
    """
    draft = _Draft(both, policy, carrier, resolved or {})
    left, right = both.left, both.right
    moved = sorted(left.fields | right.fields | _never_settled(both))
    told = [name for name in moved if carrier.knows(name) and left.told(name) and right.told(name)]
    differing = draft.apart(told)
    whole = policy.granularity is Granularity.RECORD and draft.edited_both_ways(differing)
    for name in differing:
        draft.settle(name, whole=whole)
    return draft.merged()


def _never_settled(both: Both) -> set[str]:
    left, right = both.left, both.right
    return (left.now.keys() | right.now.keys()) - (left.seen.keys() & right.seen.keys())


class _Draft:
    """A merge in the making: fields are put into it one by one."""

    def __init__(self, both: Both, policy: Policy, carrier: Carrier, resolved: Mapping[str, Verdict]) -> None:
        self._both = both
        self._policy = policy
        self._carrier = carrier
        self._resolved = resolved
        self._values: dict[Side, dict[str, Value]] = {side: {} for side in BOTH}
        self._pointers: dict[Side, dict[str, Ref]] = {side: {} for side in BOTH}
        self._left_out: dict[Side, dict[str, str]] = {side: {} for side in BOTH}
        self._agreed: set[str] = set()
        self._contested: list[Contested] = []
        self._held: set[str] = set()
        self._waiting: dict[str, tuple[Ref, ...]] = {}
        self._stuck: dict[str, LeftOut] = {}
        self._kept: dict[str, str] = {}
        self._stuck_on: set[Side] = set()

    def apart(self, names: Sequence[str]) -> list[str]:
        """The fields on which the two sides differ; about the others there is nothing to settle."""
        differing = self._carrier.apart(names, self._both.left.now, self._both.right.now)
        self._agreed.update(names)
        self._agreed.difference_update(differing)
        return differing

    def edited_both_ways(self, differing: Sequence[str]) -> bool:
        """Whether either side holds an edit that would cross: then `granularity = record` has a conflict to settle.

        A field that was never settled between the two holds no edit: what it comes to concerns that field alone.
        """
        ways: set[Side] = set()
        for name in differing:
            target = self._way(name)
            if self._first_meeting(name) or (target is None and self._undecided(name)):
                continue
            if target is None:
                ways.update(side for side in BOTH if any(self._crosses(name, way) for way in BOTH))
            elif self._crosses(name, target):
                ways.add(target)
        return len(ways) == len(BOTH)

    def settle(self, name: str, *, whole: bool) -> None:
        """Put a field where it belongs. whole: the record is contested as a whole, whichever side edited the field."""
        target = self._way(name)
        alone = not whole or self._first_meeting(name) or self._carrier.master(name) is not None
        if target is not None and alone:
            self._send_or_restore(name, target)
        elif self._undecided(name):
            self._waiting[name] = tuple(ref for side in BOTH for ref in self._pointed_to(name, side))
        elif any(self._crosses(name, side) for side in BOTH):
            self._contest(name)
        else:
            self._send(name, target or Side.RIGHT)

    def merged(self) -> Merged:
        """The finished merge. A side on which a field is stuck is not written to: its record waits as a whole."""
        self._one_per_place()
        detained = {name for side in self._stuck_on for name in self._values[side]}
        for side in self._stuck_on:
            self._values[side], self._pointers[side] = {}, {}
        return Merged(
            to_left=self._write(Side.LEFT),
            to_right=self._write(Side.RIGHT),
            agreed=frozenset(self._agreed),
            contested=tuple(self._contested),
            held=frozenset(self._held),
            waiting=self._waiting,
            stuck=self._stuck,
            detained=frozenset(detained),
            kept=self._kept,
        )

    def _one_per_place(self) -> None:
        """Of several links that would be written into one field only the first is sent."""
        for side in BOTH:
            for name, crowded in self._carrier.one_per_place(side, self._values[side]).items():
                del self._values[side][name]
                self._left_out[side][name] = crowded.reason
                self._agreed.add(name)

    def _way(self, name: str) -> Side | None:
        """Where a difference goes by itself; None if both sides have a say.

        What was typed over an update that went unanswered goes back where that came from, unless that has changed since
        as well, be it to what was seen before long.
        """
        mine = [side for side in BOTH if name in self._both.of(side).ours]
        if len(mine) == 1:
            return mine[0]
        typed = [side for side in BOTH if name in self._both.of(side).typed]
        later = [side for side in typed if self._sent(name, side) and self._crosses(name, side.other)]
        if len(later) == 1:
            return later[0].other
        if any(self._both.of(side).coming for side in typed):
            return None
        if self._first_meeting(name):
            blank = [side for side in BOTH if self._now(name, side) is None]
            return blank[0] if blank else None
        moved = [side for side in BOTH if name in self._both.of(side).fields]
        return moved[0].other if len(moved) == 1 else None

    def _undecided(self, name: str) -> bool:
        """Whether both sides point to records without a link, which may still turn out to be the same."""
        return all(self._pointed_to(name, side) for side in BOTH)

    def _pointed_to(self, name: str, side: Side) -> tuple[Ref, ...]:
        crossing = self._carrier.carry(name, self._now(name, side), side)
        return (crossing.ref,) if isinstance(crossing, Pointer) else ()

    def _contest(self, name: str) -> None:
        """Let a person's decision, the mapping or the strategy settle a contested field."""
        winner, rule = self._winner(name)
        left, right = self._now(name, Side.LEFT), self._now(name, Side.RIGHT)
        asked = winner is None and self._strategy(name) is Strategy.ASK
        self._contested.append(Contested(name, left, right, winner, rule, held=asked))
        if winner is not None:
            self._send(name, winner.other)
        elif asked:
            self._held.add(name)
        else:
            self._agreed.add(name)

    def _winner(self, name: str) -> tuple[Side | None, str]:
        verdict = self._resolved.get(name)
        if verdict is not None and verdict.holds_for(self._now(name, Side.LEFT), self._now(name, Side.RIGHT)):
            return verdict.winner, "decided by a person"
        standing = self._carrier.standing(name)
        if standing is not None:
            return standing, "the mapping lets this field come from one side only"
        return _BY_STRATEGY[self._strategy(name)](self._policy, self._both)

    def _sent(self, name: str, target: Side) -> bool:
        """Whether what the other side holds is what was last sent there without an answer."""
        crossing = self._crossing(name, target)
        return isinstance(crossing, Carried) and crossing.value == self._both.of(target).typed[name]

    def _strategy(self, name: str) -> Strategy:
        return self._policy.strategy_for(first_meeting=self._first_meeting(name))

    def _send_or_restore(self, name: str, target: Side) -> None:
        """An edit goes to the other side, or is undone where that side's value always stands.

        A master that is blank empties nothing on its own: somebody has to empty it.
        """
        stands = self._carrier.master(name) is target and self._now(name, target) is not None
        self._send(name, target.other if stands else target)

    def _send(self, name: str, target: Side) -> None:
        """Let a field's value go to `target`, as far as the mapping allows and the value can be carried."""
        crossing = self._crossing(name, target)
        if isinstance(crossing, Pointer):
            self._pointers[target][name] = crossing.ref
            self._waiting[name] = (crossing.ref,)
        elif isinstance(crossing, Carried):
            self._values[target][name] = crossing.value
        elif crossing is None:
            self._agreed.add(name)
        else:
            self._left_out[target][name] = crossing.reason
            if crossing.cause is None and crossing.kept and not self._first_meeting(name):
                self._kept[name] = crossing.reason
            elif crossing.cause is None:
                self._agreed.add(name)
            else:
                self._stuck[name] = crossing
                self._stuck_on.add(target)

    def _crossing(self, name: str, target: Side) -> Crossing | None:
        """What a field's value becomes on its way to `target`; None if it is not meant to go there."""
        value = self._now(name, target.other)
        if value is None and not self._policy.blanks:
            return None
        present = self._now(name, target)
        if not self._carrier.may_write(name, target, present=present):
            return None
        source, there = self._both.of(target.other).now, self._both.of(target).now
        if value is not None and (no_room := self._carrier.crowded_out(name, target, source=source, present=there)):
            return no_room
        return self._carrier.carry(name, value, target.other, present=present)

    def _crosses(self, name: str, target: Side) -> bool:
        """Whether anything can come of sending a field to `target`."""
        crossing = self._crossing(name, target)
        return not (crossing is None or (isinstance(crossing, LeftOut) and crossing.cause is None))

    def _write(self, target: Side) -> Write:
        before = self._both.of(target).now
        return Write(
            target,
            self._values[target],
            pointers=self._pointers[target],
            before={name: before.get(name) for name in self._values[target]},
            left_out=self._left_out[target],
        )

    def _now(self, name: str, side: Side) -> Value:
        return self._both.of(side).now.get(name)

    def _first_meeting(self, name: str) -> bool:
        return name not in self._both.left.seen or name not in self._both.right.seen


def _latest(policy: Policy, both: Both) -> tuple[Side | None, str]:
    newest = both.newest
    if newest is None:
        return policy.tie, "both changed in the same second, so the preferred side decides"
    return newest, "the later change wins"


_BY_STRATEGY: Mapping[Strategy, Callable[[Policy, Both], tuple[Side | None, str]]] = MappingProxyType(
    {
        Strategy.LATEST: _latest,
        Strategy.LEFT: lambda _policy, _both: (Side.LEFT, "this side always wins"),
        Strategy.RIGHT: lambda _policy, _both: (Side.RIGHT, "this side always wins"),
        Strategy.SKIP: lambda _policy, _both: (None, "contested fields are left as they are on both sides"),
        Strategy.ASK: lambda _policy, _both: (None, "a person decides"),
    }
)
