"""Ledger: what people did and decided, and where the two records of a link last agreed; kept apart from the sync's own
memory, so that the one can be held against the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.conflicts import Conflict


@dataclass(slots=True)
class Ledger:
    """made: the records that people made. alone: those a person called new. agreed: (link, field) -> the left and the
    right value with which that field was last settled. decided: (link, field) -> the conflict a person has decided.
    """

    policy: Policy
    made: set[Ref] = field(default_factory=set)
    alone: set[Ref] = field(default_factory=set)
    agreed: dict[tuple[int, str], Mapping[Side, object]] = field(default_factory=dict)
    decided: dict[tuple[int, str], tuple[Conflict, Side]] = field(default_factory=dict)

    def moved(self, link_id: int, name: str, now: Mapping[Side, object]) -> frozenset[Side]:
        """The sides on which a field holds something else than when it was last settled; both if it never was."""
        agreed = self.agreed.get((link_id, name))
        return frozenset(side for side in BOTH if agreed is None or now[side] != agreed[side])

    def winner(self, link_id: int, name: str, now: Mapping[Side, object], modified: Mapping[Side, int]) -> Side | None:
        """Whose value stands where both have moved; None if both stay."""
        conflict, winner = self.decided.get((link_id, name), (None, None))
        if conflict is not None and (conflict.left_value, conflict.right_value) == (now[Side.LEFT], now[Side.RIGHT]):
            return winner
        if self.policy.strategy is Strategy.LATEST:
            if modified[Side.LEFT] == modified[Side.RIGHT]:
                return self.policy.tie
            return max(BOTH, key=modified.__getitem__)
        return {Strategy.LEFT: Side.LEFT, Strategy.RIGHT: Side.RIGHT}.get(self.policy.strategy)

    @property
    def whole(self) -> bool:
        """Whether a record is contested as a whole."""
        return self.policy.granularity is Granularity.RECORD
