"""Joined: what is to be made of two records that a list shows joined, or not any more. Pure.

As with a field, what is there is held against what was there when that side was last looked at. Joining crosses;
parting does not, but is remembered, so that the other side's joining, which is old, does not undo it.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.side import BOTH, Side


@dataclass(frozen=True, slots=True)
class Verdict:
    """on: the sides on which two records are known to be joined now. missing: where they are to be joined."""

    on: AbstractSet[Side]
    missing: Side | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of two records. was: on which sides they were joined when each was last looked at; shown: where a
    list shows them now; read: the sides that were looked at.
    """

    was: AbstractSet[Side]
    shown: AbstractSet[Side]
    read: AbstractSet[Side]

    @property
    def parted(self) -> AbstractSet[Side]:
        """The sides on which they were joined and are not any more."""
        return (self.was & self.read) - self.shown

    def but_for(self, sides: AbstractSet[Side]) -> "Seen":
        """As if these sides had not been looked at: one of the two was deleted there, and its lists with it."""
        return replace(self, read=self.read - sides)

    def verdict(self) -> Verdict:
        """What is to be made of them. What is to be joined is known to be joined only once that is done."""
        if len(self.shown) == len(BOTH):
            return Verdict(self.shown)
        standing = self.was - self.parted
        for side in self.shown - self.was:
            return Verdict(standing | {side}) if side.other in standing else Verdict(standing, missing=side.other)
        return Verdict(standing)
