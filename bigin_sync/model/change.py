"""A change: a side's record as it is now, beside what was seen of it."""

from dataclasses import dataclass, field
from enum import StrEnum

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
    what the side itself made of our own last write has been taken in.
    """

    moved: Moved
    now: Values
    seen: Values
    fields: frozenset[str] = field(default_factory=frozenset)
