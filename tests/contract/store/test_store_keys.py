from datetime import UTC, datetime, timedelta

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import decisions, inbox, keys, links, sync_keys
from bigin_sync.store.db import Database
from bigin_sync.store.inbox import Entry, InboxRow

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
DEAL = Kind("deal")
COMPANY = Kind("company")


def two_deals(db: Database, iid: int) -> dict[Side, Entry]:
    """The same deal on both sides, known to have the key `old` in common."""
    refs = [Ref(side, DEAL, "7") for side in BOTH]
    rows = [InboxRow(Record(ref, {"name": "Awning"}, "Awning", NOON), keys=[(1, "old")]) for ref in refs]
    with db.write() as session:
        inbox.put(session, iid, run_id=1, rows=rows)
        return {ref.side: entry for ref, entry in inbox.by_refs(session, iid, refs=refs).items()}


def shared(db: Database, iid: int, *, rank: int = 1) -> list[str]:
    with db.read() as session:
        return [group.key for group in keys.shared_keys(session, iid, kind=DEAL, rank=rank)]


def test_keys_found_later_take_the_place_of_the_first_ones(db: Database, iid: int) -> None:
    entries = two_deals(db, iid)
    found = {entry.id: [(1, "new")] for entry in entries.values()}
    with db.write() as session:
        keys.replace(session, iid, found=found, of=list(entries.values()))
    assert shared(db, iid) == ["new"]


def test_an_entry_for_which_no_key_is_found_has_none(db: Database, iid: int) -> None:
    entries = two_deals(db, iid)
    with db.write() as session:
        keys.replace(session, iid, found={}, of=[entries[Side.LEFT]])
    assert shared(db, iid) == []


def tied(db: Database, iid: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    with db.read() as session:
        return [(group.left, group.right) for group in keys.bound(session, iid, kind=DEAL)]


def put_again(db: Database, iid: int, entry: Entry) -> None:
    """A person edits a record, and it is found by another name from now on."""
    record = Record(entry.record.ref, {"name": "Marquee"}, "Marquee", LATER)
    with db.write() as session:
        inbox.put(session, iid, run_id=2, rows=[InboxRow(record, keys=[(1, "newer")])])


def test_records_that_a_person_calls_the_same_stay_bound_whatever_is_written_into_them(db: Database, iid: int) -> None:
    entries = two_deals(db, iid)
    left, right = entries[Side.LEFT], entries[Side.RIGHT]
    with db.write() as session:
        decisions.same(session, iid, left=left, right=right)
        keys.replace(session, iid, found={entry.id: [(1, "new")] for entry in (left, right)}, of=[left, right])
    assert tied(db, iid) == [((left.id,), (right.id,))]
    put_again(db, iid, right)
    assert tied(db, iid) == [((left.id,), (right.id,))]


def test_a_record_that_was_bound_to_another_is_told_by_its_keys_once_that_one_is_gone(db: Database, iid: int) -> None:
    entries = two_deals(db, iid)
    left, right = entries[Side.LEFT], entries[Side.RIGHT]
    with db.write() as session:
        decisions.same(session, iid, left=left, right=right)
        inbox.remove(session, [right.id])
        row = Record(Ref(Side.RIGHT, DEAL, "8"), {"name": "Awning"}, "Awning", NOON)
        inbox.put(session, iid, run_id=2, rows=[InboxRow(row, keys=[(1, "old")])])
    assert tied(db, iid) == []
    assert shared(db, iid) == ["old"]


def test_a_record_that_a_person_calls_new_is_told_by_its_keys_again_once_it_is_edited(db: Database, iid: int) -> None:
    entries = two_deals(db, iid)
    with db.write() as session:
        decisions.alone(session, iid, entries[Side.LEFT])
    for entry in entries.values():
        put_again(db, iid, entry)
    assert shared(db, iid) == ["newer"]


def test_a_record_that_a_person_calls_new_stays_unlike_all_others(db: Database, iid: int) -> None:
    entries = two_deals(db, iid)
    with db.write() as session:
        decisions.alone(session, iid, entries[Side.LEFT])
        keys.replace(session, iid, found={entry.id: [(1, "new")] for entry in entries.values()}, of=[*entries.values()])
    assert shared(db, iid) == []
    assert tied(db, iid) == []


def test_a_record_is_told_by_the_number_of_its_link_on_either_side(db: Database, iid: int) -> None:
    link = Link(0, COMPANY, Copy("70", {}, NOON, gone=True), Copy("170", {}, NOON))
    with db.write() as session:
        (number,) = links.insert_(session, iid, run_id=1, made_by=["created"], links=[link])
        assert links.numbers(session, iid, side=Side.LEFT, kind=COMPANY, ids=["70", "71"]) == {"70": number}
        assert links.numbers(session, iid, side=Side.RIGHT, kind=COMPANY, ids=["170"]) == {"170": number}
        assert links.numbers(session, iid, side=Side.RIGHT, kind=DEAL, ids=["170"]) == {}


def test_a_sync_key_outlives_the_keys_that_are_found_later_and_yields_to_a_persons_decision(
    db: Database, iid: int
) -> None:
    ref = Ref(Side.RIGHT, DEAL, "9")
    row = InboxRow(Record(ref, {"name": "Awning"}, "Awning", NOON), keys=[(sync_keys.RANK, "bigin:1:7"), (1, "old")])
    with db.write() as session:
        inbox.put(session, iid, run_id=1, rows=[row])
        entry = inbox.by_refs(session, iid, refs=[ref])[ref]
        keys.replace(session, iid, found={entry.id: [(1, "new")]}, of=[entry])
        assert sync_keys.carried(session, [entry.id]) == {entry.id: "bigin:1:7"}
        told = [(one.entry_id, one.side, one.fresh) for one in sync_keys.holders(session, iid, kind=DEAL)]
        assert told == [(entry.id, Side.RIGHT, True)]
        decisions.alone(session, iid, entry)
        assert (sync_keys.carried(session, [entry.id]), keys.decided(session, [entry.id])) == ({}, {entry.id})
