from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.store import inbox, keys, renewal, waits
from bigin_sync.store.db import Database
from bigin_sync.store.inbox import InboxRow, Parked, Postponed, State

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CONTACT = Kind("contact")
COMPANY = Kind("company")


def row(
    id: str,
    *,
    side: Side = Side.LEFT,
    kind: Kind = CONTACT,
    email: str | None = None,
    at: datetime = NOON,
    link_id: int | None = None,
    rank: int = 0,
) -> InboxRow:
    record = Record(
        ref=Ref(side, kind, id),
        values={"last_name": f"Müller {id}", "tags": ["a", "b"], "email": email, "opt_out": False},
        label=f"Müller {id}",
        modified_at=at,
        modified_by="u1",
        created_at=None,
        created_by=None,
    )
    return InboxRow(record, keys=[(rank, email)] if email else [], link_id=link_id)


def put(db: Database, iid: int, *rows: InboxRow) -> int:
    with db.write() as session:
        return inbox.put(session, iid, run_id=1, rows=rows)


def ids(db: Database, iid: int, *states: State, kind: Kind = CONTACT) -> dict[str, int]:
    with db.read() as session:
        entries = inbox.slice(session, iid, kind=kind, states=states or tuple(State), limit=1_000)
        return {entry.record.ref.id: entry.id for entry in entries}


def park(db: Database, entry_id: int, state: State) -> None:
    with db.write() as session:
        inbox.park(session, [Parked(entry_id, state, why="because", cause="view", detail={"n": 1})])


def shared(db: Database, iid: int, *, states: Sequence[State] = tuple(State)) -> list[tuple[str, int, int]]:
    with db.read() as session:
        found = keys.shared_keys(session, iid, kind=CONTACT, rank=0, states=states)
        return [(group.key, len(group.left), len(group.right)) for group in found]


def test_a_record_comes_out_as_it_went_in(db: Database, iid: int) -> None:
    record = Record(
        ref=Ref(Side.RIGHT, CONTACT, "7"),
        values={"last_name": "Ångström", "none": None, "many": ["x"], "yes": True},
        label="Ångström",
        modified_at=NOON,
        modified_by=None,
        created_at=NOON - timedelta(days=3),
        created_by="u9",
    )
    with db.write() as session:
        inbox.put(session, iid, run_id=1, rows=[InboxRow(record, link_id=5, admitted=False)])
        (entry,) = inbox.by_refs(session, iid, refs=[record.ref]).values()
    assert (entry.record, entry.link_id, entry.admitted, entry.state) == (record, 5, False, State.NEW)


def test_a_newer_reading_replaces_values_keys_state_and_wait(db: Database, iid: int) -> None:
    put(db, iid, row("1", email="old@shop.example"), row("1", side=Side.RIGHT, email="old@shop.example"))
    ref = Ref(Side.LEFT, CONTACT, "1")
    with db.read() as session:
        first = inbox.by_refs(session, iid, refs=[ref])[ref].id
    park(db, first, State.WAITING)
    with db.write() as session:
        waits.await_(session, iid, rows=[(first, Ref(Side.LEFT, COMPANY, "c"))])
    put(db, iid, row("1", email="new@shop.example", at=NOON + timedelta(seconds=1), link_id=8))
    with db.read() as session:
        entry = inbox.by_ids(session, [first])[first]
        assert waits.awaited_by(session, [first]) == {}
    assert entry.record.values["email"] == "new@shop.example"
    assert (entry.state, entry.why, entry.cause, entry.detail, entry.link_id) == (State.NEW, None, None, None, 8)
    assert shared(db, iid) == []


def test_an_older_reading_changes_nothing(db: Database, iid: int) -> None:
    put(db, iid, row("1", email="new@shop.example"))
    park(db, ids(db, iid)["1"], State.HELD)
    assert put(db, iid, row("1", email="old@shop.example", at=NOON - timedelta(seconds=1))) == 0
    with db.read() as session:
        (entry,) = inbox.slice(session, iid, kind=CONTACT, states=[State.HELD], limit=9)
    assert entry.record.values["email"] == "new@shop.example"


