"""Brakes: may this plan run at all? Pure.

A brake compares what a run is about to write, or what it has found to be gone, with what is already linked, and stops
it when the numbers look like an accident: a wrong view, an emptied import, a mapping gone astray, an org that suddenly
shows nothing. A person looks, and lets it go on. So each reason says what would happen where, how much of it is
allowed, and which settings allow it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

HARDLY_ANY_SPARED = 90.0
"""Per cent of the linked records that are as good as all of them."""


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """Thresholds of one kind. A brake is pulled when both the count and the percentage are exceeded. People know each
    by its name behind `max_`.

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

    written: how much of it was carried out in earlier rounds of the run. creates_in, updates_in: the products that are
    written to.
    """

    kind: str
    creates: int
    updates: int
    blanks: int
    linked: int
    first: bool
    written: int = 0
    creates_in: frozenset[str] = frozenset()
    updates_in: frozenset[str] = frozenset()

    def after(self, earlier: "Tally", *, created: int, updated: int) -> "Tally":
        """This round of a run, with what the rounds before it have carried out, as far as it was counted there."""
        return replace(
            self,
            creates=self.creates + min(created, earlier.creates),
            updates=self.updates + min(updated, earlier.updates),
            blanks=self.blanks + earlier.blanks,
            linked=max(self.linked, earlier.linked),
            written=created + updated,
            creates_in=self.creates_in | earlier.creates_in,
            updates_in=self.updates_in | earlier.updates_in,
        )


def pulled(tally: Tally, limits: BrakeLimits) -> list[str]:
    """The reasons to stop, in words; empty when the plan may run."""
    reasons = _first(tally, limits) if tally.first else [*_additions(tally, limits), *_changes(tally, limits)]
    rest = f"; {tally.written} are written already" if tally.written else ""
    return [f"{reason}{rest}" for reason in reasons]


def _first(tally: Tally, limits: BrakeLimits) -> Iterator[str]:
    """What speaks against a first sync."""
    kind = f"{tally.kind} records"
    for verb, count, where, name, limit in (
        ("create", tally.creates, tally.creates_in, "first_creates", limits.first_creates),
        ("change", tally.updates, tally.updates_in, "first_updates", limits.first_updates),
    ):
        if limit is not None and count > limit:
            yield f"the first sync would {verb} {count} {kind}{_in(where)}; allowed are {limit} (max_{name})"


def _additions(tally: Tally, limits: BrakeLimits) -> Iterator[str]:
    """What speaks against the records that would be made, and the fields that would be emptied."""
    kind = f"{tally.kind} records"
    if allowed := _exceeded(limits, "creates", tally.creates, of=tally.linked):
        told = f"this run would create {tally.creates} {kind}{_in(tally.creates_in)}"
        yield f"{told}, with {tally.linked or 'none'} linked; allowed are {allowed}"
    if allowed := _exceeded(limits, "blanks", tally.blanks, of=tally.linked):
        told = f"this run would empty {tally.blanks} fields of the {tally.linked} linked {kind}{_in(tally.updates_in)}"
        yield f"{told}; allowed are {allowed}"


def _changes(tally: Tally, limits: BrakeLimits) -> Iterator[str]:
    """What speaks against the linked records that would be changed."""
    allowed = [_exceeded(limits, "updates", tally.updates, of=tally.linked)]
    hardly_any_spared = _percent(tally.updates, tally.linked) >= HARDLY_ANY_SPARED
    if limits.all_changed is not None and tally.linked > limits.all_changed and hardly_any_spared:
        allowed.append(f"all, or nearly all, of {limits.all_changed} (max_all_changed)")
    if any(allowed):
        told = f"this run would change {_share(tally.updates, tally.linked)} linked {tally.kind} records"
        yield f"{told}{_in(tally.updates_in)}; allowed are {' and '.join(filter(None, allowed))}"


def vanished(gone: int, limits: BrakeLimits, *, kind: str, linked: int, where: str) -> list[str]:
    """The reasons to stop before links are given up. gone: linked records that are missing in `where`; linked: all."""
    allowed = [_exceeded(limits, "gone", gone, of=linked)]
    if limits.all_gone is not None and gone >= linked > limits.all_gone:
        allowed.append(f"all of {limits.all_gone} (max_all_gone)")
    if not any(allowed):
        return []
    told = f"{_share(gone, linked)} linked {kind} records are gone from {where}"
    return [f"{told}; allowed are {' and '.join(filter(None, allowed))}"]


def may_vanish(gone: int, limits: BrakeLimits) -> bool:
    """Whether so few may be gone whatever the number of links, so that nobody need count them."""
    return all(each is None or gone <= each for each in (limits.gone, limits.all_gone))


def clocks_off(ahead: Mapping[str, timedelta], bound: timedelta) -> list[str]:
    """The reasons to stop since clocks differ. ahead: product -> how far its clock is ahead of this machine's."""
    return [
        f"the clock of {product} is {_span(abs(each))} {'ahead of' if each > timedelta() else 'behind'} this machine's"
        f" (allowed are {_span(bound)})"
        for product, each in ahead.items()
        if abs(each) > bound
    ]


def _span(length: timedelta) -> str:
    return str(timedelta(seconds=round(length.total_seconds())))


def _exceeded(limits: BrakeLimits, name: str, count: int, *, of: int) -> str:
    """What is allowed and which settings say so, if both the number and the percentage are exceeded; else nothing."""
    limit, percent = getattr(limits, name), getattr(limits, f"{name}_percent")
    if limit is None or count <= limit or _percent(count, of) <= percent:
        return ""
    return f"{limit} and {percent:g} % of those linked (max_{name}, max_{name}_percent)"


def _percent(count: int, of: int) -> float:
    return 100.0 * count / of if of else 100.0


def _share(count: int, of: int) -> str:
    return f"all {of}" if count >= of else f"{count} of {of} ({_percent(count, of):.0f} %)"


def _in(products: Collection[str]) -> str:
    return f" in {' and '.join(sorted(products))}" if products else ""
