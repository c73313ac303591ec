"""Brakes: may this plan run at all? Pure.

A brake compares what a run is about to write, or what it has found to be gone, with what is already linked, and stops
it when the numbers look like an accident: a wrong view, an emptied import, a mapping gone astray, an org that suddenly
shows nothing. A person looks, and lets it go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

HARDLY_ANY_SPARED = 90.0
"""Per cent of the linked records that are as good as all of them."""


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """Thresholds of one kind. A brake is pulled when both the count and the percentage are exceeded.

    Percentages are of the kind's linked records. all_changed: that a run changes every linked record, or nearly, is
    allowed up to so many. gone: records that a deleted list, a full reading, or the re-reading before an update shows
    to be gone; all_gone: that every linked one is, is believed up to so many. These two are for orgs so small that
    nothing in them is many. The first sync of a module links and creates by nature: in place of all that is counted in
    a plan it has two ceilings of its own. None: no such brake.
    """

    creates: int | None = 500
    creates_percent: float = 50.0
    updates: int | None = 100
    updates_percent: float = 50.0
    blanks: int | None = 20
    blanks_percent: float = 10.0
    all_changed: int | None = 20
    all_gone: int | None = 5
    gone: int | None = 20
    gone_percent: float = 25.0
    first_creates: int | None = 100_000
    first_updates: int | None = 100_000


NO_BRAKES = BrakeLimits(
    creates=None,
    updates=None,
    blanks=None,
    all_changed=None,
    all_gone=None,
    gone=None,
    first_creates=None,
    first_updates=None,
)
"""What a person has let go on passes all of them."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run does to one kind, but for what is only tried again. blanks: fields that are emptied. linked: links
    that exist already.

    written: how much of it was carried out in earlier rounds of the run.
    """

    kind: str
    creates: int
    updates: int
    blanks: int
    linked: int
    first: bool
    written: int = 0

    def after(self, earlier: "Tally", *, created: int, updated: int) -> "Tally":
        """This round of a run, with what the rounds before it have carried out, as far as it was counted there."""
        return replace(
            self,
            creates=self.creates + min(created, earlier.creates),
            updates=self.updates + min(updated, earlier.updates),
            blanks=self.blanks + earlier.blanks,
            linked=max(self.linked, earlier.linked),
            written=created + updated,
        )


def pulled(tally: Tally, limits: BrakeLimits) -> list[str]:
    """The reasons to stop, in words; empty when the plan may run."""
    rest = f"; {tally.written} are written already" if tally.written else ""
    if tally.first:
        ceilings = (("create", tally.creates, limits.first_creates), ("change", tally.updates, limits.first_updates))
        return [
            f"the first sync would {verb} {count} {tally.kind} records, the ceiling is {limit}{rest}"
            for verb, count, limit in ceilings
            if limit is not None and count > limit
        ]
    checks = (
        (f"create {tally.creates}", tally.creates, limits.creates, limits.creates_percent),
        (f"update {tally.updates}", tally.updates, limits.updates, limits.updates_percent),
        (f"empty {tally.blanks} fields of", tally.blanks, limits.blanks, limits.blanks_percent),
    )
    reasons = [
        f"this run would {does} {tally.kind} records ({_percent(count, tally.linked):.0f} % of those linked){rest}"
        for does, count, limit, percent in checks
        if limit is not None and count > limit and _percent(count, tally.linked) > percent
    ]
    if limits.all_changed is not None and tally.linked > limits.all_changed:
        if tally.updates >= tally.linked:
            reasons.append(f"this run would change all {tally.linked} {tally.kind} records that are linked{rest}")
        elif _percent(tally.updates, tally.linked) >= HARDLY_ANY_SPARED:
            told = f"this run would change {tally.updates} of the {tally.linked} {tally.kind} records that are linked"
            reasons.append(f"{told}, nearly all{rest}")
    return reasons


def vanished(gone: int, limits: BrakeLimits, *, kind: str, linked: int, where: str) -> list[str]:
    """The reasons to stop before links are given up. gone: linked records that are missing in `where`; linked: all."""
    percent = _percent(gone, linked)
    many = limits.gone is not None and gone > limits.gone and percent > limits.gone_percent
    if gone >= linked and (many or (limits.all_gone is not None and linked > limits.all_gone)):
        return [f"all {linked} linked {kind} records are gone from {where}"]
    return [f"{gone} of {linked} linked {kind} records ({percent:.0f} %) are gone from {where}"] if many else []


def may_vanish(gone: int, limits: BrakeLimits) -> bool:
    """Whether so few may be gone whatever the number of links, so that nobody need count them."""
    return all(each is None or gone <= each for each in (limits.gone, limits.all_gone))


def clocks_off(ahead: Mapping[str, timedelta], bound: timedelta) -> list[str]:
    """The reasons to stop since clocks differ. ahead: product -> how far its clock is ahead of this machine's."""
    return [
        f"the clock of {product} is {_span(abs(each))} {'ahead of' if each > timedelta() else 'behind'} this machine's"
        for product, each in ahead.items()
        if abs(each) > bound
    ]


def _span(length: timedelta) -> str:
    return str(timedelta(seconds=round(length.total_seconds())))


def _percent(count: int, of: int) -> float:
    return 100.0 * count / of if of else 100.0