def test_of_one_record_twice_in_a_page_the_later_version_stays(db: Database, iid: int) -> None:
    later = NOON + timedelta(seconds=5)
    assert put(db, iid, row("1", at=later, email="b@shop.example"), row("1", email="a@shop.example")) == 1
    with db.read() as session:
        (entry,) = inbox.slice(session, iid, kind=CONTACT, states=[State.NEW], limit=9)
    assert entry.record.modified_at == later


def test_slices_give_every_entry_once_while_entries_are_parked_and_removed(db: Database, iid: int) -> None:
    put(db, iid, *[row(str(n)) for n in range(25)])
    seen: list[str] = []
    after = 0
    while True:
        with db.write() as session:
            entries = inbox.slice(session, iid, kind=CONTACT, states=[State.NEW], after_id=after, limit=10)
            if not entries:
                break
            after = entries[-1].id
            seen += [entry.record.ref.id for entry in entries]
            inbox.remove(session, [entries[0].id])
            inbox.park(session, [Parked(entries[1].id, State.SKIPPED, why="outside the view")])
    assert sorted(seen, key=int) == [str(n) for n in range(25)]


def test_a_slice_over_several_states_is_in_one_order(db: Database, iid: int) -> None:
    put(db, iid, *[row(str(n)) for n in range(6)])
    known = ids(db, iid)
    for id in ("1", "4"):
        park(db, known[id], State.PROBLEM)
    with db.read() as session:
        entries = inbox.slice(session, iid, kind=CONTACT, states=[State.PROBLEM, State.NEW], limit=5)
    assert [entry.record.ref.id for entry in entries] == ["0", "1", "2", "3", "4"]


def test_a_slice_can_be_kept_to_linked_or_unlinked_entries(db: Database, iid: int) -> None:
    put(db, iid, row("1", link_id=3), row("2"))
    with db.read() as session:
        for linked, expected in ((True, ["1"]), (False, ["2"]), (None, ["1", "2"])):
            entries = inbox.slice(session, iid, kind=CONTACT, states=[State.NEW], limit=9, linked=linked)
            assert [entry.record.ref.id for entry in entries] == expected


def test_a_removed_entrys_id_is_never_used_again(db: Database, iid: int) -> None:
    put(db, iid, row("1"))
    first = ids(db, iid)["1"]
    with db.write() as session:
        inbox.remove(session, [first])
    put(db, iid, row("2"))
    assert ids(db, iid)["2"] > first


def test_a_parked_entry_keeps_its_reason(db: Database, iid: int) -> None:
    put(db, iid, row("1"))
    entry_id = ids(db, iid)["1"]
    park(db, entry_id, State.PROBLEM)
    with db.read() as session:
        entry = inbox.by_ids(session, [entry_id])[entry_id]
        (count,) = inbox.counts(session, iid)
    assert (entry.state, entry.cause, entry.why, entry.detail) == (State.PROBLEM, "view", "because", {"n": 1})
    assert count == inbox.Count(Side.LEFT, CONTACT, State.PROBLEM, "view", "because", 1)


def test_entries_of_a_link_are_found_by_side(db: Database, iid: int) -> None:
    put(db, iid, row("1", link_id=4), row("2", side=Side.RIGHT, link_id=4), row("3"))
    with db.write() as session:
        inbox.set_link(session, [(ids(db, iid)["3"], 9)])
        found = inbox.by_links(session, iid, link_ids=[4, 9, 77])
    assert {link: {side: e.record.ref.id for side, e in both.items()} for link, both in found.items()} == {
        4: {Side.LEFT: "1", Side.RIGHT: "2"},
        9: {Side.LEFT: "3"},
    }


def test_a_row_may_come_in_set_aside(db: Database, iid: int) -> None:
    record = row("1").record
    put(db, iid, InboxRow(record, state=State.SKIPPED, cause="counterpart_deleted", why="counterpart was deleted"))
    with db.read() as session:
        (entry,) = inbox.slice(session, iid, kind=CONTACT, states=[State.SKIPPED], limit=9)
    assert (entry.cause, entry.why) == ("counterpart_deleted", "counterpart was deleted")


