from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link, Unanswered, Written
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.model.vector import Vector
from bigin_sync.store import finding, inbox, journal, links
from bigin_sync.store.db import Database

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEAL = Kind("deal")


def link(left: str, right: str, *, kind: Kind = DEAL) -> Link:
    return Link(
        id=0,
        kind=kind,
        left=Copy(left, {"name": f"Größe {left}", "amount": "5"}, NOON),
        right=Copy(right, {"name": f"Größe {left}", "amount": None}, NOON + timedelta(seconds=9)),
    )


def insert(db: Database, iid: int, *made: Link) -> list[int]:
    with db.write() as session:
        return links.insert_(session, iid, run_id=3, made_by=["email"] * len(made), links=made)


def test_a_link_comes_out_as_it_went_in(db: Database, iid: int) -> None:
    full = Link(
        id=0,
        kind=DEAL,
        left=Copy("l", {"a": ["x", "y"], "b": None}, NOON, Vector(1, 2), Written(NOON, frozenset({"a"})), gone=True),
        right=Copy("r", {}, NOON, Vector(3, 4), Written(NOON, None)),
        held=frozenset({"amount", "stage"}),
    )
    (link_id,) = insert(db, iid, full)
    with db.read() as session:
        assert links.by_ids(session, [link_id]) == {link_id: replace(full, id=link_id)}
        made = links.making(session, link_id)
    assert made is not None
    assert (made.run_id, made.by) == (3, "email")


@pytest.mark.parametrize("written", [None, Written(NOON, frozenset({"a"}))])
def test_what_went_unanswered_comes_out_as_it_went_in(db: Database, iid: int, written: Written | None) -> None:
    lost = Unanswered(NOON, {"a": ("x", None), "b": (["y", "z"], True)}, {"a": "w", "b": None})
    (link_id,) = insert(
        db, iid, Link(0, DEAL, Copy("l", {}, NOON, written=written, unanswered=lost), Copy("r", {}, NOON))
    )
    with db.read() as session:
        left = links.by_ids(session, [link_id])[link_id].left
    assert (left.written, left.unanswered) == (written, lost)


def test_ids_come_back_in_the_order_of_the_links(db: Database, iid: int) -> None:
    made = [link(f"l{n}", f"r{n}") for n in range(5_100)]
    ids = insert(db, iid, *made)
    with db.read() as session:
        stored = links.by_ids(session, ids)
    assert [stored[id].left.id for id in ids] == [each.left.id for each in made]


@pytest.mark.parametrize("again", [("l1", "r9"), ("l9", "r1")])
def test_a_record_is_linked_at_most_once(db: Database, iid: int, again: tuple[str, str]) -> None:
    insert(db, iid, link("l1", "r1"))
    with pytest.raises(IntegrityError):
        insert(db, iid, link(*again))
    with db.read() as session:
        assert links.count(session, iid) == [links.Count(DEAL, 1, 0)]


def test_saving_changes_everything_but_the_records(db: Database, iid: int) -> None:
    first, second = insert(db, iid, link("l1", "r1"), link("l2", "r2"))
    changed = Link(
        id=first,
        kind=DEAL,
        left=Copy("l1", {"name": "n"}, NOON + timedelta(days=1), Vector(5, 6), Written(NOON, frozenset())),
        right=Copy("r1", {"name": "m"}, NOON, Vector(7, 8), None, gone=True),
        held=frozenset({"name"}),
    )
    with db.write() as session:
        links.save(session, [changed])
    with db.read() as session:
        stored = links.by_ids(session, [first, second])
    assert stored[first] == changed
    assert stored[second] == replace(link("l2", "r2"), id=second)


def test_links_are_found_by_either_record(db: Database, iid: int) -> None:
    insert(db, iid, link("1", "2"), link("2", "1"), link("1", "2", kind=Kind("task")))
    insert(db, iid + 1, link("1", "2"))
    with db.read() as session:
        left = links.by_records(session, iid, side=Side.LEFT, kind=DEAL, ids=["1", "9"])
        right = links.by_records(session, iid, side=Side.RIGHT, kind=DEAL, ids=["1", "9"])
    assert {id: each.right.id for id, each in left.items()} == {"1": "2"}
    assert {id: each.left.id for id, each in right.items()} == {"1": "2"}


def test_a_parted_link_translates_nothing_and_is_counted_apart(db: Database, iid: int) -> None:
    (parted,) = insert(db, iid, replace(link("l1", "r1"), right=replace(link("l1", "r1").right, gone=True)))
    insert(db, iid, link("l2", "r2"))
    with db.read() as session:
        assert links.translate(session, iid, side=Side.LEFT, kind=DEAL, ids=["l1", "l2", "l3"]) == {"l2": "r2"}
        assert links.translate(session, iid, side=Side.RIGHT, kind=DEAL, ids=["r2"]) == {"r2": "l2"}
        assert links.by_records(session, iid, side=Side.LEFT, kind=DEAL, ids=["l1"])["l1"].id == parted
        assert links.count(session, iid) == [links.Count(DEAL, 1, 1)]


def test_slices_walk_over_all_links_of_a_kind(db: Database, iid: int) -> None:
    ids = insert(db, iid, *[link(f"l{n}", f"r{n}") for n in range(5)], link("x", "y", kind=Kind("task")))
    with db.read() as session:
        first = links.slice(session, iid, kind=DEAL, limit=3)
        rest = links.slice(session, iid, kind=DEAL, after_id=first[-1].id, limit=3)
    assert [each.id for each in first + rest] == ids[:5]


def test_a_record_is_found_by_id_by_name_and_by_what_was_seen_or_read(db: Database, iid: int) -> None:
    first, second = insert(db, iid, link("l1", "r1"), link("l2", "r2"))
    record = Record(Ref(Side.RIGHT, DEAL, "r7"), {"Mail": "half@price.example"}, "Fifty % off", NOON)
    with db.write() as session:
        journal.note(
            session,
            iid,
            run_id=1,
            lines=[Step(DEAL, Verb.LINK, "Summer order", "by name", link_id=first, left_id="l1", right_id="r1")],
        )
        inbox.put(session, iid, run_id=1, rows=[inbox.InboxRow(record)])

    def find(text: str) -> list[tuple[str, str, int | None]]:
        with db.read() as session:
            return [(hit.ref.id, hit.label, hit.link_id) for hit in finding.find_record(session, iid, text=text)]

    assert find("l1") == [("l1", "Summer order", first)]
    assert find(" summer ") == [("l1", "Summer order", first), ("r1", "Summer order", first)]
    assert find("50 % off") == []
    assert find("% off") == [("r7", "Fifty % off", None)]
    assert find("%") == find("HALF@price.example") == [("r7", "Fifty % off", None)]
    assert find("Größe l2") == [("l2", "", second), ("r2", "", second)]
    assert find("") == []
