"""The same two orgs, with everything remembered in PostgreSQL."""

import pytest

from tests.machine.test_two_orgs import EXAMPLES, STEPS, TwoOrgs, played


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(2, 12), pytest.param(EXAMPLES, STEPS, marks=pytest.mark.postgres)],
    ids=["few", "many"],
)
def test_people_who_do_what_they_like_lose_nothing_on_postgresql_either(
    postgresql: str, examples: int, steps: int
) -> None:
    class OnPostgresql(TwoOrgs):
        def __init__(self) -> None:
            super().__init__(postgresql)

    played(OnPostgresql, examples=examples, steps=steps)