def test_the_view_is_asked_once_about_each_new_unlinked_record_of_its_side(db: Database, iid: int) -> None:
    put(db, iid, *[row(str(n)) for n in range(5)], row("l", link_id=3), row("r", side=Side.RIGHT))
    known = ids(db, iid)
    park(db, known["4"], State.PROBLEM)
    with db.write() as session:
        asked = inbox.unasked(session, iid, side=Side.LEFT, kind=CONTACT, limit=2)
        inbox.admit(session, [(asked[0].id, True), (asked[1].id, False)])
        later = inbox.unasked(session, iid, side=Side.LEFT, kind=CONTACT, limit=9)
        answers = {
            entry.record.ref.id: entry.admitted for entry in inbox.by_ids(session, list(known.values())).values()
        }
    assert [entry.record.ref.id for entry in asked + later] == ["0", "1", "2", "3"]
    assert (answers["0"], answers["1"], answers["2"]) == (True, False, None)


def test_all_ids_of_a_state_are_known(db: Database, iid: int) -> None:
    put(db, iid, row("1"), row("2"), row("3", kind=COMPANY))
    known = ids(db, iid)
    park(db, known["2"], State.HELD)
    with db.read() as session:
        assert inbox.ids(session, iid, kind=CONTACT, state=State.NEW) == [known["1"]]
        assert inbox.ids(session, iid, kind=CONTACT, state=State.HELD) == [known["2"]]


@pytest.mark.parametrize(
    ("what", "renewed"),
    [
        ("entries", {"1"}),
        ("held", {"1", "2"}),
        ("link", {"3"}),
        ("problems of links", {"5"}),
        ("what a record stood in the way of", {"4", "5"}),
    ],
)
def test_what_was_set_aside_can_be_looked_at_again(db: Database, iid: int, what: str, renewed: set[str]) -> None:
    put(db, iid, row("1"), row("2"), row("3", link_id=7), row("4"), row("5", link_id=8), row("6", link_id=9))
    known, other = ids(db, iid), Ref(Side.RIGHT, CONTACT, "x")
    for id, state in (("1", State.HELD), ("2", State.HELD), ("3", State.HELD), ("4", State.SKIPPED)):
        park(db, known[id], state)
    for id in ("5", "6"):
        park(db, known[id], State.PROBLEM)
    with db.write() as session:
        waits.await_(session, iid, rows=[(known[id], other) for id in ("2", "4", "5")])
        if what == "entries":
            renewal.renew(session, [known["1"]])
        elif what == "held":
            renewal.renew_held(session, iid, kind=CONTACT)
        elif what == "problems of links":
            renewal.renew_problems_of_links(session, iid, kind=CONTACT, link_ids=[7, 8], causes={"view", "other"})
            renewal.renew_problems_of_links(session, iid, kind=CONTACT, link_ids=[9], causes={"other"})
        elif what == "what a record stood in the way of":
            assert waits.wake_problems(session, iid, refs=[other]) == 2
        else:
            renewal.renew_links(session, iid, link_ids=[7])
    assert set(ids(db, iid, State.NEW)) == renewed


def test_what_was_postponed_is_due_at_its_time_and_what_was_given_none_at_once(db: Database, iid: int) -> None:
    put(db, iid, *[row(str(n)) for n in range(5)])
    known, later = ids(db, iid), NOON + timedelta(hours=1)
    with db.write() as session:
        waiting = [Postponed(known["0"], "soon", "locked", 1, NOON)]
        problems = [
            Postponed(known[id], "why", "locked", 1, at, State.PROBLEM) for id, at in (("1", NOON), ("2", later))
        ]
        inbox.postpone(session, [*waiting, *problems, Postponed(known["3"], "why", "limit", 1, NOON, State.PROBLEM)])
        inbox.park(session, [Parked(known["4"], State.PROBLEM, why="because", cause="locked")])
        entries = inbox.by_ids(session, list(known.values()))
        due = {
            (state, at): inbox.due(session, iid, kind=CONTACT, state=state, causes={"locked", "other"}, at=at)
            for state in (State.WAITING, State.PROBLEM)
            for at in (NOON, later)
        }
    assert [entries[known[id]].next_try_at for id in ("0", "2", "4")] == [NOON, later, None]
    assert [entries[known[id]].tried for id in ("0", "2", "4")] == [True, True, False]
    assert due == {
        (State.WAITING, NOON): [known["0"]],
        (State.WAITING, later): [known["0"]],
        (State.PROBLEM, NOON): [known["1"], known["4"]],
        (State.PROBLEM, later): [known["1"], known["2"], known["4"]],
    }


