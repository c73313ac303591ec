from dataclasses import replace

import pytest

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.store import cursors, orgs
from bigin_sync.store.db import Database
from bigin_sync.store.orgs import AppUser, NewOrg, OwnerPair
from tests.contract.store.conftest import HandClock


def org(side: Side, *, org_id: str = "100") -> NewOrg:
    return NewOrg(
        side=side,
        label="shop",
        org_id=org_id,
        org_name="Corner Shop",
        country="DE",
        zone=None,
        dc="eu",
        accounts_url="https://accounts.example",
        api_domain="https://api.example",
        user_id="u1",
        user_name="Ada",
        user_email="ada@shop.example",
        client_id="client",
        secrets_sealed="sealed",
        capabilities={"coql": True, "daily_credits": 5_000},
    )


def put(db: Database, iid: int, *made: NewOrg) -> None:
    with db.write() as session:
        for each in made:
            orgs.put(session, iid, org=each)


def get(db: Database, iid: int, side: Side = Side.LEFT) -> orgs.Org:
    with db.read() as session:
        found = orgs.get(session, iid, side=side)
    assert found is not None
    return found


def test_a_connection_comes_out_as_it_went_in(db: Database, iid: int, clock: HandClock) -> None:
    made = org(Side.RIGHT)
    put(db, iid, made)
    stored = get(db, iid, Side.RIGHT)
    assert {name: getattr(stored, name) for name in made.__slots__} == {
        name: getattr(made, name) for name in made.__slots__
    }
    assert (stored.connected_at, stored.checked_at) == (clock.now(), None)
    with db.read() as session:
        assert orgs.get(session, iid, side=Side.LEFT) is None


def test_a_side_has_one_connection_the_latest(db: Database, iid: int) -> None:
    put(db, iid, org(Side.RIGHT, org_id="300"), org(Side.LEFT), org(Side.LEFT, org_id="200"))
    with db.read() as session:
        assert [each.org_id for each in orgs.listing(session, iid)] == ["200", "300"]


def test_secrets_are_never_shown(db: Database, iid: int) -> None:
    put(db, iid, replace(org(Side.LEFT), secrets_sealed="hush"))
    assert "hush" not in repr(get(db, iid))


def test_renewed_tokens_and_checks_are_kept(db: Database, iid: int, clock: HandClock) -> None:
    put(db, iid, org(Side.LEFT))
    clock.sleep(60)
    with db.write() as session:
        orgs.put_secrets(session, iid, side=Side.LEFT, sealed="renewed", api_domain="https://other.example")
        orgs.checked(session, iid, side=Side.LEFT, capabilities={"coql": False})
    stored = get(db, iid)
    assert (stored.secrets_sealed, stored.api_domain) == ("renewed", "https://other.example")
    assert (stored.capabilities, stored.checked_at) == ({"coql": False}, clock.now())


def test_the_integration_of_an_org_is_found(db: Database, iid: int) -> None:
    put(db, iid, org(Side.LEFT, org_id="100"))
    with db.write() as session:
        later = orgs.create_integration(session, pairing="two_shops", name="Later")
        assert orgs.current(session, "two_shops") == later
        assert orgs.current(session, "other") is None
        assert orgs.integration_of(session, side=Side.LEFT, org_id="100") == iid
        assert orgs.integration_of(session, side=Side.RIGHT, org_id="100") is None


def test_what_an_org_says_replaces_what_it_said(db: Database, iid: int) -> None:
    with db.write() as session:
        for content in ([{"api_name": "A"}], [{"api_name": "B", "length": 5}]):
            orgs.put_metadata(session, iid, side=Side.LEFT, module="Contacts", told={"fields": content})

        def said(what: str) -> object:
            return orgs.metadata(session, iid, side=Side.LEFT, module="Contacts", what=what)

        assert said("fields") == [{"api_name": "B", "length": 5}]
        assert said("layouts") is None


def test_users_are_replaced_as_a_whole_and_kept_apart_by_side(db: Database, iid: int) -> None:
    ada = AppUser("u1", "Ada", "ada@shop.example", active=True, administrator=True)
    bo = AppUser("u2", "Bo", "bo@shop.example", active=False, administrator=False)
    with db.write() as session:
        orgs.put_users(session, iid, side=Side.LEFT, users=[ada, bo])
        orgs.put_users(session, iid, side=Side.RIGHT, users=[ada])
        orgs.put_users(session, iid, side=Side.LEFT, users=[bo, bo])
        assert orgs.users(session, iid, side=Side.LEFT) == [bo]
        assert orgs.users(session, iid, side=Side.RIGHT) == [ada]


def test_a_user_is_in_one_pair_at_most(db: Database, iid: int) -> None:
    with db.write() as session:
        for left, right in (("l1", "r1"), ("l2", "r2"), ("l1", "r2")):
            orgs.put_owner_pair(session, iid, left_user=left, right_user=right)
        assert orgs.owner_pairs(session, iid) == [OwnerPair("l1", "r2", "set")]
        orgs.drop_owner_pair(session, iid, left_user="l1")
        assert orgs.owner_pairs(session, iid) == []


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_a_forgotten_org_leaves_nothing_and_the_other_one_alone(db: Database, iid: int, side: Side) -> None:
    put(db, iid, org(Side.LEFT), org(Side.RIGHT))
    with db.write() as session:
        for each in Side:
            orgs.put_users(session, iid, side=each, users=[AppUser("u", "A", "a@shop.example", True, True)])
            orgs.put_metadata(session, iid, side=each, module="M", told={"fields": []})
            cursors.put(session, iid, side=each, kind=Kind("note"), position={}, complete=True)
        orgs.forget(session, iid, side=side)
        for each in Side:
            kept = each is not side
            assert (orgs.get(session, iid, side=each) is not None) is kept
            assert bool(orgs.users(session, iid, side=each)) is kept
            assert (orgs.metadata(session, iid, side=each, module="M", what="fields") is not None) is kept
            assert (cursors.get(session, iid, side=each, kind=Kind("note")) is not None) is kept
