"""What was made by a creation whose answer was lost is recognised, and never guessed."""

from datetime import UTC, datetime

from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.sync.lost import Found, Lost, find

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)


def name_of(values: Values) -> str:
    return f"{values.get('first') or ''} {values.get('last') or ''}".strip()


def lost(**values: str) -> Lost:
    return Lost(name_of(values), values)


def there(id: str, **values: str) -> Record:
    return Record(Ref(Side.RIGHT, Kind("contact"), id), values, name_of(values), NOON)


def keys(values: Values) -> list[object]:
    return [values["email"]] if values.get("email") else []


def found(losses: list[Lost], records: list[Record]) -> tuple[dict[int, str], dict[int, set[str]]]:
    """Place -> id of the record it made; place -> ids of those it might have made."""
    result: Found = find(losses, records, keys=keys)
    made = {place: record.ref.id for place, record in result.made.items()}
    return made, {place: {one.ref.id for one in knot.records} for knot in result.unclear for place in knot.places}


def test_a_record_that_holds_what_was_sent_is_the_lost_one() -> None:
    made = there("1", first="Una", last="Holt", title="filled in by the side")
    assert found([lost(first="Una", last="Holt")], [made, there("2", first="Kim", last="Berg")]) == ({0: "1"}, {})


def test_what_is_not_there_never_arrived() -> None:
    assert found([lost(first="Una", last="Holt")], [there("2", first="Kim", last="Berg")]) == ({}, {})


def test_as_many_alike_as_were_lost_are_those() -> None:
    twins = [lost(first="Una", last="Holt")] * 2
    records = [there("1", first="Una", last="Holt"), there("2", first="Una", last="Holt")]
    made, unclear = found(twins, records)
    assert (sorted(made.values()), unclear) == (["1", "2"], {})


def test_fewer_or_more_alike_than_were_lost_are_for_a_person() -> None:
    one = there("1", first="Una", last="Holt")
    three = [one, there("2", first="Una", last="Holt"), there("3", first="Una", last="Holt")]
    twins = [lost(first="Una", last="Holt")] * 2
    assert found(twins, [one]) == ({}, {0: {"1"}, 1: {"1"}})
    assert found(twins, three) == ({}, {0: {"1", "2", "3"}, 1: {"1", "2", "3"}})


def test_of_two_that_a_record_could_be_the_one_that_said_more_of_it_has_it() -> None:
    less, more = lost(first="Una", last="Holt"), lost(first="Una", last="Holt", title="Owner")
    both = [there("1", first="Una", last="Holt", title="Owner"), there("2", first="Una", last="Holt")]
    assert found([less, more], both) == ({0: "2", 1: "1"}, {})
    assert found([less, more], both[:1]) == ({1: "1"}, {})


def test_a_text_that_the_side_cut_or_trimmed_is_known_by_what_is_left_of_it() -> None:
    sent = lost(first="Una", last="Holt", title="Head of purchasing and logistics ")
    assert found([sent], [there("1", first="Una", last="Holt", title="Head of purchasing")]) == ({0: "1"}, {})


def test_a_record_that_was_put_right_meanwhile_is_known_by_its_match_key() -> None:
    sent = lost(first="Una", last="Holt", email="una@example.org")
    assert found([sent], [there("1", first="Una", last="Holt-Berg", email="una@example.org")]) == ({0: "1"}, {})


def test_who_is_surely_somebody_else_is_no_candidate_by_a_vaguer_likeness() -> None:
    one, other = (
        lost(first="Una", last="Holt", email="a@example.org"),
        lost(first="Kim", last="Berg", email="a@example.org"),
    )
    records = [
        there("1", first="Una", last="Holt", email="a@example.org"),
        there("2", first="Kim", last="Berg", email="a@example.org"),
    ]
    assert found([one, other], records) == ({0: "1", 1: "2"}, {})


def test_a_record_whose_values_were_changed_meanwhile_is_known_by_its_name() -> None:
    sent = lost(first="Una", last="Holt", title="Owner")
    changed = there("1", first="Una", last="Holt", title="Reviewed")
    assert found([sent], [changed]) == ({0: "1"}, {})
    assert found([sent], [changed, there("2", first="Una", last="Holt")]) == ({}, {0: {"1", "2"}})


def test_an_emptied_value_is_no_beginning_of_what_was_sent() -> None:
    sent = lost(first="Una", last="Holt", title="Owner")
    other = lost(first="Una", last="Holt", title="Own")
    emptied, cut = there("1", first="Una", last="Holt", title=""), there("2", first="Una", last="Holt", title="Own")
    assert found([sent, other], [emptied, cut]) == ({0: "1", 1: "2"}, {})


def test_what_may_have_made_the_same_record_is_one_knot() -> None:
    losses = [lost(first="Una", last="Holt", title="Owner"), lost(first="Una", last="Holt", title="Buyer")]
    (knot,) = find(losses, [there("1", first="Una", last="Holt", title="Reviewed")], keys=keys).unclear
    assert sorted(knot.places) == [0, 1]
    assert [record.ref.id for record in knot.records] == ["1"]
