"""The invented town of the demo."""

from bigin_sync.replay.people import town


def test_the_same_town_is_built_every_time() -> None:
    assert town(companies=20, people=60) == town(companies=20, people=60)


def test_nobody_is_there_twice() -> None:
    built = town(companies=150, people=900)
    addresses = [person.email for person in built.people if person.email]
    assert len({firm.name for firm in built.companies}) == 150
    assert len(set(addresses)) == len(addresses)
    assert len({(person.first, person.last) for person in built.people}) == 900


def test_every_address_is_invented() -> None:
    built = town(companies=30, people=200)
    assert all(person.email.endswith(".example") for person in built.people if person.email)
    assert all(firm.website.endswith(".example") for firm in built.companies)
