"""The same two orgs, with everything remembered in PostgreSQL."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine import test_two_orgs
from tests.machine.test_two_orgs import TwoOrgs

FEW = settings(max_examples=2, stateful_step_count=12)
MANY = test_two_orgs.TestTwoOrgs.settings


@pytest.mark.parametrize("how", [FEW, pytest.param(MANY, marks=pytest.mark.postgres)], ids=["few", "many"])
def test_people_who_do_what_they_like_lose_nothing_on_postgresql_either(postgresql: str, how: settings) -> None:
    class OnPostgresql(TwoOrgs):
        def __init__(self) -> None:
            super().__init__(postgresql)

    run_state_machine_as_test(OnPostgresql, settings=how)
