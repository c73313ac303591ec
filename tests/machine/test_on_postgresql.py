"""The same two orgs, with everything remembered in PostgreSQL."""

from tests.machine.test_two_orgs import EXAMPLES, TwoOrgs, played


def test_people_who_do_what_they_like_lose_nothing_on_postgresql_either(postgresql: str) -> None:
    class OnPostgresql(TwoOrgs):
        def __init__(self) -> None:
            super().__init__(postgresql)

    played(OnPostgresql, examples=EXAMPLES)
