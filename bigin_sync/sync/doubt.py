"""Doubt: a refusal may be due to a field that is not what it was when the fields of its side were last read.

Every other record would be refused for the same field, one by one. So the fields are read again instead, once a run,
and only if that tells nothing new is it the record's own fault.
"""

from bigin_sync.errors import FieldsMoved
from bigin_sync.model.outcome import Cause, Refused
from bigin_sync.model.side import Side
from bigin_sync.sync.setup import KindSetup, Setup

_OF_A_SHAPE = frozenset({Cause.MANDATORY, Cause.INVALID, Cause.TOO_LONG})
"""What a side says of a value that does not fit the field any more, or of one that it did not demand before."""


class Doubts:
    """The fields of one call that were refused as they would be if they had become something else."""

    def __init__(self, setup: Setup, kind: KindSetup, side: Side) -> None:
        self._setup = setup
        self._kind = kind
        self._side = side
        self._fields: set[str] = set()

    def cast(self, refused: Refused) -> bool:
        """Whether a refusal says more of its field than of its record; then the record is left for the next plan."""
        field, place = refused.field, (self._side, self._kind.module(self._side))
        if field is None or refused.cause not in _OF_A_SHAPE or self._setup.fresh:
            return False
        if field in self._setup.confirmed.get(place, ()):
            return False
        if refused.cause is not Cause.MANDATORY and not self._mapped(field):
            return False
        self._fields.add(field)
        return True

    def trouble(self) -> FieldsMoved | None:
        """What the run ends with, to begin again once the fields have been read; None if nothing is in doubt."""
        if not self._fields:
            return None
        title, module = self._setup.pairing.title(self._side), self._kind.module(self._side)
        names = ", ".join(sorted(self._fields))
        what = f"{title} refuses what is sent for {names} of its {module}."
        return FieldsMoved(what, side=self._side, module=module, refused=frozenset(self._fields))

    def _mapped(self, field: str) -> bool:
        return field in self._kind.mapping.apis(self._side)
