"""Brakes: may this plan run at all? Pure.

A brake compares what a run is about to write with what is already linked, and stops it before its first write when
the numbers look like an accident: a wrong view, an emptied import, a mapping gone astray. A person looks, and lets it
go on.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """Thresholds of one kind. A brake is pulled when both the count and the percentage are exceeded.

    Percentages are of the kind's linked records. The first sync of a module links and creates by nature, so it only
    knows the ceiling `first_creates`. None: no such brake.
    """

    creates: int | None = 1_000
    creates_percent: float = 50.0
    updates: int | None = 1_000
    updates_percent: float = 50.0
    blanks: int | None = 100
    blanks_percent: float = 10.0
    first_creates: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a plan would do to one kind. blanks: fields that would be emptied. linked: links that exist already."""

    kind: str
    creates: int
    updates: int
    blanks: int
    linked: int
    first: bool


def pulled(tally: Tally, limits: BrakeLimits) -> list[str]:
    """The reasons to stop, in words; empty when the plan may run."""
    if tally.first:
        if limits.first_creates is not None and tally.creates > limits.first_creates:
            ceiling = f"the ceiling is {limits.first_creates}"
            return [f"the first sync would create {tally.creates} {tally.kind} records, {ceiling}"]
        return []
    checks = (
        ("create", tally.creates, limits.creates, limits.creates_percent),
        ("update", tally.updates, limits.updates, limits.updates_percent),
        ("empty fields of", tally.blanks, limits.blanks, limits.blanks_percent),
    )
    return [
        f"this run would {verb} {count} {tally.kind} records ({_percent(count, tally.linked):.0f} % of those linked)"
        for verb, count, limit, percent in checks
        if limit is not None and count > limit and _percent(count, tally.linked) > percent
    ]


def _percent(count: int, of: int) -> float:
    return 100.0 * count / of if of else 100.0
