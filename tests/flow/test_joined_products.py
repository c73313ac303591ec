"""What it costs to know which products a deal has, and what happens when joining them goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bigin_sync.admin import fields, modules, runs, why
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import DEAL
from bigin_sync.sync.associating import EVERY
from bigin_sync.sync.progress import Report
from tests.flow.two_orgs import LABELS, connect_both, opened

pytestmark = pytest.mark.usefixtures("each_database")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEALS = {"bigin": "Pipelines", "crm": "Deals"}
SUB = {"bigin": {"Sub_Pipeline": "Sales Pipeline Standard"}, "crm": {}}


class Line(httpx.BaseTransport):
    """A line to the emulator that notes every look at a related list. What is to be joined may get lost on it
    (`broken`), or the answer to that (`deaf`).
    """

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.looks: list[str] = []
        self.joins = 0
        self.broken = False
        self.deaf = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith(("/Products", *(f"/{module}" for module in DEALS.values()))) and path.count("/") == 5:
            if request.method == "GET":
                self.looks.append(path)
            elif self.broken:
                raise httpx.ReadTimeout("silence")
            else:
                self.joins += 1
                if self.deaf:
                    self._inner.handle_request(request)
                    raise httpx.ReadTimeout("silence")
        return self._inner.handle_request(request)


@dataclass
class Stage:
    """Two orgs, pipelines switched on and not synced yet."""

    world: World
    room: Room
    clock: ShiftedClock
    lines: dict[str, Line] = field(default_factory=dict)

    def sync(self) -> Report:
        """A minute goes by, and a run over everything."""
        self.clock.advance(60)
        return work(self.room, self.room.integration(), why="test")

    def looks(self) -> list[str]:
        """The looks at related lists since this was last asked."""
        found = [look for line in self.lines.values() for look in line.looks]
        for line in self.lines.values():
            line.looks.clear()
        return found

    def deals(self, label: str, *names: str) -> list[str]:
        """Deals of people."""
        rows = [{"Deal_Name": name, "Stage": "Qualification", "Amount": 5, **SUB[label]} for name in names]
        return list(self.world.org(label).seed(DEALS[label], rows))

    def products(self, label: str, *names: str) -> list[str]:
        """Products of people."""
        return list(self.world.org(label).seed("Products", [{"Product_Name": name} for name in names]))

    def join(self, label: str, deal: str, product: str) -> None:
        """A person joins a product with a deal."""
        self.world.org(label).links.join((DEALS[label], deal), ("Products", product), facts={})

    def edit(self, label: str, module: str, id: str, **values: object) -> None:
        """A minute later a person changes a record."""
        self.clock.advance(60)
        org = self.world.org(label)
        person = next(user for user in org.users if user != org.admin_id)
        org.tables[module].change(org.tables[module].rows[id], values, modified=org.now(), modified_by=person)

    def joined(self, label: str) -> int:
        """How many products the deals of a side have in all."""
        org = self.world.org(label)
        return sum(len(org.links.of(DEALS[label], id, "Products")) for id in org.tables[DEALS[label]].rows)


@contextmanager
def staged() -> Iterator[Stage]:
    clock = ShiftedClock(FixedClock(START))
    world = World.default(clock)
    lines = {label: Line(world) for label in LABELS}
    with opened(world, clock=clock, transports=lines) as room:
        connect_both(room)
        modules.configure(room, "contacts")
        modules.activate(room, "contacts")
        stage = Stage(world, room, clock, lines)
        stage.sync()
        modules.configure(room, "pipelines")
        modules.activate(room, "pipelines")
        yield stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as found:
        yield found


def test_a_first_sync_looks_from_the_end_with_fewer_records(stage: Stage) -> None:
    deals, (rope,) = stage.deals("crm", *(f"Deal {number}" for number in range(30))), stage.products("crm", "Rope")
    for deal in deals:
        stage.join("crm", deal, rope)
    stage.sync()
    assert stage.joined("bigin") == 30
    assert stage.looks() == [f"/crm/v8/Products/{rope}/Deals"]


def test_a_run_in_which_nothing_happened_looks_at_no_list(stage: Stage) -> None:
    stage.join("crm", stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0])
    stage.sync()
    stage.looks()
    stage.sync()
    assert stage.looks() == []


def test_a_deal_that_was_edited_is_looked_at_where_it_was(stage: Stage) -> None:
    deal, *_ = stage.deals("crm", "Ship", "Barge", "Raft")
    rope = stage.products("crm", "Rope")[0]
    stage.sync()
    stage.looks()
    stage.join("crm", deal, rope)
    stage.edit("crm", DEALS["crm"], deal, Amount=7)
    stage.sync()
    assert stage.looks() == [f"/crm/v8/Deals/{deal}/Products"]
    assert stage.joined("bigin") == 1


def test_a_deal_that_was_edited_on_both_sides_is_looked_at_on_both(stage: Stage) -> None:
    deal = stage.deals("crm", "Ship")[0]
    here, there = stage.products("crm", "Rope")[0], stage.products("bigin", "Sail")[0]
    stage.sync()
    stage.looks()
    (twin,) = stage.world.bigin.tables["Pipelines"].rows
    stage.join("crm", deal, here)
    stage.join("bigin", twin, there)
    stage.edit("crm", "Deals", deal, Amount=7)
    stage.edit("bigin", "Pipelines", twin, Description="Soon")
    stage.sync()
    assert sorted(look.split("/")[1] for look in stage.looks()) == ["bigin", "crm"]
    assert (stage.joined("bigin"), stage.joined("crm")) == (2, 2)


def test_a_product_that_was_edited_is_looked_at_where_it_was(stage: Stage) -> None:
    deal, rope = stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0]
    stage.sync()
    stage.looks()
    stage.join("crm", deal, rope)
    stage.edit("crm", "Products", rope, Description="Strong")
    stage.sync()
    assert stage.looks() == [f"/crm/v8/Products/{rope}/Deals"]
    assert stage.joined("bigin") == 1


def test_a_product_that_was_taken_away_comes_not_back_when_its_deal_is_edited(stage: Stage) -> None:
    deal, rope = stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0]
    stage.join("crm", deal, rope)
    stage.sync()
    (twin,) = stage.world.bigin.tables["Pipelines"].rows
    (line,) = stage.world.bigin.tables["Products"].rows
    stage.world.bigin.links.part(("Pipelines", twin), ("Products", line))
    for label, id in (("crm", deal), ("bigin", twin)):
        stage.edit(label, DEALS[label], id, Amount=7)
        stage.sync()
        stage.edit(label, DEALS[label], id, Amount=9)
        stage.sync()
    assert (stage.joined("bigin"), stage.joined("crm")) == (0, 1)


def test_a_new_deal_is_looked_at_only_where_it_comes_from(stage: Stage) -> None:
    stage.sync()
    stage.looks()
    stage.clock.advance(60)
    stage.join("crm", stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0])
    stage.sync()
    assert stage.joined("bigin") == 1
    assert [look for look in stage.looks() if "/Pipelines/" in look and look.endswith("/Products")] == []


def test_all_lists_are_looked_at_again_after_a_while(stage: Stage) -> None:
    deal, rope = stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0]
    stage.sync()
    stage.join("crm", deal, rope)
    stage.sync()
    assert stage.joined("bigin") == 0
    stage.clock.advance(EVERY / timedelta(seconds=1))
    stage.sync()
    assert stage.joined("bigin") == 1


def test_a_product_that_is_linked_later_brings_its_deals_along(stage: Stage) -> None:
    unfit = stage.products("crm", "R" * 5)[0]
    product = stage.world.bigin.modules["Products"].fields
    stage.join("crm", stage.deals("crm", "Ship")[0], unfit)
    product["Product_Code"] = replace(product["Product_Code"], system_mandatory=True)
    stage.world.bigin.changed_shape()
    stage.sync()
    assert stage.joined("bigin") == 0
    row = stage.world.crm.tables["Products"].rows[unfit]
    stage.clock.advance(60)
    stage.world.crm.tables["Products"].change(
        row, {"Product_Code": "R-1"}, modified=stage.world.now(), modified_by=stage.world.crm.admin_id
    )
    stage.sync()
    assert stage.joined("bigin") == 1


def test_an_association_whose_answer_was_lost_is_made_with_the_next_look(stage: Stage) -> None:
    stage.join("crm", stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0])
    stage.lines["bigin"].broken = True
    stage.sync()
    assert stage.joined("bigin") == 0
    stage.lines["bigin"].broken = False
    stage.clock.advance(EVERY / timedelta(seconds=1))
    assert stage.sync().counts[DEAL].joined == {Side.LEFT: 1}
    assert stage.joined("bigin") == 1


def test_an_association_whose_answer_was_lost_is_found_in_the_next_run_and_not_made_again(stage: Stage) -> None:
    deal, product = stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0]
    stage.join("crm", deal, product)
    stage.lines["bigin"].deaf = True
    assert stage.sync().counts[DEAL].joined.total() == 0
    stage.lines["bigin"].deaf = False
    assert (stage.joined("bigin"), stage.lines["bigin"].joins) == (1, 1)
    assert stage.sync().counts[DEAL].joined.total() == 0
    stage.world.crm.links.part(("Deals", deal), ("Products", product))
    stage.edit("crm", "Deals", deal, Amount=7)
    assert stage.sync().counts[DEAL].joined.total() == 0
    assert (stage.joined("crm"), stage.joined("bigin"), stage.lines["bigin"].joins) == (0, 1, 1)


def test_history_and_why_tell_what_was_joined(stage: Stage) -> None:
    stage.join("crm", stage.deals("crm", "Ship")[0], stage.products("crm", "Rope")[0])
    report = stage.sync()
    lines = [line for line in runs.writes(stage.room, report.run_id) if line.action == "associate"]
    assert [(line.record, line.why, line.outcome) for line in lines] == [
        ("Ship", "Rope belongs to it in Zoho CRM", "done")
    ]
    assert runs.run(stage.room, report.run_id).written == 3
    told = why.why(stage.room, "Ship").explanation
    assert told is not None
    assert "associate" in [line.action for line in told.lines]


def test_fields_say_what_of_the_products_does_not_cross(stage: Stage) -> None:
    (deal,) = [kind for kind in fields.mapping(stage.room, "pipelines") if kind.kind == DEAL]
    (products,) = deal.joined
    assert products.synced
    assert "removals never cross" in products.remark
    assert {line.product for line in deal.stages} == {"Bigin", "Zoho CRM"}
    assert [line.stage for line in deal.stages if line.becomes is None]
