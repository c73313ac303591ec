"""Real input: the deals and products of a recorded CRM org arrive in a Bigin org whose stages are others."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bigin_sync.admin import modules
from bigin_sync.admin.why import way_out_of
from bigin_sync.emulator.load import load
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause
from bigin_sync.pairing.bigin_crm import COMPANY, CONTACT, DEAL, PRODUCT
from bigin_sync.store import inbox, links
from bigin_sync.store.inbox import Entry, State
from tests.flow.two_orgs import TwoOrgs, two_orgs

RECORDED = Path(__file__).parents[3] / "shared" / "recordings" / "crm-v2"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared is absent: there are no recordings to load")

DEALS = {"bigin": "Pipelines", "crm": "Deals"}
NOT_IN_BIGIN = {
    "Value Proposition": "Needs Analysis",
    "Id. Decision Makers": "Needs Analysis",
    "Negotiation": "Negotiation/Review",
    "Closed-Lost to Competition": "Closed Lost",
}
"""Stages that the recorded deals are in and Bigin lacks, and what a person would map them to."""
STAGE_MAP = {"deal": {"change": {"Stage": {"values": [[bigin, crm] for crm, bigin in NOT_IN_BIGIN.items()]}}}}


@pytest.fixture
def orgs() -> Iterator[TwoOrgs]:
    """The recorded CRM org beside an empty Bigin org, contacts in sync."""
    world = World.default()
    load(world, RECORDED)
    with two_orgs(world) as both:
        both.sync()
        yield both


def switch_on(orgs: TwoOrgs, mapping: Mapping[str, object] | None = None) -> None:
    modules.configure(orgs.room, "pipelines", mapping=mapping)
    modules.activate(orgs.room, "pipelines")


def rows(orgs: TwoOrgs, product: str, module: str) -> dict[str, Row]:
    return orgs.world.org(product).tables[module].rows


def counterparts(orgs: TwoOrgs, kind: Kind) -> dict[str, str]:
    """CRM id -> Bigin id of every linked record."""
    with orgs.room.db.read() as session:
        return {link.right.id: link.left.id for link in links.slice(session, orgs.iid, kind=kind, limit=1_000)}


def problems(orgs: TwoOrgs) -> list[Entry]:
    with orgs.room.db.read() as session:
        return inbox.slice(session, orgs.iid, kind=DEAL, states=[State.PROBLEM], limit=1_000)


def test_deals_in_stages_that_bigin_lacks_wait_and_say_why(orgs: TwoOrgs) -> None:
    switch_on(orgs)
    orgs.sync()
    crm = rows(orgs, "crm", "Deals")
    lacking = {id: row for id, row in crm.items() if row.values["Stage"] in NOT_IN_BIGIN}
    found = problems(orgs)
    waiting = {entry.record.ref.id: entry.why or "" for entry in found}
    assert lacking, "every recorded stage exists in Bigin, so nothing was shown"
    assert waiting.keys() == lacking.keys()
    assert {entry.cause for entry in found} == {Cause.UNMAPPED}
    assert all("bigin-sync module edit pipelines --map" in way_out_of(entry, orgs.room.pairing) for entry in found)
    assert all(repr(lacking[id].values["Stage"]) in why for id, why in waiting.items())
    assert counterparts(orgs, DEAL).keys() == crm.keys() - lacking.keys()


def test_mapped_stages_let_the_waiting_deals_go(orgs: TwoOrgs) -> None:
    switch_on(orgs)
    orgs.sync()
    modules.configure(orgs.room, "pipelines", mapping=STAGE_MAP)
    orgs.sync()
    assert not problems(orgs)
    assert counterparts(orgs, DEAL).keys() == rows(orgs, "crm", "Deals").keys()


def test_every_deal_arrives_with_its_fields_and_points_to_the_counterparts(orgs: TwoOrgs) -> None:
    switch_on(orgs, STAGE_MAP)
    orgs.sync()
    bigin, linked = rows(orgs, "bigin", "Pipelines"), counterparts(orgs, DEAL)
    to = {"Account_Name": counterparts(orgs, COMPANY), "Contact_Name": counterparts(orgs, CONTACT)}
    assert sorted(linked.values()) == sorted(bigin)
    for id, row in rows(orgs, "crm", "Deals").items():
        arrived = bigin[linked[id]].values
        for name in ("Deal_Name", "Amount", "Closing_Date", "Description"):
            assert (arrived.get(name) or None) == (row.values.get(name) or None), (row.values, name)
        for name, known in to.items():
            pointed = row.values.get(name)
            assert arrived.get(name) == (known[str(pointed)] if pointed else None), (row.values, name)
        stage = str(row.values["Stage"])
        assert arrived["Stage"] == NOT_IN_BIGIN.get(stage, stage)


def test_every_product_arrives_with_its_fields(orgs: TwoOrgs) -> None:
    switch_on(orgs, STAGE_MAP)
    orgs.sync()
    crm, bigin, linked = rows(orgs, "crm", "Products"), rows(orgs, "bigin", "Products"), counterparts(orgs, PRODUCT)
    assert crm
    assert linked.keys() == crm.keys()
    for id, row in crm.items():
        arrived = bigin[linked[id]].values
        for name in ("Product_Name", "Product_Code", "Unit_Price", "Description"):
            assert (arrived.get(name) or None) == (row.values.get(name) or None), (row.values, name)


def test_a_second_sync_writes_nothing(orgs: TwoOrgs) -> None:
    switch_on(orgs, STAGE_MAP)
    orgs.sync()
    again = orgs.sync()
    assert again.writes == 0
    assert again.clean
