"""Every break of a rule still fits the program it breaks, and every scenario it names is there."""

import re

import pytest

from tests.mutations.a_break import Break
from tests.mutations.a_guard import Guard
from tests.mutations.broken import BREAKS
from tests.mutations.guards import GUARDS, WHY
from tests.mutations.main import FIXTURES, broken_files

RULES = set(range(1, 25))
TOLD_ELSEWHERE = {21}
"""Rules that no scenario can tell; the page on scenarios names their tests."""

ROW = re.compile(r"^\| (\d+) \|.*\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[a-z_/]+\.py)`[:,] `(test_[a-z_]+)`")
LINK = re.compile(r"\[([a-z-]+)\]\(([a-z-]+)\.yaml\)")


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.rule)
def test_what_a_break_changes_stands_in_the_program_exactly_once(one: Break) -> None:
    for file, text in broken_files(one).items():
        compile(text, file, "exec")
    assert (FIXTURES / f"{one.scenario}.yaml").is_file()


def test_every_rule_that_a_scenario_can_tell_is_broken_somewhere() -> None:
    assert {int(one.rule.split()[0]) for one in BREAKS} == RULES - TOLD_ELSEWHERE


def test_the_readme_names_a_scenario_for_every_rule_and_none_that_is_not_there() -> None:
    told = (FIXTURES / "README.md").read_text(encoding="utf-8")
    assert {int(row[1]) for row in ROW.finditer(told)} == RULES
    for row in ROW.finditer(told):
        links = LINK.findall(row[0])
        assert links or int(row[1]) in TOLD_ELSEWHERE
        assert all(name == file and (FIXTURES / f"{file}.yaml").is_file() for name, file in links)


def test_the_tests_that_the_readme_names_are_there() -> None:
    named = TEST.findall((FIXTURES / "README.md").read_text(encoding="utf-8"))
    assert named
    for file, test in named:
        assert f"def {test}(" in (FIXTURES.parent / file).read_text(encoding="utf-8")


def test_what_breaks_a_rule_is_noticed_by_a_scenario_that_the_readme_names_for_it() -> None:
    told = (FIXTURES / "README.md").read_text(encoding="utf-8")
    named = {int(row[1]): {file for _, file in LINK.findall(row[0])} for row in ROW.finditer(told)}
    assert [one.rule for one in BREAKS if one.scenario not in named[int(one.rule.split()[0])]] == []


def test_what_a_test_failed_with_is_read_from_what_pytest_says_of_it() -> None:
    said = "FAILED tests/a/test_b.py::test_c[new on the left] - tests.exhaustive.tiny.Broken: Title of right ...\n"
    said += "FAILED tests/a/test_b.py::test_d - TypeError: 'NoneType' object is not callable\n1 failed in 2.01s\n"
    assert WHY.findall(said) == ["Broken", "TypeError"]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_what_switches_a_guard_off_stands_in_the_program_exactly_once(guard: Guard) -> None:
    compile(guard.switched_off(), guard.file, "exec")


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_every_guard_is_listed_with_its_tests_in_the_guarantees(guard: Guard) -> None:
    told = (FIXTURES.parent / "docs/guarantees.md").read_text(encoding="utf-8")
    row = next(line for line in told.splitlines() if line.startswith(f"| {guard.name} |"))
    assert [test for test in guard.tests if f"`{test}`" not in row] == []
