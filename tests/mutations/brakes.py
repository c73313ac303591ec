"""Each brake, broken in one place."""

from tests.mutations.a_break import Break

BRAKES = (
    Break(
        "24 too many new records stop a module",
        "brake-too-many-creates",
        "sync/brakes.py",
        '_exceeded(limits, "creates", tally.creates,',
        '_exceeded(limits, "creates", 0,',
    ),
    Break(
        "24 too many changes stop a module",
        "brake-too-many-updates",
        "sync/brakes.py",
        '_exceeded(limits, "updates", tally.updates,',
        '_exceeded(limits, "updates", 0,',
    ),
    Break(
        "24 too many emptied fields stop a module",
        "brake-too-many-blanks",
        "sync/brakes.py",
        '_exceeded(limits, "blanks", tally.blanks,',
        '_exceeded(limits, "blanks", 0,',
    ),
    Break(
        "24 that all records change stops a module",
        "brake-all-records-changed",
        "sync/brakes.py",
        "if limits.all_changed is not None and tally.linked > limits.all_changed and",
        "if limits.all_changed is not None and tally.linked > limits.all_changed * 100 and",
    ),
    Break(
        "24 an emptied org stops its module before links are given up",
        "brake-a-side-is-emptied",
        "sync/sweep.py",
        "        if reasons := _too_many(work, side, pages):\n            return reasons\n",
        "",
    ),
    Break(
        "24 what is missing when it is changed stops its module before links are given up",
        "brake-on-what-is-missing-when-it-is-changed",
        "sync/missing.py",
        "if reasons := [why for side in BOTH for why in draining(self._work, side, missing=sides.count(side))]:",
        "if reasons := []:",
    ),
    Break(
        "24 a first sync has its own ceiling",
        "brake-first-sync-has-its-own-ceiling",
        "sync/brakes.py",
        '        ("create", tally.creates, tally.creates_in, "first_creates", limits.first_creates),\n',
        "",
    ),
    Break(
        "24 what follows from new records is braked",
        "brake-on-what-follows-from-new-records",
        "sync/run.py",
        "updated=updated)\n        if reasons := pulled(tally, work.kind.limits):",
        "updated=updated)\n        if reasons := []:",
    ),
    Break(
        "24 what is planned anew is braked",
        "brake-in-a-later-round",
        "sync/run.py",
        "            if reasons := pulled(plan.finish(), work.kind.limits):\n                return reasons",
        "            if False:\n                return []",
    ),
    Break(
        "24 a stopped module stays stopped",
        "brake-too-many-creates",
        "jobs/assemble.py",
        "RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE})",
        "RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE, ModuleState.STOPPED})",
    ),
    Break(
        "24 a release lets one run pass",
        "brake-too-many-updates",
        "jobs/assemble.py",
        "limits=NO_BRAKES if module.released else terms.brakes(),",
        "limits=terms.brakes(),",
    ),
)
