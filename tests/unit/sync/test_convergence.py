"""Whatever people edit, two copies come to rest after one round, and no edit that nobody contests is lost."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as some

from bigin_sync.model.change import Change, Moved
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.outcome import Stored
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value, Values
from bigin_sync.model.vector import Order
from bigin_sync.pairing.bigin_crm import CONTACT
from bigin_sync.pairing.crossings import Carried
from bigin_sync.sync.merge import Both, Merged, merge
from bigin_sync.sync.observe import observe
from bigin_sync.sync.settled import settled
from tests.unit.sync.copies import OURS, carrier, moment, record

CARRIER = carrier()
LONG = "Head of purchasing and of sales"

# What people may type into a field of either side; each side holds something the other cannot hold or writes otherwise.
TYPED: dict[str, tuple[list[Value], list[Value]]] = {
    "Last_Name": (["Lind", "Berg", None], ["Lind", "Berg", None]),
    "Email": ([None, "ida@a.example", "IDA@a.example"], [None, "ida@a.example", "b@b.example"]),
    "Title": ([None, "Buyer", LONG, f"{LONG} too"], [None, "Buyer", "Head of purchasing a"]),
    "Phone": ([None, "555 0100", "555 0101"], [None, "5550100", "555 0102"]),
    "Score": ([None, "2", "3"], [None, "2.4", "3"]),
    "Shirt_Size": ([None, "S", "M"], [None, "M", "L"]),
    "Hobbies": ([None, ["Chess"], ["Chess", "Tea"]], [None, ["Chess"], ["Rowing"]]),
    "Mailing_Country": ([None, "Germany", "Atlantis"], [None, "DE", "PE"]),
    "Email_Opt_Out": ([None, True, False], [True, False]),
    "Account_Name": ([None, "70", "80"], [None, "170", "180"]),
    "Owner": (["1", "2"], ["11", "13"]),
}


def typed(side: Side, *, whole: bool) -> some.SearchStrategy[dict[str, Value]]:
    """All fields of a record, or the edits of some of them."""
    fields = {name: some.sampled_from(values[side is Side.RIGHT]) for name, values in TYPED.items()}
    return some.fixed_dictionaries(fields) if whole else some.fixed_dictionaries({}, optional=fields)


def policies(*strategies: Strategy) -> some.SearchStrategy[Policy]:
    chosen = some.sampled_from(strategies)
    return some.builds(Policy, chosen, some.sampled_from(Granularity), some.sampled_from(BOTH), some.booleans())


starts = some.tuples(typed(Side.LEFT, whole=True), typed(Side.RIGHT, whole=True))
edits = some.tuples(typed(Side.LEFT, whole=False), typed(Side.RIGHT, whole=False))
# Edits of both sides fall into the same second, or one after the other.
pauses = some.sampled_from([(0, 0), (0, 1), (1, 0)])
DECIDING = (Strategy.LATEST, Strategy.LEFT, Strategy.RIGHT)


def stored_as(target: Side, name: str, value: Value) -> Value:
    """What a side makes of a value on its own: the right one keeps phone numbers without spaces."""
    spaced = target is Side.RIGHT and name == "Phone" and isinstance(value, str)
    return value.replace(" ", "") if spaced and isinstance(value, str) else value


@dataclass
class Pair:
    """Two linked records, edited by people and kept in sync by what is to be proven."""

    rows: dict[Side, Record]
    link: Link
    second: int = 100

    @classmethod
    def met(cls, left: Values, right: Values) -> "Pair":
        """Two records that were just found to be the same; nothing has been seen of either."""
        rows = {Side.LEFT: record(Side.LEFT, left), Side.RIGHT: record(Side.RIGHT, right)}
        here, there = (Copy(row.ref.id, {}, row.modified_at) for row in rows.values())
        return cls(rows, Link(5, CONTACT, here, there))

    def edit(self, side: Side, values: Values, *, pause: int) -> dict[str, Value]:
        """People edit one record; gives what they really changed."""
        row = self.rows[side]
        changed = {name: value for name, value in values.items() if row.values[name] != value}
        if changed:
            at = moment(self.second + pause)
            self.rows[side] = replace(row, values={**row.values, **changed}, modified_at=at, modified_by="somebody")
        return changed

    def look(self) -> Both:
        """Both records are read, and what was seen of them is brought up to date."""
        changes: dict[Side, Change] = {}
        for side in BOTH:
            copy, row = self.link.copy(side), self.rows[side]
            change = observe(copy, row, own_user=OURS)
            vector = copy.vector.bumped(side) if change.moved is Moved.EDITED else copy.vector
            copy = replace(copy, seen=change.seen, modified_at=row.modified_at, vector=vector)
            self.link = self.link.with_copy(side, copy)
            changes[side] = change
        left_at, right_at = (self.rows[side].modified_at for side in BOTH)
        return Both(changes[Side.LEFT], changes[Side.RIGHT], left_at, right_at)

    def merged(self, policy: Policy) -> Merged:
        """What there is to do now, were it done."""
        return merge(self.look(), policy=policy, carrier=CARRIER)

    def sync(self, policy: Policy) -> int:
        """One round: the right is written, then the left, each decided on what the records hold then. Counts writes."""
        writes = 0
        for target in (Side.RIGHT, Side.LEFT):
            both = self.look()
            merged = merge(both, policy=policy, carrier=CARRIER)
            sent = merged.write(target).values
            stored = {target: (self._write(target, sent), sent)} if sent else {}
            self.link = settled(self.link, both, merged, stored=stored).link
            writes += len(stored)
            self.second += 2
        return writes

    def _write(self, target: Side, sent: Values) -> Stored:
        row, at = self.rows[target], moment(self.second + 1)
        made = {name: stored_as(target, name, value) for name, value in sent.items()}
        self.rows[target] = replace(row, values={**row.values, **made}, modified_at=at, modified_by=OURS)
        return Stored(row.ref.id, at)

    def at_rest(self, policy: Policy) -> bool:
        """Whether a further round would write nothing, and find nothing changed but what has no place over there."""
        both = self.look()
        found = merge(both, policy=policy, carrier=CARRIER)
        return not found.writes and (both.left.fields | both.right.fields) <= found.kept.keys()


@given(starts, policies(*DECIDING, Strategy.SKIP))
def test_two_records_that_meet_are_at_rest_after_one_round(start: tuple[Values, Values], policy: Policy) -> None:
    pair = Pair.met(*start)
    pair.sync(policy)
    assert pair.at_rest(policy)
    assert pair.sync(policy) == 0


@given(starts, policies(*DECIDING, Strategy.SKIP), some.lists(some.tuples(edits, pauses), min_size=1, max_size=3))
def test_two_copies_are_at_rest_after_one_round_whatever_was_edited(
    start: tuple[Values, Values], policy: Policy, days: list[tuple[tuple[Values, Values], tuple[int, int]]]
) -> None:
    pair = Pair.met(*start)
    pair.sync(policy)
    for edited, pause in days:
        for side in BOTH:
            here = side is Side.RIGHT
            pair.edit(side, edited[here], pause=pause[here])
        pair.sync(policy)
        assert pair.at_rest(policy)
        assert pair.sync(policy) == 0
        kept = pair.merged(policy).kept
        assert kept or pair.link.left.vector.compared(pair.link.right.vector) is Order.EQUAL


@given(starts, policies(Strategy.ASK), edits)
def test_under_ask_only_what_is_held_stays_open_and_nothing_is_written_twice(
    start: tuple[Values, Values], policy: Policy, edited: tuple[Values, Values]
) -> None:
    pair = Pair.met(*start)
    pair.sync(policy)
    for side in BOTH:
        pair.edit(side, edited[side is Side.RIGHT], pause=0)
    pair.sync(policy)
    rest = pair.merged(policy)
    assert not rest.writes
    assert rest.open == rest.held | rest.kept.keys()
    assert pair.sync(policy) == 0


@given(starts, some.sampled_from([*DECIDING, Strategy.SKIP, Strategy.ASK]), edits, pauses)
def test_no_edit_that_the_other_side_did_not_contest_is_lost(
    start: tuple[Values, Values], strategy: Strategy, edited: tuple[Values, Values], pause: tuple[int, int]
) -> None:
    pair = Pair.met(*start)
    pair.sync(Policy(Strategy.LATEST))
    changed = {side: pair.edit(side, edited[side is Side.RIGHT], pause=pause[side is Side.RIGHT]) for side in BOTH}
    pair.sync(Policy(strategy))
    for side in BOTH:
        for name, value in changed[side].items():
            if name not in changed[side.other]:
                assert pair.rows[side].values[name] == value
                assert _arrived(pair, name, value, side)


def _arrived(pair: Pair, name: str, value: Value, side: Side) -> bool:
    """Whether a value is on the other side, as far as it can be there at all."""
    there = {one: pair.rows[one].values[name] for one in BOTH}
    crossing = CARRIER.carry(name, value, side)
    if not isinstance(crossing, Carried) or CARRIER.same(name, there[Side.LEFT], there[Side.RIGHT]):
        return True
    return there[side.other] == stored_as(side.other, name, crossing.value)
