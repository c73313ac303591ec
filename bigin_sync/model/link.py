"""A link: the fact that one left record and one right record are the same thing."""

from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import TypeVar

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value, Values
from bigin_sync.model.vector import Vector

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Written:
    """Our last write to a copy: the Modified_Time its answer gave, and the fields it carried.

    `fields` is None for a create: then every field of the record is of our making.
    """

    at: datetime
    fields: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Updates of a copy whose answers were lost.

    until: the moment, by the side's clock, after which none of them can take effect any more. values: what was sent,
    field by field, the last one last. before: what the fields that are not settled since held when the last one left.
    """

    until: datetime
    values: Mapping[str, tuple[Value, ...]]
    before: Values = field(default_factory=dict)

    def but(self, values: Mapping[str, tuple[Value, ...]], *, settled: Collection[str]) -> "Unanswered | None":
        """These updates once no more than these values of them may come, and some fields are settled; None if none."""
        return Unanswered(self.until, values, _but(self.before, settled)) if values else None


@dataclass(frozen=True, slots=True)
class Copy:
    """One side of a link: the record's id there and what we last knew of it.

    `seen` holds only fields that are settled. A field that has never been settled between the two copies is
    missing from it, and meets its counterpart as if for the first time.
    """

    id: str
    seen: Values
    modified_at: datetime
    vector: Vector = Vector()
    written: Written | None = None
    gone: bool = False
    unanswered: Unanswered | None = None

    def with_unanswered(self, sent: Values, *, before: Values, now: datetime, until: datetime) -> "Copy":
        """The copy once one more update of it, which carried these values, went unanswered.

        before: what its fields held when that left. What can take effect no more is forgotten, but for what is not
        settled since.
        """
        known = self.unanswered or Unanswered(until, {})
        over = known.until < now
        values = {name: some for name, some in known.values.items() if not over or name in known.before}
        for name, value in sent.items():
            values[name] = (*(one for one in values.get(name, ()) if one != value), value)
        return replace(self, unanswered=Unanswered(until, values, {**known.before, **before}))

    def without(self, names: Collection[str]) -> "Copy":
        """The copy as if nothing had ever been known of these fields."""
        seen = _but(self.seen, names)
        if self.unanswered is None:
            return replace(self, seen=seen)
        left = self.unanswered.but(_but(self.unanswered.values, names), settled=names)
        return replace(self, seen=seen, unanswered=left)

    def with_arrived(self, found: Values) -> "Copy":
        """The copy once these values of it are settled: what has taken effect will not do so again."""
        if self.unanswered is None:
            return self
        left = {
            name: tuple(one for one in values if name not in found or one != found[name])
            for name, values in self.unanswered.values.items()
        }
        coming = {name: values for name, values in left.items() if values}
        return replace(self, unanswered=self.unanswered.but(coming, settled=found))


def _but(values: Mapping[str, _T], names: Collection[str]) -> dict[str, _T]:
    return {name: value for name, value in values.items() if name not in names}


@dataclass(frozen=True, slots=True)
class Link:
    """Two copies of one thing. Once a copy is gone the link is a tombstone: it is kept, and nothing crosses it."""

    id: int
    kind: Kind
    left: Copy
    right: Copy
    held: frozenset[str] = field(default_factory=frozenset)
    """Fields whose conflict waits for a person."""

    def copy(self, side: Side) -> Copy:
        """The copy on one side."""
        return self.left if side is Side.LEFT else self.right

    def with_copy(self, side: Side, copy: Copy) -> "Link":
        """The link with one of its copies replaced."""
        return replace(self, left=copy) if side is Side.LEFT else replace(self, right=copy)

    def ref(self, side: Side) -> Ref:
        """Where the copy on one side lives."""
        return Ref(side, self.kind, self.copy(side).id)

    def numbered(self, link_id: int) -> "Link":
        """The link under the id the store gave it."""
        return replace(self, id=link_id)

    @property
    def parted(self) -> bool:
        """Whether one of the two records was deleted."""
        return self.left.gone or self.right.gone
