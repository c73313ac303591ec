"""Ledger: what people did and decided, and where the two records of a link last agreed; kept apart from the sync's own
memory, so that the one can be held against the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.conflicts import Conflict


@dataclass(slots=True)
class Ledger:
    """What people know.

    policy: module -> how its conflicts are settled. catch_up: module -> the strategy of its next run, if another.
    made: the records that people made. alone: those a person called new. agreed: (link, field) -> the left and the
    right value with which that field was last settled. decided: (link, field) -> the conflict a person has decided.
    unsure: (link, field) that people edited while a run was at it, so that nobody can say which values it met.
    quietly_back: records without a link that came out of the recycle bin and were not edited since; as their
    Modified_Time has not moved, only a full reading shows them. quietly_moved: records without a link that a merge made
    belong to another one, and that were not edited since; theirs has not moved either. handed: (link, field, side) ->
    the record a lookup named when it was last settled, before a merge changed that. parted: deals and products that
    people took apart. emptied: (record, lookup) that a person has emptied. bereft: (record, lookup) -> the record that
    it named until that was deleted.
    """

    policy: dict[str, Policy]
    catch_up: dict[str, Strategy] = field(default_factory=dict)
    made: set[Ref] = field(default_factory=set)
    alone: set[Ref] = field(default_factory=set)
    quietly_back: set[Ref] = field(default_factory=set)
    quietly_moved: set[Ref] = field(default_factory=set)
    agreed: dict[tuple[int, str], Mapping[Side, object]] = field(default_factory=dict)
    unsure: set[tuple[int, str]] = field(default_factory=set)
    decided: dict[tuple[int, str], tuple[Conflict, Side]] = field(default_factory=dict)
    handed: dict[tuple[int, str, Side], object] = field(default_factory=dict)
    parted: set[tuple[Ref, Ref]] = field(default_factory=set)
    emptied: set[tuple[Ref, str]] = field(default_factory=set)
    bereft: dict[tuple[Ref, str], str] = field(default_factory=dict)

    def moved(self, link_id: int, name: str, now: Mapping[Side, object]) -> frozenset[Side]:
        """The sides on which a field holds something else than when it was last settled; both if it never was."""
        agreed = self.agreed.get((link_id, name))
        return frozenset(side for side in BOTH if agreed is None or now[side] != agreed[side])

    def in_doubt(self, link_id: int) -> bool:
        """Whether nobody can say of some field of a link which values met."""
        return any(link_id == one for one, _name in self.unsure)

    def took_apart(self, *pairs: tuple[Ref, Ref]) -> bool:
        """Whether people took a deal and a product apart on one side or the other."""
        return not self.parted.isdisjoint(pairs)

    def handed_over(self, link_id: int, name: str, *, side: Side, to: str) -> None:
        """A lookup points to the record that its own was merged into; its Modified_Time has not moved, so nobody can
        say when that is seen.
        """
        agreed = self.agreed.get((link_id, name))
        if agreed is not None:
            self.handed.setdefault((link_id, name, side), agreed[side])
            self.agreed[link_id, name] = {**agreed, side: to}
        self.unsure.add((link_id, name))

    def named(self, link_id: int, name: str, side: Side) -> set[object]:
        """The records that a lookup has named since it was last settled, for all that its org tells of it."""
        known = (self.agreed.get((link_id, name), {}).get(side), self.handed.get((link_id, name, side)))
        return {one for one in known if one is not None}

    def settle(self, link_id: int, name: str, values: Mapping[Side, object]) -> None:
        """A field is settled, with these values."""
        self.agreed[link_id, name] = values
        for side in BOTH:
            self.handed.pop((link_id, name, side), None)
        self.unsure.discard((link_id, name))
        self.decided.pop((link_id, name), None)

    def governed(self, module: str, *, first: bool) -> Policy:
        """How a field of that module is settled in the run that was just made. first: its values have never met."""
        policy = self.policy[module]
        return policy if first else replace(policy, strategy=self.catch_up.get(module, policy.strategy))

    def answered(self, link_id: int, name: str, now: Mapping[Side, object]) -> Side | None:
        """Who wins by a person's decision about these very values."""
        conflict, winner = self.decided.get((link_id, name), (None, None))
        if conflict is None or (conflict.left_value, conflict.right_value) != (now[Side.LEFT], now[Side.RIGHT]):
            return None
        return winner


def winner(policy: Policy, modified: Mapping[Side, int]) -> Side | None:
    """Whose value stands where both sides have moved; None if both stay."""
    if policy.strategy is Strategy.LATEST:
        if modified[Side.LEFT] == modified[Side.RIGHT]:
            return policy.tie
        return max(BOTH, key=modified.__getitem__)
    return {Strategy.LEFT: Side.LEFT, Strategy.RIGHT: Side.RIGHT}.get(policy.strategy)
