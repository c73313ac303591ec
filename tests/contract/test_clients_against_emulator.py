"""Both clients against the emulated services, which share no code with them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.faults import Fault, Kind
from bigin_sync.emulator.oauth import Grant
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.seeding import seed_org
from bigin_sync.emulator.world import World
from bigin_sync.errors import AccessLost, MissingScope, ModuleMissing, OutOfCredits, WrongCredentials
from bigin_sync.model.outcome import Cause, Overtaken, Refused, Stored, Unknown
from bigin_sync.zoho.client import ZohoSide, open_side
from bigin_sync.zoho.crm import CRM
from bigin_sync.zoho.oauth import Credentials, redeem
from bigin_sync.zoho.side import Capabilities, Cursor, Page, SideClient

START = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
FIELDS = ("First_Name", "Last_Name", "Email", "Phone", "Account_Name", "Owner", "Description")
PLAIN = FIELDS[:-1]
ACCOUNTS = "https://emulated.example"

Open = Callable[..., ZohoSide]


@pytest.fixture
def world() -> World:
    return World.default(ShiftedClock(FixedClock(START)))


@pytest.fixture
def opened(world: World) -> Iterator[Open]:
    sides: list[ZohoSide] = []

    def open_one(
        product: str,
        *,
        refresh: str | None = None,
        secret: str = "emulator-secret",
        capabilities: Capabilities | None = None,
        connecting: bool = False,
    ) -> ZohoSide:
        refresh = refresh or f"1000.emulator.{product}"
        side = open_side(
            product,
            Credentials("1000.EMULATOR", secret, refresh, ACCOUNTS),
            clock=world.clock,
            capabilities=capabilities,
            transport=mock_transport(world),
            connecting=connecting,
        )
        sides.append(side)
        return side

    yield open_one
    for side in sides:
        side.close()


@pytest.fixture(params=["bigin", "crm"])
def side(request: pytest.FixtureRequest, opened: Open) -> ZohoSide:
    found = opened(request.param)
    assert isinstance(found, ZohoSide)
    return found


def org_of(world: World, side: SideClient) -> Org:
    return world.org(side.label)


def read(side: SideClient, cursor: Cursor, *, fields: tuple[str, ...] = FIELDS, module: str = "Contacts") -> list[Page]:
    return list(side.read(module, fields=fields, cursor=cursor))


def ids(pages: list[Page]) -> list[str]:
    return [row["id"] for page in pages for row in page.rows]


@pytest.mark.parametrize("fields", [FIELDS, PLAIN])
def test_a_full_reading_gives_every_record_with_every_field(
    world: World, side: ZohoSide, fields: tuple[str, ...]
) -> None:
    _, contacts = seed_org(org_of(world, side), 1_234)
    pages = read(side, Cursor(), fields=fields)
    assert sorted(set(ids(pages))) == sorted(contacts)
    row = pages[0].rows[0]
    assert {*fields, "id", "Created_Time", "Created_By", "Modified_Time", "Modified_By"} <= row.keys()
    assert pages[-1].cursor.since == START - timedelta(seconds=120)


def test_a_full_reading_broken_off_goes_on_where_it_was(world: World, opened: Open) -> None:
    _, contacts = seed_org(world.bigin, 1_500)
    for fields in (FIELDS, PLAIN):
        seen: set[str] = set()
        cursor = Cursor()
        while not cursor.finished:
            for number, page in enumerate(opened("bigin").read("Contacts", fields=fields, cursor=cursor), start=1):
                seen.update(row["id"] for row in page.rows)
                cursor = Cursor.from_json(page.cursor.to_json())
                if number == 3:
                    break
        assert seen == set(contacts)


def test_an_incremental_reading_sees_edits_and_new_records_and_an_idle_one_is_one_call(
    world: World, side: ZohoSide
) -> None:
    _, contacts = seed_org(org_of(world, side), 500)
    since = read(side, Cursor())[-1].cursor
    world.clock.advance(600)
    idle = read(side, since)
    assert ids(idle) == []
    before = side.counters.calls
    world.clock.advance(600)
    side.update("Contacts", [{"id": contacts[7], "Phone": "+49 30 1234567"}], unmodified_since=None)
    (made,) = side.create("Contacts", [{"Last_Name": "Newcomer"}])
    assert isinstance(made, Stored)
    calls = side.counters.calls
    assert calls - before == 2
    found = read(side, idle[-1].cursor)
    assert set(ids(found)) == {contacts[7], made.id}
    assert side.counters.calls == calls + 1


def test_a_record_written_in_the_second_of_a_reading_is_seen_by_the_next_one(world: World, side: ZohoSide) -> None:
    cursor = read(side, Cursor())[-1].cursor
    (made,) = side.create("Contacts", [{"Last_Name": "Newcomer"}])
    assert isinstance(made, Stored)
    assert ids(read(side, cursor)) == [made.id]


def test_what_is_written_is_read_back_and_its_time_is_the_one_that_was_answered(world: World, side: ZohoSide) -> None:
    company = side.create("Accounts", [{"Account_Name": "Weber Works", "Website": "https://weber.example"}])[0]
    assert isinstance(company, Stored)
    contact = {"Last_Name": "Weber", "Email": "weber@weber.example", "Account_Name": {"id": company.id}}
    (made,) = side.create("Contacts", [contact])
    assert isinstance(made, Stored)
    (row,) = side.fetch("Contacts", [made.id], fields=FIELDS).rows
    assert row["Account_Name"]["id"] == company.id
    assert datetime.fromisoformat(row["Modified_Time"]) == made.modified_at
    world.clock.advance(5)
    (changed,) = side.update("Contacts", [{"id": made.id, "Email": None}], unmodified_since=None)
    assert changed == Stored(made.id, made.modified_at + timedelta(seconds=5), created=False)
    assert side.fetch("Contacts", [made.id], fields=FIELDS).rows[0]["Email"] is None


def test_records_of_a_batch_are_judged_one_by_one(world: World, side: ZohoSide) -> None:
    side.create("Contacts", [{"Last_Name": "Weber", "Email": "weber@weber.example"}])
    found = side.create(
        "Contacts",
        [
            {"Last_Name": "Abel"},
            {"First_Name": "Nameless"},
            {"Last_Name": "Weber", "Email": "Weber@weber.example"},
            {"Last_Name": "x" * 81},
        ],
    )
    assert isinstance(found[0], Stored)
    causes = [one.cause for one in found[1:] if isinstance(one, Refused)]
    assert causes == [Cause.MANDATORY, Cause.DUPLICATE, Cause.TOO_LONG]
    twin = found[2]
    assert isinstance(twin, Refused)
    assert (twin.field, twin.duplicate_of is not None) == ("Email", True)


def test_a_hundred_records_are_fetched_in_one_call_and_missing_ones_are_missing(world: World, side: ZohoSide) -> None:
    _, contacts = seed_org(org_of(world, side), 150)
    before = side.counters.calls
    found = side.fetch("Contacts", [*contacts[:99], "1111111111111111111"], fields=PLAIN)
    assert sorted(row["id"] for row in found.rows) == sorted(contacts[:99])
    assert found.at == START
    assert side.counters.calls == before + 1


def test_crm_refuses_an_update_of_what_was_modified_after_the_given_moment(world: World, opened: Open) -> None:
    crm = opened("crm")
    old, new = (
        one.id
        for one in crm.create("Contacts", [{"Last_Name": "Old"}, {"Last_Name": "New"}])
        if isinstance(one, Stored)
    )
    world.clock.advance(60)
    crm.update("Contacts", [{"id": new, "Phone": "1"}], unmodified_since=None)
    batch = [{"id": old, "Phone": "2"}, {"id": new, "Phone": "2"}]
    first, second = crm.update("Contacts", batch, unmodified_since=START + timedelta(seconds=30))
    assert isinstance(first, Stored)
    assert second == Overtaken(new)


@pytest.mark.parametrize("kind", ["drop_after", "fail_after", "torn"])
def test_a_write_that_took_effect_but_whose_answer_was_lost_is_unknown_and_findable(
    world: World, side: ZohoSide, kind: Kind
) -> None:
    me = side.me()
    world.faults.add(Fault(kind=kind, method="POST", path="/Contacts$"))
    (lost,) = side.create("Contacts", [{"Last_Name": "Schroeder"}])
    assert isinstance(lost, Unknown)
    (row,) = side.made_since("Contacts", START, fields=("Last_Name",), by=me.id)
    assert row["Last_Name"] == "Schroeder"
    assert side.made_since("Contacts", START, fields=("Last_Name",), by="1") == []


@pytest.mark.parametrize("kind", ["too_many", "expired_token"])
def test_a_write_that_provably_did_not_happen_is_repeated_and_happens_once(
    world: World, side: ZohoSide, kind: Kind
) -> None:
    side.me()
    world.faults.add(Fault(kind=kind, method="POST", path="/Contacts$"))
    (made,) = side.create("Contacts", [{"Last_Name": "Weber"}])
    assert isinstance(made, Stored)
    assert ids(read(side, Cursor())) == [made.id]


@pytest.mark.parametrize(
    "kind", ["drop_before", "drop_after", "fail_after", "too_many", "torn", "html_502", "expired_token"]
)
def test_a_reading_outlives_every_fault(world: World, side: ZohoSide, kind: Kind) -> None:
    _, contacts = seed_org(org_of(world, side), 700)
    strikes = 1 if kind == "expired_token" else 2
    world.faults.add(Fault(kind=kind, nth=3, times=strikes, path="Contacts|coql"))
    assert set(ids(read(side, Cursor()))) == set(contacts)


def test_views_admit_what_they_show(world: World, opened: Open) -> None:
    crm = opened("crm")
    _, contacts = seed_org(world.crm, 300)
    views = crm.views("Contacts")
    everything = [view for view in views if view.everything]
    assert len(everything) == 1
    asked = [*contacts[:250], "1111111111111111111"]
    assert crm.admitted("Contacts", asked, view=everything[0].id) == set(contacts[:250])
    by_list = opened("crm", capabilities=Capabilities(5, ids=True, coql=False, deleted=True, daily_credits=5_000))
    assert by_list.admitted("Contacts", asked, view=everything[0].id) == set(contacts[:250])


def test_deleted_records_are_told_with_their_time(world: World, side: ZohoSide) -> None:
    org = org_of(world, side)
    _, contacts = seed_org(org, 10)
    world.clock.advance(60)
    assert list(side.deleted("Contacts", since=None)) == [[]]
    request = _delete(world, side, contacts[3])
    assert request == 200
    (page,) = side.deleted("Contacts", since=START + timedelta(seconds=30))
    assert [(gone.id, gone.permanent, gone.at) for gone in page] == [
        (contacts[3], False, START + timedelta(seconds=60))
    ]
    assert list(side.deleted("Contacts", since=START + timedelta(seconds=61))) == [[]]


def _delete(world: World, side: ZohoSide, record_id: str) -> int:
    """Delete a record the way a person's browser would: there is no such call in the clients."""
    import httpx  # noqa: PLC0415 -- only this stand-in for a person needs it

    version = {"bigin": "bigin/v2", "crm": "crm/v8"}[side.label]
    with httpx.Client(transport=mock_transport(world), base_url=ACCOUNTS) as browser:
        form = {
            "grant_type": "refresh_token",
            "client_id": "1000.EMULATOR",
            "client_secret": "emulator-secret",
            "refresh_token": f"1000.emulator.{side.label}",
        }
        token = browser.post("/oauth/v2/token", data=form).json()["access_token"]
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}
        return browser.delete(f"/{version}/Contacts/{record_id}", headers=headers).status_code


