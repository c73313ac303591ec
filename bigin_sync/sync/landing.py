"""Landing: what an outcome changes in the inbox, on the link and in the counts, whoever carries it out. A shell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from bigin_sync.model.action import SkipCause
from bigin_sync.model.frozen import dataclass
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Cause, Refused
from bigin_sync.model.record import Record, Ref, by_side_and_kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.store import associations, conflicts, inbox, journal, links, partings, renewal, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Parked, State
from bigin_sync.sync.brakes import NO_BRAKES
from bigin_sync.sync.merge import Both, Merged
from bigin_sync.sync.plan import COUNTERPART_DELETED
from bigin_sync.sync.progress import Aside, Counts
from bigin_sync.sync.settled import After, Left, Rest
from bigin_sync.sync.setup import KindSetup, Setup


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of one run, being carried out."""

    setup: Setup
    kind: KindSetup
    run_id: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Landed:
    """A link that was decided: what is known of it now, and what it was decided on."""

    after: After
    both: Both
    merged: Merged
    entries: Mapping[Side, Entry]

    def numbered(self, link_id: int) -> "Landed":
        """The same, under the id the store gave the link."""
        return replace(self, after=replace(self.after, link=self.after.link.numbered(link_id)))

    def rests(self) -> list[tuple[Entry, Rest]]:
        """Its inbox entries, each with what is left of it."""
        return [(self.entries[side], self.after.rests[side]) for side in BOTH if side in self.entries]


def save_links(session: Session, work: Work, landed: Sequence[Landed]) -> None:
    """Store links as they are now known; their inbox entries are removed or set aside by what is left of them."""
    links.save(session, [one.after.link for one in landed])
    close_up(session, work, landed)


def close_up(session: Session, work: Work, landed: Sequence[Landed]) -> None:
    """What is left to do once links are stored: their conflicts, and what the inbox holds of them."""
    decided = [one.after.link.id for one in landed if _conflicts(session, work, one)]
    put_away(session, work, [rest for one in landed for rest in one.rests()])
    renewal.renew_links(session, work.setup.iid, link_ids=decided)


def _conflicts(session: Session, work: Work, landed: Landed) -> bool:
    """Ask a person about what is held, and put away the questions that are answered.

    Returns whether a person has decided some of it while it was on its way.
    """
    link, both, merged = landed.after.link, landed.both, landed.merged
    times = {"left_at": both.left_at, "right_at": both.right_at}
    held = [one for one in merged.contested if one.field in merged.held]
    asked = [conflicts.open_(session, work.setup.iid, link=link, contested=one, **times) for one in held]
    conflicts.close(session, link_id=link.id, fields=sorted(landed.after.decided))
    return not all(asked)


def put_away(session: Session, work: Work, rests: Sequence[tuple[Entry, Rest]]) -> None:
    """Remove entries that are settled; set the others aside for what they still need."""
    linked = _linked(session, work, {ref for _entry, rest in rests for ref in rest.awaited})
    done = [entry.id for entry, rest in rests if rest.left is Left.DONE]
    # What it waits for may have landed while it was under way itself: then nobody would wake it any more.
    ready = [entry.id for entry, rest in rests if not linked.isdisjoint(rest.awaited)]
    aside = [
        (entry.id, rest) for entry, rest in rests if rest.left not in (Left.DONE, Left.NEW) and entry.id not in ready
    ]
    inbox.remove(session, done)
    renewal.renew(session, ready)
    inbox.park(session, [_parked(entry_id, rest) for entry_id, rest in aside])
    waits.await_(session, work.setup.iid, rows=[(entry_id, ref) for entry_id, rest in aside for ref in rest.awaited])
    for entry_id in done:
        work.counts.apply(entry_id)
    for entry_id, rest in aside:
        work.counts.set_aside(entry_id, Aside(rest.left.value))


def _linked(session: Session, work: Work, refs: set[Ref]) -> set[Ref]:
    """Those of these records that are linked by now."""
    return {
        Ref(side, kind, id)
        for (side, kind), ids in by_side_and_kind(refs).items()
        for id in links.translate(session, work.setup.iid, side=side, kind=kind, ids=ids)
    }


