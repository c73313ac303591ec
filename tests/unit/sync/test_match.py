"""Matching: who is the same thing, and who is held because nobody can tell."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as some

from bigin_sync.sync.match import SHOWN, Group, Matches, match

Rules = list[list[tuple[list[int], list[int]]]]
LEFTS, RIGHTS = range(1, 7), range(101, 107)

groups: some.SearchStrategy[tuple[list[int], list[int]]] = some.tuples(
    some.lists(some.sampled_from(LEFTS), max_size=4, unique=True),
    some.lists(some.sampled_from(RIGHTS), max_size=4, unique=True),
)
rule_sets: some.SearchStrategy[Rules] = some.lists(some.lists(groups, max_size=4), min_size=1, max_size=3)


def matched(*rules: Sequence[Group]) -> Matches:
    """The matches after these rules, the surest first; they are named `rule 0`, `rule 1` and so on."""
    matches = Matches()
    for rank, shared in enumerate(rules):
        match(shared, rule=f"rule {rank}", matches=matches)
    return matches


def test_two_records_that_only_have_each_other_are_the_same() -> None:
    found = matched([([1], [101])])
    assert found.pairs == {1: (101, "rule 0")}
    assert found.paired_right == {101: 1}
    assert not found.held


def test_a_key_that_several_records_of_a_side_have_holds_all_of_them() -> None:
    assert matched([([1], [101, 102])]).held == {1: (101, 102), 101: (1,), 102: (1,)}
    assert matched([([1, 2], [101])]).held == {1: (101,), 2: (101,), 101: (1, 2)}
    assert not matched([([1, 2], [101, 102])]).pairs


def test_a_record_that_meets_two_by_different_keys_is_held_with_both() -> None:
    found = matched([([1], [101]), ([1], [102])])
    assert found.held == {1: (101, 102), 101: (1,), 102: (1,)}
    assert not found.pairs


def test_two_keys_that_lead_to_the_same_record_are_no_doubt() -> None:
    assert matched([([1], [101]), ([1], [101])]).pairs == {1: (101, "rule 0")}


def test_a_key_of_one_side_alone_says_nothing() -> None:
    found = matched([([1, 2], []), ([], [101])])
    assert not found.pairs
    assert not found.held


def test_an_ambiguous_match_blocks_no_other() -> None:
    found = matched([([1, 2], [101]), ([3], [103])])
    assert found.pairs == {3: (103, "rule 0")}


def test_the_surer_rule_goes_first_and_names_the_match() -> None:
    found = matched([([1], [101])], [([1], [102]), ([2], [103])])
    assert found.pairs == {1: (101, "rule 0"), 2: (103, "rule 1")}


def test_what_a_surer_rule_paired_makes_a_vaguer_match_unambiguous() -> None:
    found = matched([([1], [101])], [([1, 2], [101, 102])])
    assert found.pairs == {1: (101, "rule 0"), 2: (102, "rule 1")}


def test_what_a_surer_rule_holds_a_vaguer_one_does_not_guess() -> None:
    found = matched([([1, 2], [101])], [([1], [105])])
    assert not found.pairs
    assert found.held[1] == (101,)
    assert 105 not in found.held


def test_a_key_that_hundreds_share_is_held_with_a_few_candidates_and_never_guessed() -> None:
    many = list(range(101, 401))
    found = matched([([1], many)])
    assert not found.pairs
    assert set(found.held) == {1, *many}
    assert found.held[1] == tuple(many[:SHOWN])
    crowd = matched([(list(range(1, 60)), [101])])
    assert not crowd.pairs
    assert len(crowd.held) == 60


@given(rule_sets)
def test_nobody_ever_has_two_partners(rules: Rules) -> None:
    found = matched(*rules)
    partners = [right for right, _rule in found.pairs.values()]
    assert len(partners) == len(set(partners))
    assert found.paired_right == {right: left for left, (right, _rule) in found.pairs.items()}


@given(rule_sets)
def test_nobody_is_both_paired_and_held(rules: Rules) -> None:
    found = matched(*rules)
    assert not set(found.held) & (set(found.pairs) | set(found.paired_right))


@given(rule_sets)
def test_a_pair_shares_a_key_and_a_held_record_has_candidates_of_the_other_side(rules: Rules) -> None:
    found = matched(*rules)
    for left, (right, name) in found.pairs.items():
        assert any(left in lefts and right in rights for lefts, rights in rules[int(name.split()[1])])
    for entry, candidates in found.held.items():
        assert candidates
        assert set(candidates) <= set(RIGHTS if entry in LEFTS else LEFTS)


@given(rule_sets)
def test_swapping_the_sides_swaps_the_answer(rules: Rules) -> None:
    found = matched(*rules)
    swapped = matched(*[[(rights, lefts) for lefts, rights in shared] for shared in rules])
    assert {(left, right) for left, (right, _rule) in found.pairs.items()} == {
        (left, right) for right, (left, _rule) in swapped.pairs.items()
    }
    assert found.held == swapped.held


@given(rule_sets, some.randoms(use_true_random=False))
def test_the_order_in_which_keys_and_records_come_does_not_matter(rules: Rules, chance: Random) -> None:
    mixed = [
        [(chance.sample(left, len(left)), chance.sample(right, len(right))) for left, right in one] for one in rules
    ]
    for shared in mixed:
        chance.shuffle(shared)
    found, other = matched(*rules), matched(*mixed)
    assert (found.pairs, found.held) == (other.pairs, other.held)


@given(rule_sets)
def test_a_vaguer_rule_never_changes_what_a_surer_one_settled(rules: Rules) -> None:
    surer, all_of_them = matched(*rules[:-1]), matched(*rules)
    assert surer.pairs.items() <= all_of_them.pairs.items()
    assert surer.held.items() <= all_of_them.held.items()
