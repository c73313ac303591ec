"""Fields that change behind the back of a mapping, each promise broken in one place."""

from tests.mutations.a_break import Break

SHAPES = (
    Break(
        "10 a vanished field is not blank",
        "a-vanished-field-stops-alone",
        "pairing/drift.py",
        "tuple(pair for pair in mapping.pairs if pair.name not in frozen)",
        "mapping.pairs",
    ),
    Break(
        "10 a new mandatory field stops the module",
        "a-new-mandatory-field-stops-its-module",
        "jobs/drift.py",
        "return None if not reasons else",
        "return None if True else",
    ),
    Break(
        "10 a renamed field is noticed before anything is sent to it",
        "a-renamed-field-stops-alone",
        "sync/untold.py",
        "    if names:\n",
        "    if names and not rows:\n",
    ),
    Break(
        "10 a retyped field stands still",
        "a-retyped-field-stops-alone",
        "pairing/drift.py",
        "        if not _holds(pair, meta):\n",
        "        if False:\n",
    ),
    Break(
        "10 a refused field is read again at once",
        "a-retyped-field-is-noticed-when-it-is-refused",
        "sync/doubt.py",
        "or self._setup.fresh:",
        "or not self._setup.fresh:",
    ),
    Break(
        "10 a mapped field that became mandatory is told of once",
        "a-mapped-field-that-becomes-mandatory",
        "pairing/drift.py",
        "meta.mandatory and not metas[side.other]",
        "False and metas[side.other]",
    ),
)
