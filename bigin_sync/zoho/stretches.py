"""Stretches: which parts of an id order a reading by lists has come past, and where it may have left something out.

A list hands out at most 200 rows a call. Pages 1 to 10 may be asked for by number, in any order; whatever lies deeper
only by the token of the page before (Zoho CRM v8 "Get Records"). So each direction is cut into stretches: every one
begins at a numbered page and goes on by tokens, and all of them are walked at once.

A token goes on right behind its page, so a stretch leaves nothing out inside. Numbered pages slide when records are
deleted or made meanwhile, so between two stretches there may be a gap: a seam. A seam is closed once the one stretch
has come past the place where the next began, or once it is known that no record lies between them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

NUMBERED = 10
"""The last page that may be asked for by its number."""

AT_ONCE = 5
"""Stretches of one direction. Both directions together have at most nine seams, which one query can look into."""


@dataclass(slots=True)
class Stretch:
    """One piece of the walk in one direction.

    place: where its next page is; None: it has come to the end of the list. pages: how many it should still take; None:
    as many as it takes. first, edge: the first and the last id it has come past. joined: nothing lies between its edge
    and the next stretch.
    """

    order: str
    place: Mapping[str, str] | None
    pages: int | None = None
    first: int | None = None
    edge: int | None = None
    joined: bool = False

    @property
    def ended(self) -> bool:
        """Whether it has come to the end of the list, and passed everything from its first row on."""
        return self.place is None and self.first is not None

    @property
    def void(self) -> bool:
        """Whether it began behind the end of the list."""
        return self.place is None and self.first is None

    @property
    def going(self) -> bool:
        """Whether it should take another page."""
        return self.place is not None and self.pages != 0

    def take(self, ids: Sequence[int], onward: Mapping[str, str] | None) -> None:
        """Come past one page."""
        self.place = onward
        if self.pages:
            self.pages -= 1
        if ids:
            self.first = ids[0] if self.first is None else self.first
            self.edge = ids[-1]

    def reaches(self, id: int | None) -> bool:
        """Whether it has come as far as this id."""
        if id is None or self.edge is None:
            return False
        return self.edge >= id if self.order == "asc" else self.edge <= id

    def to_json(self) -> list[Any]:
        """What must be stored to go on."""
        place = None if self.place is None else dict(self.place)
        return [self.order, place, self.pages, self.first, self.edge, self.joined]


@dataclass(frozen=True, slots=True)
class Seam:
    """Where `behind` has not been seen to reach the one ahead of it. The ids on its two banks are None until known."""

    behind: Stretch
    ahead: Stretch | None
    low: int | None
    high: int | None

    def holds(self, id: int) -> bool:
        """Whether a record of this id may have been left out here."""
        return self.low is not None and self.high is not None and self.low < id < self.high


@dataclass(slots=True)
class Stretches:
    """All stretches of a reading: upwards from the lowest id, downwards from the highest; the last of each meet."""

    up: list[Stretch] = field(default_factory=list)
    down: list[Stretch] = field(default_factory=list)

    @classmethod
    def from_json(cls, stored: Sequence[Sequence[Any]]) -> "Stretches":
        """The stretches that `to_json` wrote."""
        found = [Stretch(*one) for one in stored]
        return cls([one for one in found if one.order == "asc"], [one for one in found if one.order == "desc"])

    def to_json(self) -> list[list[Any]]:
        """What must be stored to go on."""
        return [one.to_json() for one in (*self.up, *self.down)]

    def lay_out(self, pages: int, *, at_once: int) -> None:
        """Share out so many pages in all, of which the first stretch has taken one and has the second on its way.

        at_once: pages that may be on their way at a time, at least 2; as many stretches are made of both directions.
        """
        up, down = (min(AT_ONCE, -(-at_once // 2)), min(AT_ONCE, at_once // 2))
        # Of many pages most lie deeper than numbers reach, where each direction has one stretch only.
        upward = -(-pages // 2) if pages > 2 * NUMBERED else -(-pages * up // (up + down))
        upward = max(2, upward)
        downward = max(0, pages - upward)
        first = self.up[0]
        starts = [1, *(start for start in _starts(upward, most=up) if start > 2)]
        first.pages = _length(starts, 0, upward) - 1
        self.up += [_numbered("asc", starts, index, upward) for index in range(1, len(starts))]
        starts = _starts(downward, most=down)
        self.down += [_numbered("desc", starts, index, downward) for index in range(len(starts))]

    def drop_void(self) -> None:
        """Forget stretches that began behind the end of the list; whoever was to meet them goes on without."""
        for way in (self.up, self.down):
            if any(one.void for one in way):
                way[:] = [one for one in way if not one.void]
                if way:
                    way[-1].pages = None

    def seams(self) -> list[Seam]:
        """Where something may have been left out, as far as is known; none: every record has been passed."""
        if not self.up:
            return []
        up, up_ended = _seams_of(self.up)
        down, down_ended = _seams_of(self.down)
        if up_ended:
            return up
        if down_ended:
            return down
        last = self.up[-1]
        met = self.down[-1] if self.down else None
        if not last.joined and not last.reaches(met.edge if met else None):
            down.append(Seam(last, met, last.edge, met.edge if met else None))
        return up + down

    def going(self) -> Iterator[Stretch]:
        """The stretches that should take another page, the long ones that meet in the middle first."""
        needed: list[Stretch] = []
        for seam in self.seams():
            needed.append(seam.behind)
            if seam.ahead is not None and (seam.ahead.first is None or seam.ahead.order != seam.behind.order):
                needed.append(seam.ahead)
        for one in (*reversed(self.up), *reversed(self.down)):
            if one.going and any(one is other for other in needed):
                yield one


def _seams_of(way: Sequence[Stretch]) -> tuple[list[Seam], bool]:
    """The seams of one direction, and whether it has come to the end of the list."""
    found: list[Seam] = []
    for behind, ahead in pairwise(way):
        if behind.ended:
            return found, True
        if not behind.joined and not behind.reaches(ahead.first):
            banks = (behind.edge, ahead.first) if behind.order == "asc" else (ahead.first, behind.edge)
            found.append(Seam(behind, ahead, *banks))
    return found, bool(way) and way[-1].ended


def _starts(pages: int, *, most: int) -> list[int]:
    """The pages at which at most so many stretches begin, for the longest of them to be as short as can be."""
    count = min(most, pages)
    if count <= 1:
        return [1] * count
    last = min(NUMBERED, 1 + pages - pages // count)
    return [1 + index * (last - 1) // (count - 1) for index in range(count)]


def _numbered(order: str, starts: Sequence[int], index: int, pages: int) -> Stretch:
    return Stretch(order, {"page": str(starts[index])}, _length(starts, index, pages))


def _length(starts: Sequence[int], index: int, pages: int) -> int:
    """How many pages lie before the next stretch, or before the end of this direction's share."""
    end = starts[index + 1] if index + 1 < len(starts) else pages + 1
    return end - starts[index]
