"""Owners: which user stands for which."""

from bigin_sync.model.side import Side
from bigin_sync.pairing.owners import OwnerMap, User, pair_users

ANA, BEN, OLD = (
    User("1", "Ana", "ana@example.org"),
    User("2", "Ben", "ben@example.org"),
    User("3", "Old", "", active=False),
)
ANA_THERE, CAI = User("11", "Ana R.", "ANA@example.org "), User("12", "Cai", "cai@example.org")


def paired(*explicit: tuple[str, str], left: tuple[User, ...] = (ANA, BEN, OLD)) -> OwnerMap:
    return pair_users(left, (ANA_THERE, CAI), explicit=explicit, fallbacks={Side.LEFT: "1", Side.RIGHT: "12"})


def test_users_of_one_e_mail_are_the_same_in_any_case() -> None:
    owners = paired()
    assert owners.counterpart(Side.LEFT, "1") == "11"
    assert owners.counterpart(Side.RIGHT, "11") == "1"
    assert [(pair.left.id, pair.right.id, pair.by) for pair in owners.matched] == [("1", "11", "e-mail")]


def test_who_has_no_counterpart_is_named() -> None:
    owners = paired()
    assert owners.counterpart(Side.LEFT, "2") is None
    assert owners.counterpart(Side.RIGHT, "nobody") is None
    assert [user.name for user in owners.unmatched[Side.LEFT]] == ["Ben", "Old"]
    assert [user.name for user in owners.unmatched[Side.RIGHT]] == ["Cai"]


def test_an_explicit_pair_wins_over_the_e_mail() -> None:
    owners = paired(("1", "12"))
    assert owners.counterpart(Side.LEFT, "1") == "12"
    assert owners.counterpart(Side.RIGHT, "12") == "1"
    assert owners.counterpart(Side.RIGHT, "11") is None


def test_several_users_may_stand_for_one_and_the_first_is_taken_on_the_way_back() -> None:
    owners = paired(("2", "12"), ("1", "12"))
    assert (owners.counterpart(Side.LEFT, "1"), owners.counterpart(Side.LEFT, "2")) == ("12", "12")
    assert owners.counterpart(Side.RIGHT, "12") == "2"
    assert {("1", "12"), ("2", "12")} <= owners.same


def test_an_explicit_pair_of_somebody_who_does_not_exist_is_passed_over() -> None:
    assert paired(("9", "12"), ("2", "99")).matched == paired().matched


def test_an_active_user_comes_before_an_inactive_one_of_the_same_e_mail() -> None:
    gone = User("7", "Ana (left)", "ana@example.org", active=False)
    assert paired(left=(gone, ANA)).counterpart(Side.RIGHT, "11") == "1"


def test_an_inactive_counterpart_owns_nothing_new_but_is_still_the_same_person() -> None:
    gone = User("7", "Ana (left)", "ana@example.org", active=False)
    owners = paired(left=(gone,))
    assert owners.counterpart(Side.RIGHT, "11") is None
    assert owners.counterpart(Side.LEFT, "7") == "11"
    assert ("7", "11") in owners.same
    assert [pair.left.id for pair in owners.inactive] == ["7"]


def test_users_without_an_e_mail_are_never_taken_for_each_other() -> None:
    assert pair_users((OLD,), (User("13", "Also", " "),)).matched == ()


def test_the_fallback_is_the_sides_own() -> None:
    assert (paired().fallback(Side.LEFT), paired().fallback(Side.RIGHT)) == ("1", "12")
    assert pair_users((), ()).fallback(Side.LEFT) is None
