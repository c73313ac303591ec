"""Every break of a rule still fits the program it breaks, and every scenario it names is there."""

import pytest

from tests.mutations.broken import BREAKS, Break
from tests.mutations.main import FIXTURES, broken_text

RULES = range(1, 20)


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.rule)
def test_what_a_break_changes_stands_in_the_program_exactly_once(one: Break) -> None:
    compile(broken_text(one), one.file, "exec")
    assert (FIXTURES / f"{one.scenario}.yaml").is_file()


def test_every_rule_that_a_scenario_can_tell_is_broken_somewhere() -> None:
    assert {int(one.rule.split()[0]) for one in BREAKS} == set(RULES)
