"""Real input: the whole of a recorded CRM trial org, all modules switched on, arrives in an empty Bigin org."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest

from bigin_sync.admin.modules import activate, configure
from bigin_sync.clock import SystemClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.listener import Listener
from bigin_sync.emulator.table import Row
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CALL, COMPANY, CONTACT, DEAL, EVENT, NOTE, PRODUCT, TASK
from bigin_sync.settings import Settings
from tests.flow.recorded import (
    NOT_IN_BIGIN,
    STAGE_MAP,
    aside,
    counterparts,
    module,
    needs_recordings,
    recorded_world,
    rows,
)
from tests.flow.two_orgs import LABELS, TwoOrgs, connect_both

pytestmark = needs_recordings

KINDS = (COMPANY, CONTACT, PRODUCT, DEAL, TASK, EVENT, CALL, NOTE)
BELONGING = (TASK, EVENT, CALL, NOTE)
BILLING = ("Billing_Street", "Billing_City", "Billing_State", "Billing_Code", "Billing_Country")
MAILING = ("Mailing_Street", "Mailing_City", "Mailing_State", "Mailing_Zip", "Mailing_Country")
PERSON = ("First_Name", "Last_Name", "Email", "Title", "Phone", "Mobile", "Home_Phone", "Description")
CARRIED: Mapping[Kind, tuple[str, ...]] = {
    COMPANY: ("Account_Name", "Phone", "Website", "Description", *BILLING),
    CONTACT: (*PERSON, *MAILING),
    PRODUCT: ("Product_Name", "Product_Code", "Unit_Price", "Description"),
    DEAL: ("Deal_Name", "Amount", "Closing_Date", "Description"),
    TASK: ("Subject", "Due_Date", "Status", "Priority", "Description"),
    EVENT: ("Event_Title", "Start_DateTime", "End_DateTime", "Venue", "Description"),
    CALL: ("Subject", "Call_Type", "Call_Start_Time", "Call_Purpose", "Call_Result", "Call_Agenda", "Description"),
    NOTE: ("Note_Title", "Note_Content"),
}
LOOKUPS: Mapping[Kind, Mapping[str, Kind]] = {
    COMPANY: {"Parent_Account": COMPANY},
    CONTACT: {"Account_Name": COMPANY},
    DEAL: {"Account_Name": COMPANY, "Contact_Name": CONTACT},
}
PARENTS = {"Contacts": CONTACT, "Accounts": COMPANY, "Deals": DEAL}
ORDERED = 3
"""How many of the recorded deals get two products each: of these the recordings tell nothing."""


@dataclass(frozen=True, slots=True)
class Story:
    """The two orgs after the first syncs of all modules, and the lines over which they went."""

    orgs: TwoOrgs
    ears: Mapping[str, Listener]

    def written(self) -> list[str]:
        return [call for ear in self.ears.values() for call in ear.writes]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Contacts first, then all the others in one run. It is only looked at, so one serves all tests here."""
    world = recorded_world()
    (recorded,) = world.crm.users.values()
    colleague = next(user for user in world.bigin.users.values() if user.id != world.bigin.admin_id)
    world.bigin.add_user(colleague.named(email=recorded.email))
    for deal in list(world.crm.tables["Deals"].rows)[:ORDERED]:
        for product in list(world.crm.tables["Products"].rows)[:2]:
            world.crm.links.join(("Deals", deal), ("Products", product), facts={})
    ears = {label: Listener(mock_transport(world)) for label in LABELS}
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with Room.open(settings, clock=SystemClock(), transports=ears) as room:
        connect_both(room)
        both = TwoOrgs(world, room, room.integration())
        for name in ("contacts", "pipelines", "activities", "notes"):
            configure(room, name, mapping=STAGE_MAP if name == "pipelines" else None)
            activate(room, name)
            if name == "contacts":
                both.sync()
        both.sync()
        yield Story(both, ears)


@pytest.fixture
def orgs(story: Story) -> TwoOrgs:
    """The recorded CRM org and the Bigin org beside it."""
    return story.orgs


def parents(row: Row) -> dict[Kind, str]:
    """Kind -> id of the records of synced modules that an activity or note of the CRM belongs to."""
    found = {}
    what = row.values.get("What_Id") or row.values.get("Parent_Id")
    kind = PARENTS.get(str(row.values.get("$se_module")))
    if what and kind:
        found[kind] = str(what)
    if who := row.values.get("Who_Id"):
        found[CONTACT] = str(who)
    return found


def _shown(row: Row, name: str) -> object:
    """A value as people see it: of an event of whole days only the days."""
    value = row.values.get(name) or None
    return value.date() if isinstance(value, datetime) and row.values.get("All_day") is True else value


@pytest.mark.parametrize("kind", KINDS)
def test_everything_recorded_is_linked_or_listed_with_its_reason(orgs: TwoOrgs, kind: Kind) -> None:
    crm, linked, left = rows(orgs, Side.RIGHT, kind), counterparts(orgs, kind), aside(orgs, kind)
    assert linked
    assert linked.keys() | left.keys() == crm.keys()
    assert not linked.keys() & left.keys()
    assert sorted(linked.values()) == sorted(rows(orgs, Side.LEFT, kind))
    for id, entry in left.items():
        assert kind in BELONGING
        unknown = {
            parent: other for parent, other in parents(crm[id]).items() if other not in counterparts(orgs, parent)
        }
        assert unknown == parents(crm[id])
        assert ("parent not synced" if unknown else "it belongs to no record") in (entry.why or "")


