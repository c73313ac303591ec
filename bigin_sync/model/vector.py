"""Version vectors: they say *who* moved since the two copies of a record last agreed."""

from dataclasses import replace
from enum import StrEnum

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.side import Side


class Order(StrEnum):
    """How two vectors stand to each other: a partial order, so two may also be concurrent."""

    EQUAL = "equal"
    BEFORE = "before"
    AFTER = "after"
    CONCURRENT = "concurrent"


@dataclass(frozen=True, slots=True)
class Vector:
    """One counter per side: how many edits made on that side this copy knows of."""

    left: int = 0
    right: int = 0

    def of(self, side: Side) -> int:
        """The counter of one side."""
        return self.left if side is Side.LEFT else self.right

    def bumped(self, side: Side) -> "Vector":
        """This vector after one more edit observed on `side`."""
        if side is Side.LEFT:
            return replace(self, left=self.left + 1)
        return replace(self, right=self.right + 1)

    def merged(self, other: "Vector") -> "Vector":
        """The least upper bound: the greater of both, counter by counter."""
        return Vector(max(self.left, other.left), max(self.right, other.right))

    def compared(self, other: "Vector") -> Order:
        """Whether this vector equals, precedes, follows or is concurrent with the other."""
        if self == other:
            return Order.EQUAL
        if self.left <= other.left and self.right <= other.right:
            return Order.BEFORE
        if self.left >= other.left and self.right >= other.right:
            return Order.AFTER
        return Order.CONCURRENT
