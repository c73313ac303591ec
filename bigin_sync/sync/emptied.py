"""Emptied: lookups that a side emptied by itself, because the record they named was deleted there. A shell.

A deletion never crosses, and neither does what it leaves behind. Both products show a lookup to a deleted record as
blank, and do not move the Modified_Time of the record that holds it; whoever reads that one later sees a blank which
nobody has made. So a lookup that became blank is an edit only if the record it named still lives.

That is asked at once, when it is read. Later what it named may be restored, and the blank pass for an edit; or what it
had named when a person emptied it may be deleted.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy
from bigin_sync.model.record import Record, Ref, by_side_and_kind
from bigin_sync.store.inbox import Entry
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.setup import Setup

Lookups = Sequence[tuple[str, Kind]]
"""The lookups of a kind, each with what it names."""


def emptied(lookups: Lookups, record: Record, copy: Copy, entry: Entry | None) -> Iterator[tuple[str, Ref]]:
    """The lookups of a record that have become blank, each with every record that it may have named: what was seen of
    it, and after that what updates carried which went unanswered.

    entry: what the inbox holds of the record. A lookup is left out if that tells that a person emptied it: what it
    named still lived when that was read, whatever has become of it since.
    """
    now, sent = record.values, copy.unanswered.values if copy.unanswered is not None else {}
    before = entry.record.values if entry is not None and entry.link_id is not None else {}
    for name, to in lookups:
        if now.get(name, "") is not None:
            continue
        seen = copy.seen.get(name)
        if seen is not None and before.get(name, "") is None:
            continue
        for named in (seen, *sent.get(name, ())):
            if isinstance(named, str):
                yield name, Ref(record.ref.side, to, named)


def as_people_have_it(record: Record, blank: Iterable[tuple[str, Ref]], *, gone: Collection[Ref]) -> Record:
    """A record, but that a lookup which became blank with one of these deleted ones still names it: nobody has edited
    it, and what a person does to its counterpart is to be done to it.
    """
    named = {name: ref.id for name, ref in blank if ref in gone}
    return replace(record, values={**record.values, **named}) if named else record


def gone_of(setup: Setup, refs: Collection[Ref]) -> set[Ref]:
    """Which of these records do not live any more. One call for each 100 of a kind and side."""
    gone = set(refs)
    for (side, kind), some in by_side_and_kind(refs).items():
        module = setup.pairing.kind(kind).on(side).module
        for start in range(0, len(some), BATCH):
            rows = setup.sides[side].fetch(module, some[start : start + BATCH], fields=()).rows
            gone.difference_update(Ref(side, kind, str(row["id"])) for row in rows)
    return gone