@pytest.mark.parametrize("kind", KINDS)
def test_what_arrives_has_its_fields_and_nothing_that_rings(orgs: TwoOrgs, kind: Kind) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, kind), rows(orgs, Side.LEFT, kind)
    for id, other in counterparts(orgs, kind).items():
        for name in CARRIED[kind]:
            arrived, told = (_shown(row, name) for row in (bigin[other], crm[id]))
            assert arrived == told, name
        assert not {"Remind_At", "Reminder", "Recurring_Activity", "Participants"} & bigin[other].values.keys()


def test_every_deal_is_in_the_stage_that_stands_for_its_own(orgs: TwoOrgs) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, DEAL), rows(orgs, Side.LEFT, DEAL)
    for id, other in counterparts(orgs, DEAL).items():
        stage = str(crm[id].values["Stage"])
        assert bigin[other].values["Stage"] == NOT_IN_BIGIN.get(stage, stage)


def test_calls_keep_their_whole_minutes(orgs: TwoOrgs) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, CALL), rows(orgs, Side.LEFT, CALL)
    for id, other in counterparts(orgs, CALL).items():
        seconds = crm[id].values.get("Call_Duration_in_seconds")
        arrived = bigin[other].values.get("Call_Duration_in_seconds")
        assert (seconds is None) == (arrived is None)
        if isinstance(seconds, int) and isinstance(arrived, int):
            assert arrived % 60 == 0
            assert abs(seconds - arrived) < 60


@pytest.mark.parametrize("kind", LOOKUPS)
def test_every_lookup_points_to_the_counterpart(orgs: TwoOrgs, kind: Kind) -> None:
    crm, bigin, pointing = rows(orgs, Side.RIGHT, kind), rows(orgs, Side.LEFT, kind), 0
    for id, other in counterparts(orgs, kind).items():
        for name, to in LOOKUPS[kind].items():
            pointed = crm[id].values.get(name)
            assert bigin[other].values.get(name) == (counterparts(orgs, to)[str(pointed)] if pointed else None), name
            pointing += pointed is not None
    assert pointing or kind == COMPANY, "no recorded record points to another one, so nothing was shown"


@pytest.mark.parametrize("kind", BELONGING)
def test_everything_points_to_the_counterpart_of_what_it_belongs_to(orgs: TwoOrgs, kind: Kind) -> None:
    crm, bigin = rows(orgs, Side.RIGHT, kind), rows(orgs, Side.LEFT, kind)
    for id, other in counterparts(orgs, kind).items():
        shown = {
            str(bigin[other].values[name])
            for name in ("Related_To", "Contact_Name", "Parent_Id")
            if bigin[other].values.get(name)
        }
        meant = {
            there[parent_id]
            for parent, parent_id in parents(crm[id]).items()
            if parent_id in (there := counterparts(orgs, parent))
        }
        assert shown
        assert shown <= meant
        assert len(shown) == len(meant) or kind != CALL


def test_every_deal_is_joined_with_the_counterparts_of_its_products(orgs: TwoOrgs) -> None:
    products, joined = counterparts(orgs, PRODUCT), 0
    for id, other in counterparts(orgs, DEAL).items():
        there = orgs.world.crm.links.of("Deals", id, "Products")
        here = orgs.world.bigin.links.of("Pipelines", other, "Products")
        assert sorted(here) == sorted(products[product] for product in there)
        joined += len(here)
    assert joined == 2 * ORDERED


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_s_records_are_owned_by_the_counterpart_of_their_owner(orgs: TwoOrgs, kind: Kind) -> None:
    (recorded,) = orgs.world.crm.users.values()
    (colleague,) = [user.id for user in orgs.world.bigin.users.values() if user.email == recorded.email]
    assert colleague != orgs.world.bigin.admin_id
    assert {row.values.get("Owner") for row in rows(orgs, Side.LEFT, kind).values()} == {colleague}


def test_parents_are_made_before_the_first_of_their_children(story: Story) -> None:
    made = [call.rpartition("/")[2] for call in story.ears["bigin"].writes if call.startswith("POST ")]
    assert set(made) == {module(Side.LEFT, kind) for kind in KINDS}
    first = {name: made.index(name) for name in made}
    last = {name: at for at, name in enumerate(made)}
    for child in BIGIN_CRM.kinds:
        for parent in {pair.to for pair in child.fields if pair.to is not None and pair.to != child.kind}:
            assert last[module(Side.LEFT, parent)] < first[module(Side.LEFT, child.kind)], (parent, child.kind)
    joins = [at for at, call in enumerate(story.ears["bigin"].writes) if call.endswith("/Products") and "PUT" in call]
    creations = [at for at, call in enumerate(story.ears["bigin"].writes) if call == "POST /bigin/v2/Pipelines"]
    assert joins
    assert min(joins) > max(creations)
    assert story.ears["crm"].writes == []


def test_a_second_sync_makes_no_write_and_nobody_was_reached(story: Story) -> None:
    before = story.written()
    again = story.orgs.sync()
    assert again.writes == 0
    assert story.written() == before
    assert [what for ear in story.ears.values() for what in ear.heard] == []
