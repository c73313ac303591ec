"""A policy: how records changed on both sides are settled."""

from enum import StrEnum

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.side import Side


class Strategy(StrEnum):
    """Who wins a field that was changed on both sides to different values."""

    LATEST = "latest"
    LEFT = "left"
    RIGHT = "right"
    SKIP = "skip"
    ASK = "ask"


class Granularity(StrEnum):
    """Whether a strategy settles the contested fields only, or the whole record."""

    FIELDS = "fields"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Policy:
    """strategy and granularity as above; `tie` wins under `latest` when both sides were changed in the same second;
    `blanks` says whether emptying a field on one side empties it on the other. meeting: the strategy for fields that
    meet for the first time, where it is another one.
    """

    strategy: Strategy = Strategy.LATEST
    granularity: Granularity = Granularity.FIELDS
    tie: Side = Side.RIGHT
    blanks: bool = True
    meeting: Strategy | None = None

    def strategy_for(self, *, first_meeting: bool) -> Strategy:
        """The strategy that settles a contested field."""
        return self.meeting if first_meeting and self.meeting is not None else self.strategy
