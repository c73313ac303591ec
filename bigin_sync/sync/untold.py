"""Untold: an answer that lacks fields it was asked for, because they were renamed, removed or hidden since."""

from collections.abc import Sequence

from bigin_sync.errors import FieldsMoved
from bigin_sync.model.side import Side
from bigin_sync.pairing.convert import RecordReader, Row
from bigin_sync.sync.setup import KindSetup, Setup


def must_be_told(setup: Setup, kind: KindSetup, side: Side, *, reader: RecordReader, rows: Sequence[Row]) -> None:
    """Raises `FieldsMoved` if these rows of an answer leave out a field that was asked for.

    It would look empty otherwise, and what is sent to it would be lost: both products pass over unknown names without
    a word. All rows of an answer have the same keys ("no value" is null), so one row tells for all.
    """
    names = reader.untold(rows[0]) if rows else frozenset()
    if names:
        module = kind.module(side)
        what = f"{setup.pairing.title(side)} left {', '.join(sorted(names))} out of its {module}."
        raise FieldsMoved(what, side=side, module=module, untold=names)
