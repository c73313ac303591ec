"""In a tiny world, whatever people do and wherever the sync is interrupted, every promise holds when it rests."""

from collections.abc import Callable

import pytest

from bigin_sync.model.policy import Policy, Strategy
from tests.exhaustive.shell import Shell
from tests.exhaustive.walk import Walk, beginnings, led, one_run

SHARE = {
    "new on the left": 7,
    "new on the right": 6,
    "the same on both sides": 4,
    "in sync": 3,
    "an update went unanswered": 3,
}
"""How deep each beginning is walked in every run of the tests."""
DEEP = {
    "new on the left": 11,
    "new on the right": 10,
    "the same on both sides": 7,
    "in sync": 7,
    "an update went unanswered": 7,
}

DECIDING = (Strategy.LEFT, Strategy.RIGHT, Strategy.SKIP, Strategy.ASK)


@pytest.mark.parametrize("name", SHARE)
def test_every_way_through_a_tiny_world_keeps_every_promise(name: str, tell: Callable[[str], None]) -> None:
    _walk(name, SHARE[name], Strategy.LATEST, tell)


@pytest.mark.parametrize("strategy", DECIDING)
def test_every_strategy_keeps_every_promise_in_a_tiny_world(strategy: Strategy, tell: Callable[[str], None]) -> None:
    _walk("the same on both sides", 3, strategy, tell)


@pytest.mark.parametrize("strategy", DECIDING)
def test_every_strategy_keeps_every_promise_after_an_update_went_unanswered(
    strategy: Strategy, tell: Callable[[str], None]
) -> None:
    _walk("an update went unanswered", 3, strategy, tell)


ASKED = ("a person is asked", "a person is asked about edits")


@pytest.mark.parametrize("name", ASKED)
def test_every_way_on_from_a_question_keeps_every_promise_whatever_is_decided(
    name: str, tell: Callable[[str], None]
) -> None:
    _walk(name, 4, Strategy.ASK, tell)


@pytest.mark.torture
@pytest.mark.parametrize("name", DEEP)
def test_every_longer_way_through_a_tiny_world_keeps_every_promise(name: str, tell: Callable[[str], None]) -> None:
    _walk(name, DEEP[name], Strategy.LATEST, tell)


@pytest.mark.torture
@pytest.mark.parametrize("strategy", DECIDING)
def test_every_strategy_keeps_every_promise_on_longer_ways(strategy: Strategy, tell: Callable[[str], None]) -> None:
    _walk("in sync", 6, strategy, tell)
    _walk("an update went unanswered", 6, strategy, tell)


@pytest.mark.torture
@pytest.mark.parametrize("name", ASKED)
def test_every_longer_way_on_from_a_question_keeps_every_promise_whatever_is_decided(
    name: str, tell: Callable[[str], None]
) -> None:
    _walk(name, 6, Strategy.ASK, tell)


def test_what_a_record_held_before_it_was_read_again_is_nobodys_edit() -> None:
    shell, world = Shell(Policy()), beginnings()["the same on both sides"]
    told = ("begin", "gather left", "gather right", "decide", "take up", "edit left Title", "call, answer lost")
    world = one_run(shell, one_run(shell, led(shell, world, told)))
    assert {row.values for rows in world.rows for row in rows} == {("Reader", "long")}


def _walk(name: str, depth: int, strategy: Strategy, tell: Callable[[str], None]) -> None:
    walk = Walk(Policy(strategy), depth)
    walk.take(beginnings()[name])
    assert walk.worlds > depth
    told = f"{name}, {strategy}, {depth} deep: {walk.worlds} worlds, {walk.sequences} sequences, {walk.rests} rests"
    tell(told)
