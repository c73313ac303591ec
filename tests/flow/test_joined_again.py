"""What is joined crosses with the next run that carries anything out, however often it was parted and joined before."""

from collections.abc import Callable
from unittest import mock

import httpx
import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.deletions import delete_record, restore_record
from bigin_sync.jobs.work import work
from bigin_sync.sync import run
from tests.flow.test_joined_products import DEALS, Stage, stage

__all__ = ["stage"]

PRODUCT = {"Product_Name": "Rope", "Product_Code": "R-1"}


def joined(stage: Stage) -> dict[str, tuple[str, str]]:
    """A deal and a product that are joined on both sides: their ids in each org."""
    deal, rope = stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0]
    stage.join("crm", deal, rope)
    stage.sync()
    assert numbers(stage) == (1, 1)
    return {label: (only(stage, label, DEALS[label]), only(stage, label, "Products")) for label in DEALS}


def only(stage: Stage, label: str, module: str) -> str:
    """The only record of a module."""
    (id,) = stage.world.org(label).tables[module].rows
    return id


def numbers(stage: Stage) -> tuple[int, int]:
    """How many products the deals of Bigin have, and those of the CRM."""
    return stage.joined("bigin"), stage.joined("crm")


def part(stage: Stage, label: str, deal: str, product: str) -> None:
    """A person takes a product from a deal, and a run follows."""
    stage.world.org(label).links.part((DEALS[label], deal), ("Products", product))
    touch(stage, label, deal)


def touch(stage: Stage, label: str, deal: str) -> None:
    """A person edits a deal, and a run follows."""
    stage.edit(label, DEALS[label], deal, Amount=stage.clock.now().minute)
    stage.sync()


@pytest.mark.parametrize("last", ["bigin", "crm"])
@pytest.mark.parametrize("first", ["bigin", "crm"])
def test_what_is_joined_again_after_both_sides_have_parted_it_crosses(stage: Stage, first: str, last: str) -> None:
    ids = joined(stage)
    part(stage, first, *ids[first])
    other = "crm" if first == "bigin" else "bigin"
    part(stage, other, *ids[other])
    assert numbers(stage) == (0, 0)
    stage.join(last, *ids[last])
    touch(stage, last, ids[last][0])
    assert numbers(stage) == (1, 1)


@pytest.mark.parametrize("label", ["bigin", "crm"])
def test_what_was_parted_stays_so_though_the_other_side_deletes_and_restores_the_product(
    stage: Stage, label: str
) -> None:
    ids, other = joined(stage), "crm" if label == "bigin" else "bigin"
    part(stage, label, *ids[label])
    org, (deal, product) = stage.world.org(other), ids[other]
    delete_record(org, org.modules["Products"], product, by=org.admin())
    stage.edit(label, DEALS[label], ids[label][0], Amount=7)
    touch(stage, other, deal)
    restore_record(org, product)
    touch(stage, other, deal)
    stage.clock.advance(6 * 3600)
    stage.sync()
    assert stage.joined(label) == 0
    assert stage.joined(other) == 1


def in_a_plan(stage: Stage) -> None:
    work(stage.room, stage.room.integration(), why="test", dry=True)


def in_a_run_that_dies(stage: Stage) -> None:
    with mock.patch.object(run, "associate", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        stage.sync()


@pytest.mark.parametrize("read", [in_a_plan, in_a_run_that_dies])
def test_what_was_joined_crosses_though_its_deal_was_read_by_a_run_that_carried_out_nothing(
    stage: Stage, read: Callable[[Stage], None]
) -> None:
    deal, rope = stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0]
    stage.sync()
    stage.join("crm", deal, rope)
    stage.edit("crm", "Deals", deal)
    read(stage)
    assert stage.joined("bigin") == 0
    stage.sync()
    assert stage.joined("bigin") == 1


def test_what_takes_the_place_of_a_deleted_twin_is_joined_as_that_was(stage: Stage) -> None:
    org, made = stage.world.bigin, list[str]()
    deal = stage.deals("crm", "Ship")[0]
    (rope,) = stage.world.crm.seed("Products", [PRODUCT])
    stage.join("crm", deal, rope)
    carry = stage.lines["bigin"].handle_request

    def entering(request: httpx.Request) -> httpx.Response:
        answer = carry(request)
        if request.method == "POST" and request.url.path.endswith("/Products") and not made:
            made.extend(org.seed("Products", [PRODUCT]))
        return answer

    with mock.patch.object(stage.lines["bigin"], "handle_request", entering):
        stage.sync()
    stage.sync()
    (held,) = conflicts.listing(stage.room)
    conflicts.resolve(stage.room, held.id, "same")
    stage.sync()
    copy = next(id for id in org.tables["Products"].rows if id not in made)
    delete_record(org, org.modules["Products"], copy, by=org.admin())
    stage.clock.advance(3600)
    stage.sync()
    assert made[0] in org.links.of("Pipelines", only(stage, "bigin", "Pipelines"), "Products")
