"""Emptied: lookups that a side emptied by itself, because the record they named was deleted there. A shell.

A deletion never crosses, and neither does what it leaves behind. Both products show a lookup to a deleted record as
blank, and do not move the Modified_Time of the record that holds it; whoever reads that one later sees a blank which
nobody has made. So a lookup that became blank is an edit only if the record it named still lives.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bigin_sync.model.link import Copy
from bigin_sync.model.record import Record, Ref, by_side_and_kind
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.store import inbox, links
from bigin_sync.store.db import Session
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.setup import KindSetup, Setup


def emptied(kind: KindSetup, side: Side, *, now: Values, copy: Copy) -> Iterator[tuple[str, Ref]]:
    """The lookups of a record that have become blank, each with every record that it may have named: what was seen of
    it, and after that what updates carried which went unanswered.
    """
    sent = copy.unanswered.values if copy.unanswered is not None else {}
    for pair in kind.mapping.pairs:
        if pair.to is not None and pair.name in now and now[pair.name] is None:
            for named in (copy.seen.get(pair.name), *sent.get(pair.name, ())):
                if isinstance(named, str):
                    yield pair.name, Ref(side, pair.to, named)


def copies_of(session: Session, setup: Setup, kind: KindSetup, side: Side, ids: Sequence[str]) -> dict[str, Copy]:
    """What is known of these records of a side, by their ids, but for lookups of which the inbox tells that a person
    emptied them: what they named still lived when that was read, whatever has become of it since.
    """
    known = links.by_records(session, setup.iid, side=side, kind=kind.kind, ids=ids)
    read = inbox.by_refs(session, setup.iid, refs=[Ref(side, kind.kind, id) for id in known])
    lookups = [pair.name for pair in kind.mapping.pairs if pair.to is not None]
    copies = {}
    for id, link in known.items():
        copy, entry = link.copy(side), read.get(Ref(side, kind.kind, id))
        values = entry.record.values if entry is not None and entry.link_id is not None else {}
        left = [name for name in lookups if values.get(name, "") is None and copy.seen.get(name) is not None]
        copies[id] = copy.without(left) if left else copy
    return copies


def named_by(kind: KindSetup, records: Iterable[Record], copies: Mapping[str, Copy]) -> set[Ref]:
    """The records that may have been named by lookups which are blank now. copies: by the ids of their records."""
    return {ref for one in records for _name, ref in _emptied_of(kind, one, copies)}


def as_people_have_them(
    kind: KindSetup, records: Iterable[Record], copies: Mapping[str, Copy], *, gone: Collection[Ref]
) -> list[Record]:
    """Records, but that a lookup which became blank with one of these deleted ones still names it: nobody has edited
    it, and what a person does to its counterpart is to be done to it.
    """
    named = [{name: ref.id for name, ref in _emptied_of(kind, one, copies) if ref in gone} for one in records]
    return [
        replace(one, values={**one.values, **names}) if names else one
        for one, names in zip(records, named, strict=True)
    ]


def look_behind_blanks(setup: Setup, kind: KindSetup, side: Side, records: Sequence[Record]) -> Sequence[Record]:
    """Records that were just read, as people have them.

    It is asked at once whether what their blank lookups named was deleted. Later that may be restored, and the blank
    pass for an edit; or what it had named when a person emptied it may be deleted.
    """
    lookups = [pair.name for pair in kind.mapping.pairs if pair.to is not None]
    blank = [one.ref.id for one in records if any(one.values.get(name, "") is None for name in lookups)]
    if not blank:
        return records
    with setup.db.read() as session:
        copies = copies_of(session, setup, kind, side, blank)
    named = named_by(kind, records, copies)
    return as_people_have_them(kind, records, copies, gone=gone_of(setup, named)) if named else records


def _emptied_of(kind: KindSetup, record: Record, copies: Mapping[str, Copy]) -> Iterator[tuple[str, Ref]]:
    copy = copies.get(record.ref.id)
    return iter(()) if copy is None else emptied(kind, record.ref.side, now=record.values, copy=copy)


def gone_of(setup: Setup, refs: Collection[Ref]) -> set[Ref]:
    """Which of these records do not live any more. One call for each 100 of a kind and side."""
    gone = set(refs)
    for (side, kind), some in by_side_and_kind(refs).items():
        module = setup.pairing.kind(kind).on(side).module
        for start in range(0, len(some), BATCH):
            rows = setup.sides[side].fetch(module, some[start : start + BATCH], fields=()).rows
            gone.difference_update(Ref(side, kind, str(row["id"])) for row in rows)
    return gone