def unlinked(session: Session, work: Work, records: Sequence[Record]) -> list[Record]:
    """Those of these records of one side that are linked with none."""
    if not records:
        return []
    ids = [record.ref.id for record in records]
    taken = links.numbers(session, work.setup.iid, side=records[0].ref.side, kind=work.kind.kind, ids=ids)
    return [record for record in records if record.ref.id not in taken]


def _parked(entry_id: int, rest: Rest) -> Parked:
    return Parked(entry_id, State(rest.left.value), rest.why or "", cause=rest.cause or rest.left.value)


def in_words(refused: Refused) -> str:
    """A refusal as a person reads it."""
    where = f" (field {refused.field})" if refused.field else ""
    twin = f"; it already exists there as {refused.duplicate_of}" if refused.duplicate_of else ""
    return f"{_CAUSES.get(refused.cause, 'refused')}{where}: {refused.message}{twin} [{refused.code}]"


def wake(session: Session, work: Work, whole: Sequence[Link]) -> None:
    """Let everything go on that waited for the records of these links, which were just made, or are whole again."""
    waits.wake(session, work.setup.iid, refs=[link.ref(side) for link in whole for side in BOTH])


def look_at_lists(
    session: Session, setup: Setup, kind: Kind, link_ids: Iterable[int], *, sides: Iterable[Side]
) -> None:
    """Note of links that what their records on these sides are joined with is to be read: they are modified, or new."""
    if kind in setup.pairing.associated():
        associations.touch(session, product(link_ids, sides))


def part(session: Session, work: Work, link: Link, *, gone: Side, entries: Mapping[Side, Entry]) -> None:
    """Keep a link as a tombstone, since its record on one side was deleted; the survivor's edits are set aside."""
    links.save(session, [link.with_copy(gone, replace(link.copy(gone), gone=True))])
    why = f"deleted in {work.setup.pairing.title(gone)}; a deletion is never carried over"
    note_parting(session, work, [link], gone=gone, why=why, for_good=False)
    work.counts.parted[gone] += 1
    set_survivor_aside(session, work, entries, gone=gone)


def note_parting(session: Session, work: Work, parted: Sequence[Link], *, gone: Side, why: str, for_good: bool) -> None:
    """Write down what was found of links whose record on one side is gone; for_good: it can't come back."""
    allowed = {partings.ALLOWED: str(gone)} if work.kind.limits == NO_BRAKES else {}
    told = {partings.FOR_GOOD: str(gone)} if for_good else allowed
    lines = partings_of(work, parted, gone=gone, why=why, told=told)
    journal.note(session, work.setup.iid, run_id=work.run_id, lines=lines)


def partings_of(
    work: Work, parted: Sequence[Link], *, gone: Side, why: str, told: Mapping[str, str] | None = None
) -> list[Step]:
    """A step for each of these links that is given up; told: what else is known of it."""
    spec = work.kind.spec
    return [
        Step(
            link.kind,
            Verb.PART,
            spec.label(link.copy(gone).seen) or link.copy(gone).id,
            why,
            None,
            link.id,
            link.left.id,
            link.right.id,
            told or {},
        )
        for link in parted
    ]


def set_survivor_aside(session: Session, work: Work, entries: Mapping[Side, Entry], *, gone: Side) -> None:
    """What the inbox holds of a link whose record on one side is gone."""
    if gone in entries:
        inbox.remove(session, [entries[gone].id])
        work.counts.apply(entries[gone].id)
    if gone.other in entries:
        entry = entries[gone.other]
        inbox.park(session, [Parked(entry.id, State.SKIPPED, COUNTERPART_DELETED, cause=SkipCause.COUNTERPART_DELETED)])
        work.counts.set_aside(entry.id, Aside.SKIPPED)


_CAUSES = {
    Cause.TRANSIENT: "the other side failed",
    Cause.MANDATORY: "a mandatory field is missing",
    Cause.DUPLICATE: "another record already has this value",
    Cause.INVALID: "a value was not accepted",
    Cause.TOO_LONG: "a value is too long",
    Cause.FORBIDDEN: "the connected user may not write this record",
    Cause.LOCKED: "the record is locked by a process",
    Cause.MISSING: "the record does not exist any more",
    Cause.LIMIT: "a limit of the org is reached",
}
