"""A step: one line of a plan as the journal keeps it, from the preview to the outcome."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side


class Verb(StrEnum):
    """What a step does. Only `create`, `update`, `merge` and `associate` write to a side."""

    LINK = "link"
    AGREE = "agree"
    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    ASSOCIATE = "associate"
    PART = "part"
    HOLD = "hold"
    SKIP = "skip"
    WAIT = "wait"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one record or one link.

    payload, as far as it applies: `values` and `before` (field -> canonical value of the target side), `pointers`
    (field -> [side, kind, id]), `left_out` (field -> reason), `source` (field -> value of the record that is copied,
    where another one is sent), `contested` (list of {field, left, right, winner, rule}),
    `matched_by` (of two records at their first meeting), `candidates` (list of [side, kind, id]), `joined` (list of
    [side, kind, id]: records of the target side that are joined with this one).
    """

    kind: Kind
    verb: Verb
    label: str
    why: str
    target: Side | None = None
    link_id: int | None = None
    left_id: str | None = None
    right_id: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)

    def id_on(self, side: Side) -> str:
        """The record's id on one side; empty if it has none there yet."""
        return (self.left_id if side is Side.LEFT else self.right_id) or ""
