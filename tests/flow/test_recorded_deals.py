"""Real input: deals of a recorded CRM org whose stages Bigin lacks wait, until a person has mapped them."""

from collections.abc import Iterator

import pytest

from bigin_sync.admin import modules
from bigin_sync.admin.why import way_out_of
from bigin_sync.model.outcome import Cause
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import DEAL
from bigin_sync.store.inbox import State
from tests.flow.recorded import (
    NOT_IN_BIGIN,
    STAGE_MAP,
    aside,
    counterparts,
    needs_recordings,
    recorded_world,
    rows,
)
from tests.flow.two_orgs import TwoOrgs, two_orgs

pytestmark = [needs_recordings, pytest.mark.usefixtures("each_database")]


@pytest.fixture
def orgs() -> Iterator[TwoOrgs]:
    """The recorded CRM org beside a Bigin org, contacts in sync, deals switched on without a stage map."""
    with two_orgs(recorded_world()) as both:
        both.sync()
        modules.configure(both.room, "pipelines")
        modules.activate(both.room, "pipelines")
        both.sync()
        yield both


def test_deals_in_stages_that_bigin_lacks_wait_and_say_why(orgs: TwoOrgs) -> None:
    crm = rows(orgs, Side.RIGHT, DEAL)
    lacking = {id: row for id, row in crm.items() if row.values["Stage"] in NOT_IN_BIGIN}
    found = aside(orgs, DEAL, State.PROBLEM)
    assert lacking, "every recorded stage exists in Bigin, so nothing was shown"
    assert found.keys() == lacking.keys()
    assert {entry.cause for entry in found.values()} == {Cause.UNMAPPED}
    pairing = orgs.room.pairing
    assert all("bigin-sync module edit pipelines --map" in way_out_of(entry, pairing) for entry in found.values())
    assert all(repr(lacking[id].values["Stage"]) in (entry.why or "") for id, entry in found.items())
    assert counterparts(orgs, DEAL).keys() == crm.keys() - lacking.keys()


def test_mapped_stages_let_the_waiting_deals_go(orgs: TwoOrgs) -> None:
    modules.configure(orgs.room, "pipelines", mapping=STAGE_MAP)
    orgs.sync()
    assert not aside(orgs, DEAL, State.PROBLEM)
    assert counterparts(orgs, DEAL).keys() == rows(orgs, Side.RIGHT, DEAL).keys()


def test_what_nobody_owns_on_the_other_side_goes_to_who_set_the_sync_up(orgs: TwoOrgs) -> None:
    owners = {row.values.get("Owner") for row in rows(orgs, Side.LEFT, DEAL).values()}
    assert owners == {orgs.world.bigin.admin_id}
