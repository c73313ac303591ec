"""The recorded CRM trial org beside an empty Bigin org: what the tests on it share."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bigin_sync.emulator.load import load
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.world import World
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.store import inbox, links
from bigin_sync.store.inbox import Entry, State
from tests.flow.two_orgs import TwoOrgs

RECORDED = Path(__file__).parents[3] / "shared" / "recordings" / "crm-v2"
needs_recordings = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="../shared is absent: there are no recordings to load"
)

MANY = 1_000
ASIDE = (State.WAITING, State.SKIPPED, State.HELD, State.PROBLEM)
NOT_IN_BIGIN: Mapping[str, str] = {
    "Value Proposition": "Needs Analysis",
    "Id. Decision Makers": "Needs Analysis",
    "Negotiation": "Negotiation/Review",
    "Closed-Lost to Competition": "Closed Lost",
}
"""Stages that the recorded deals are in and Bigin lacks, and what a person would map them to."""
STAGE_MAP = {"deal": {"change": {"Stage": {"values": [[bigin, crm] for crm, bigin in NOT_IN_BIGIN.items()]}}}}


def recorded_world() -> World:
    """Both orgs as they are before anything is connected."""
    world = World.default()
    load(world, RECORDED)
    assert not any(table.rows for table in world.bigin.tables.values()), "the Bigin org is not empty"
    return world


def module(side: Side, kind: str) -> str:
    """What a side calls the module of a kind."""
    return BIGIN_CRM.kind(kind).on(side).module


def rows(orgs: TwoOrgs, side: Side, kind: str) -> dict[str, Row]:
    """Id -> row of every record of a kind that a side has."""
    return orgs.world.org("bigin" if side is Side.LEFT else "crm").tables[module(side, kind)].rows


def counterparts(orgs: TwoOrgs, kind: str) -> dict[str, str]:
    """CRM id -> Bigin id of every linked record."""
    with orgs.room.db.read() as session:
        found = links.slice(session, orgs.iid, kind=Kind(kind), limit=MANY)
    return {link.right.id: link.left.id for link in found}


def aside(orgs: TwoOrgs, kind: str, *states: State) -> dict[str, Entry]:
    """CRM id -> entry of every record that is not synced, or of those in these states."""
    with orgs.room.db.read() as session:
        found = inbox.slice(session, orgs.iid, kind=Kind(kind), states=list(states or ASIDE), limit=MANY)
    return {entry.record.ref.id: entry for entry in found}
