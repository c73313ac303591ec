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
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bigin_sync.model.action import Contested, Write
from bigin_sync.model.change import Change
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.carry import Carried, Carrier, Pointer
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
    waiting: field -> the record whose link it needs first. stuck: field -> why it can't be written at all now.
    """

    to_left: Write
    to_right: Write
    agreed: frozenset[str] = field(default_factory=frozenset)
    contested: tuple[Contested, ...] = ()
    held: frozenset[str] = field(default_factory=frozenset)
    waiting: Mapping[str, Ref] = field(default_factory=dict)
    stuck: Mapping[str, str] = field(default_factory=dict)

    def write(self, target: Side) -> Write:
        """What is to be written to one side."""
        return self.to_left if target is Side.LEFT else self.to_right

    @property
    def writes(self) -> bool:
        """Whether anything is to be written at all."""
        return not (self.to_left.empty and self.to_right.empty)


def merge(both: Both, *, policy: Policy, carrier: Carrier, resolved: Mapping[str, Side] | None = None) -> Merged:
    """Settle every field of a link. `resolved`: contested fields that a person has decided, with the winning side."""
    draft = _Draft(both, policy, carrier, resolved or {})
    moved = sorted(both.left.fields | both.right.fields | _never_settled(both))
    contested: list[str] = []
    for name in moved:
        if carrier.knows(name):
            draft.place(name, contested)
    if contested and policy.granularity is Granularity.RECORD:
        draft.contest_whole_record(moved)
    else:
        for name in contested:
            draft.contest(name)
    return draft.merged()


def _never_settled(both: Both) -> set[str]:
    return {
        name for side in BOTH for name in both.of(side).now if name not in both.left.seen or name not in both.right.seen
    }


class _Draft:
    """A merge in the making: fields are put into it one by one."""

    def __init__(self, both: Both, policy: Policy, carrier: Carrier, resolved: Mapping[str, Side]) -> None:
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
        self._stuck: dict[str, str] = {}

    def place(self, name: str, contested: list[str]) -> None:
        """Put a field where it belongs, or onto the list of contested ones."""
        left, right = self._now(name, Side.LEFT), self._now(name, Side.RIGHT)
        if self._carrier.same(name, left, right):
            self._agreed.add(name)
        elif self._first_meeting(name):
            if left is None or right is None:
                self._send(name, Side.RIGHT if right is None else Side.LEFT)
            else:
                contested.append(name)
        elif name in self._both.left.fields and name in self._both.right.fields:
            contested.append(name)
        else:
            self._send(name, Side.RIGHT if name in self._both.left.fields else Side.LEFT)

    def contest_whole_record(self, moved: list[str]) -> None:
        """Under `granularity = record` every difference goes the way of the record's winner."""
        self._values = {side: {} for side in BOTH}
        self._pointers = {side: {} for side in BOTH}
        self._left_out = {side: {} for side in BOTH}
        self._stuck = {}
        for name in moved:
            if not self._carrier.knows(name) or name in self._agreed:
                continue
            if self._first_meeting(name) and None in (self._now(name, Side.LEFT), self._now(name, Side.RIGHT)):
                self._send(name, Side.RIGHT if self._now(name, Side.RIGHT) is None else Side.LEFT)
            else:
                self.contest(name)

    def contest(self, name: str) -> None:
        """Let a person's decision, a one-way mapping or the strategy settle a contested field."""
        winner, rule = self._winner(name)
        left, right = self._now(name, Side.LEFT), self._now(name, Side.RIGHT)
        self._contested.append(Contested(name, left, right, winner, rule))
        if winner is not None:
            self._send(name, winner.other)
        elif self._policy.strategy is Strategy.ASK:
            self._held.add(name)
        else:
            self._agreed.add(name)

    def merged(self) -> Merged:
        """The finished merge."""
        return Merged(
            to_left=self._write(Side.LEFT),
            to_right=self._write(Side.RIGHT),
            agreed=frozenset(self._agreed),
            contested=tuple(self._contested),
            held=frozenset(self._held),
            waiting={name: ref for side in BOTH for name, ref in self._pointers[side].items()},
            stuck=self._stuck,
        )

    def _winner(self, name: str) -> tuple[Side | None, str]:
        if name in self._resolved:
            return self._resolved[name], "decided by a person"
        standing = self._carrier.standing(name)
        if standing is not None:
            return standing, "the mapping lets this field come from one side only"
        return _BY_STRATEGY[self._policy.strategy](self._policy, self._both)

    def _send(self, name: str, target: Side) -> None:
        """Let a field's value go to `target`, as far as the mapping allows and the value can be carried."""
        value = self._now(name, target.other)
        blank_stays = value is None and not self._policy.blanks and not self._first_meeting(name)
        if blank_stays or not self._carrier.may_write(name, target, present=self._now(name, target)):
            self._agreed.add(name)
            return
        carried = self._carrier.carry(name, value, target.other)
        if isinstance(carried, Pointer):
            self._pointers[target][name] = carried.ref
        elif isinstance(carried, Carried):
            self._values[target][name] = carried.value
        else:
            self._left_out[target][name] = carried.reason
            if carried.cause is None:
                self._agreed.add(name)
            else:
                self._stuck[name] = carried.reason

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


_BY_STRATEGY: Mapping[Strategy, Callable[[Policy, Both], tuple[Side | None, str]]] = {
    Strategy.LATEST: _latest,
    Strategy.LEFT: lambda _policy, _both: (Side.LEFT, "this side always wins"),
    Strategy.RIGHT: lambda _policy, _both: (Side.RIGHT, "this side always wins"),
    Strategy.SKIP: lambda _policy, _both: (None, "contested fields are left as they are on both sides"),
    Strategy.ASK: lambda _policy, _both: (None, "a person decides"),
}