def test_the_probe_finds_what_each_org_can_do(world: World, side: ZohoSide) -> None:
    seed_org(org_of(world, side), 20)
    found = side.probe({module: side.fields(module) for module in ("Accounts", "Contacts")})
    assert found.ids
    assert found.coql
    assert found.deleted
    assert found.concurrency == 10
    assert found.daily_credits >= 50_000
    expected = ("Accounts.Description", "Contacts.Description") if side.label == "bigin" else ()
    assert set(expected) <= set(found.unqueried)


def test_people_org_and_metadata_are_read(world: World, side: ZohoSide) -> None:
    org = org_of(world, side)
    me = side.me()
    assert me.id == org.admin_id
    assert me.administrator
    assert {user.id for user in side.users()} == set(org.users)
    assert not all(user.active for user in side.users())
    assert side.org().zone
    assert "Contacts" in {module["api_name"] for module in side.modules()}
    assert "Last_Name" in {row["api_name"] for row in side.fields("Contacts")}
    assert side.layouts("Contacts")


def test_an_unknown_module_is_missing_whichever_way_it_is_asked_for(side: ZohoSide) -> None:
    with pytest.raises(ModuleMissing):
        read(side, Cursor(), fields=("Name",), module="Spaceships")
    with pytest.raises(ModuleMissing):
        side.create("Spaceships", [{"Name": "Ikarus"}])


