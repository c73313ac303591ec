"""One rule broken and one guard switched off, drawn anew in every `make long`; `make mutations` tries all."""

from collections.abc import Callable
from random import Random

import pytest

from tests import chance
from tests.mutations import guards, main
from tests.mutations.broken import BREAKS
from tests.mutations.guards import GUARDS


@pytest.mark.long
def test_a_rule_that_is_broken_is_noticed(tell: Callable[[str], None]) -> None:
    one = Random(chance.seed()).choice(BREAKS)
    said = main.noticed(one)
    tell(f"{one.rule}: {said}")
    assert main.goes_as_told(one.scenario)
    assert said is not None


@pytest.mark.long
def test_a_guard_that_is_switched_off_is_missed(tell: Callable[[str], None]) -> None:
    guard = Random(chance.seed()).choice(GUARDS)
    tell(f"{guard.name}: {guard.test}")
    assert guards.noticed(guard, guard.test)
