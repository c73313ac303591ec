"""A change: a side's record as it is now, beside what was seen of it."""

from dataclasses import field
from enum import StrEnum

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.values import Values


class Moved(StrEnum):
    """What happened to one side of a link since we last looked."""

    SAME = "same"
    EDITED = "edited"
    GONE = "gone"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Change:
    """`now` is the record's present values; `fields` those that differ from what was seen; `seen` the seen values after
    what the side itself made of our own last write has been taken in. read: `now` is a record as the side told it, so
    that nothing is known of a field that is missing there; otherwise it is what was seen, and what is missing was never
    settled. ours: those of `fields` that hold what an update of ours carried whose answer was lost: no edit of this
    side, but a value that the other one had when it was sent. typed: those that were edited after such an update had
    left, whether or not it arrived, each with what was last sent there. coming: whether such an update could still have
    taken effect when the record was last modified.
    """

    moved: Moved
    now: Values
    seen: Values
    fields: frozenset[str] = field(default_factory=frozenset)
    read: bool = False
    ours: frozenset[str] = field(default_factory=frozenset)
    typed: Values = field(default_factory=dict)
    coming: bool = False

    @property
    def edits(self) -> frozenset[str]:
        """The fields that somebody else has changed."""
        return self.fields - self.ours

    def told(self, name: str) -> bool:
        """Whether anything may be concluded from what this side holds of a field. What is not told is never blank."""
        return name in self.now or not self.read
