"""Actions: what should happen, as frozen data, each with a `why` in words.

A plan is a list of these. The preview, the journal and the expected files of the scenarios are the same plan shown
in different ways. Actions carry values in the form of the side they are written to; a lookup whose counterpart is
not known yet is carried as a pointer, and resolved at the moment of writing.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value


@dataclass(frozen=True, slots=True)
class Write:
    """Fields to send to one side.

    values:   field -> canonical value of the target side.
    pointers: field -> the source side's record it must point to, once that record's counterpart is known.
    before:   field -> the value that is overwritten, kept for the journal.
    left_out: field -> why it is not sent with this write (it is taken up again when the cause is gone).
    kept:     those of them that a new record still lacks: they are taken up without being edited.
    source:   field -> what the record that a new one is made of holds, where it is not what is sent.
    """

    target: Side
    values: Mapping[str, Value]
    pointers: Mapping[str, Ref] = field(default_factory=dict)
    before: Mapping[str, Value] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    source: Mapping[str, Value] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to send."""
        return not self.values and not self.pointers


@dataclass(frozen=True, slots=True)
class Contested:
    """A field changed on both sides to different values, and how it was settled.

    winner: None if both stay, for good or, where it is held, until a person decides.
    """

    field: str
    left: Value
    right: Value
    winner: Side | None
    rule: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about a contested field: the side that wins, and the two values that the person saw."""

    winner: Side
    left: Value
    right: Value

    def holds_for(self, left: Value, right: Value) -> bool:
        """Whether the field still holds what the person saw: newer values are another question."""
        return (self.left, self.right) == (left, right)


@dataclass(frozen=True, slots=True)
class Create:
    """A record that exists on the source side only is made on the other."""

    source: Ref
    write: Write
    why: str


@dataclass(frozen=True, slots=True)
class Update:
    """One side's changed fields go to the other. An empty write only settles what was seen."""

    link_id: int
    kind: Kind
    write: Write
    why: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Both sides changed: some fields may go each way, contested ones are settled by the strategy."""

    link_id: int
    kind: Kind
    to_left: Write
    to_right: Write
    contested: tuple[Contested, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """A left and a right record are found to be the same thing; first meeting of their fields."""

    left: Ref
    right: Ref
    matched_by: str
    to_left: Write
    to_right: Write
    contested: tuple[Contested, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """One side's record is gone: the link becomes a tombstone, nothing is written."""

    link_id: int
    kind: Kind
    gone: Side
    why: str


class HoldCause(StrEnum):
    """Why only a person can settle something: a short word for machines and exports."""

    AMBIGUOUS = "ambiguous"
    DOUBTFUL = "doubtful"
    TWIN = "twin"
    CONFLICT = "conflict"
    FIGHT = "fight"


@dataclass(frozen=True, slots=True)
class Hold:
    """Only a person can settle this. `candidates` are what it might be."""

    ref: Ref
    candidates: tuple[Ref, ...]
    why: str
    cause: HoldCause


class SkipCause(StrEnum):
    """Why a record is not synced though nothing is wrong with it: a short word for machines and exports."""

    OUTSIDE_VIEW = "outside_view"
    COUNTERPART_OUTSIDE_VIEW = "counterpart_outside_view"
    COUNTERPART_DELETED = "counterpart_deleted"
    BEFORE_START = "before_start"
    PARENT_NOT_SYNCED = "parent_not_synced"
    PARENT_UNSETTLED = "parent_unsettled"
    ANSWER_LOST = "answer_lost"
    MAY_BE_COPY = "may_be_copy"
    NO_PARENT = "no_parent"
    LEFT_OUT = "left_out"
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class Skip:
    """Not synced, for a reason that is not an error. `awaited`: records for which it is so until they change."""

    ref: Ref
    why: str
    cause: SkipCause | None = None
    awaited: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits for another record to be linked first; released in the run in which that happens."""

    ref: Ref
    awaited: tuple[Ref, ...]
    why: str
    cause: SkipCause = SkipCause.PARENT_NOT_SYNCED


@dataclass(frozen=True, slots=True)
class Problem:
    """Cannot be written now; set aside with its cause, and taken up again when the cause is gone."""

    ref: Ref
    cause: Cause
    why: str


Action: TypeAlias = Create | Update | Merge | Link | Part | Hold | Skip | Wait | Problem