def test_another_integrations_entries_are_never_seen(db: Database, iid: int) -> None:
    put(db, iid + 1, row("1", email="a@shop.example"), row("2", side=Side.RIGHT, email="a@shop.example"))
    assert ids(db, iid) == {}
    assert shared(db, iid) == []
    with db.read() as session:
        assert inbox.by_refs(session, iid, refs=[Ref(Side.LEFT, CONTACT, "1")]) == {}
        assert inbox.counts(session, iid) == []


def test_shared_keys_are_those_of_unlinked_entries_of_both_sides(db: Database, iid: int) -> None:
    put(
        db,
        iid,
        row("1", email="b@shop.example"),
        row("2", email="b@shop.example"),
        row("3", side=Side.RIGHT, email="b@shop.example"),
        row("4", email="left-only@shop.example"),
        row("5", email="linked@shop.example", link_id=1),
        row("6", side=Side.RIGHT, email="linked@shop.example"),
        row("7", email="a@shop.example"),
        row("8", side=Side.RIGHT, email="a@shop.example"),
        row("9", email="other-rank@shop.example", rank=1),
        row("10", side=Side.RIGHT, email="other-rank@shop.example", rank=1),
        row("11", kind=COMPANY, email="c@shop.example"),
        row("12", kind=COMPANY, side=Side.RIGHT, email="c@shop.example"),
    )
    assert shared(db, iid) == [("a@shop.example", 1, 1), ("b@shop.example", 2, 1)]


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        (State.NEW, State.SKIPPED, True),
        (State.HELD, State.NEW, True),
        (State.HELD, State.SKIPPED, False),
    ],
)
def test_a_shared_key_needs_one_new_entry(db: Database, iid: int, left: State, right: State, found: bool) -> None:
    put(db, iid, row("1", email="a@shop.example"), row("2", side=Side.RIGHT, email="a@shop.example"))
    known = ids(db, iid)
    park(db, known["1"], left)
    park(db, known["2"], right)
    assert bool(shared(db, iid)) is found


def test_shared_keys_look_only_at_the_states_asked_for(db: Database, iid: int) -> None:
    put(db, iid, row("1", email="a@shop.example"), row("2", side=Side.RIGHT, email="a@shop.example"))
    park(db, ids(db, iid)["2"], State.SKIPPED)
    assert shared(db, iid, states=[State.NEW, State.HELD]) == []
    assert shared(db, iid, states=[State.NEW, State.SKIPPED]) == [("a@shop.example", 1, 1)]


def test_an_entry_wakes_when_what_it_waits_for_is_linked(db: Database, iid: int) -> None:
    put(db, iid, row("1"), row("2"))
    known = ids(db, iid)
    company, other = Ref(Side.LEFT, COMPANY, "c"), Ref(Side.LEFT, COMPANY, "d")
    for id in known.values():
        park(db, id, State.WAITING)
    with db.write() as session:
        waits.await_(session, iid, rows=[(known["1"], company), (known["1"], other), (known["2"], other)])
        waits.await_(session, iid, rows=[(known["1"], company)])
    with db.read() as session:
        assert waits.awaited_by(session, [known["1"]]) == {known["1"]: [company, other]}
    with db.write() as session:
        assert waits.wake(session, iid, refs=[Ref(Side.RIGHT, COMPANY, "c")]) == 0
        assert waits.wake(session, iid, refs=[company]) == 1
    assert set(ids(db, iid, State.NEW)) == {"1"}
    with db.write() as session:
        assert waits.awaited_by(session, list(known.values())) == {known["2"]: [other]}
        assert waits.wake(session, iid, refs=[company]) == 0


def test_keys_and_waits_vanish_with_their_entry(db: Database, iid: int) -> None:
    put(db, iid, row("1", email="a@shop.example"), row("2", side=Side.RIGHT, email="a@shop.example"))
    entry_id = ids(db, iid)["1"]
    with db.write() as session:
        waits.await_(session, iid, rows=[(entry_id, Ref(Side.LEFT, COMPANY, "c"))])
        inbox.remove(session, [entry_id])
        assert waits.wake(session, iid, refs=[Ref(Side.LEFT, COMPANY, "c")]) == 0
    assert shared(db, iid) == []