def test_access_that_is_taken_away_stops_a_run(world: World, side: ZohoSide) -> None:
    side.me()
    world.oauth.refresh_tokens.clear()
    world.clock.advance(3_600)
    with pytest.raises(AccessLost):
        side.me()


def test_wrong_credentials_are_refused_while_connecting(opened: Open) -> None:
    with pytest.raises(WrongCredentials):
        opened("crm", secret="wrong", connecting=True).me()
    with pytest.raises(WrongCredentials):
        opened("crm", refresh="1000.nobody", connecting=True).me()


def test_a_missing_scope_is_named(world: World, opened: Open) -> None:
    grant = Grant(product="crm", user_id=world.crm.admin_id, scopes=frozenset({"ZohoCRM.modules.ALL"}))
    world.oauth.allow("1000.narrow", grant)
    with pytest.raises(MissingScope):
        opened("crm", refresh="1000.narrow").org()


def test_a_grant_code_opens_the_org(world: World) -> None:
    grant = next(grant for grant in world.oauth.refresh_tokens.values() if grant.product == "crm")
    code = world.oauth.mint_code(grant)
    transport = mock_transport(world)
    client = Credentials("1000.EMULATOR", "emulator-secret", "", ACCOUNTS)
    found = redeem(client, code, product=CRM, clock=world.clock, transport=transport)
    side = open_side("crm", found, clock=world.clock, transport=transport)
    assert side.org().id
    side.close()
    with pytest.raises(WrongCredentials):
        redeem(client, code, product=CRM, clock=world.clock, transport=transport)


def test_an_org_without_credits_is_out_of_credits(world: World, side: ZohoSide) -> None:
    org_of(world, side).switches.credit_limit = 3
    for _ in range(3):
        side.me()
    with pytest.raises(OutOfCredits):
        side.me()
