"""A module's life after its first sync, against the emulator: pausing, disabling, taking it up again, brakes."""

import pytest

from bigin_sync.admin import modules, reconfigure, runs, status
from bigin_sync.admin.life import Verb
from bigin_sync.errors import ModuleNotReady, UnknownSetting, UnknownStrategy
from tests.contract.admin.stage import Stage

PUMP = {"Product_Name": "Pump", "Unit_Price": 100}


def products(stage: Stage) -> tuple[str, str]:
    """Contacts and products in sync, one product on both sides; ten minutes go by."""
    stage.ready()
    runs.sync(stage.room)
    modules.configure(stage.room, "pipelines")
    modules.activate(stage.room, "pipelines")
    (left,) = stage.make("bigin", "Products", PUMP)
    (right,) = stage.make("crm", "Products", PUMP)
    runs.sync(stage.room)
    stage.world.clock.advance(600)
    return left, right


def price(stage: Stage, left: str, right: str) -> tuple[object, object]:
    return tuple(stage.record(label, "Products", id)["Unit_Price"] for label, id in (("bigin", left), ("crm", right)))  # type: ignore[return-value]  # -- two of them


def edited_on_both_sides_while_disabled(stage: Stage) -> tuple[str, str]:
    """Both sides changed the price of the same product, CRM later; each made one of its own."""
    left, right = products(stage)
    modules.turn(stage.room, "pipelines", Verb.DISABLE)
    stage.edit("bigin", "Products", left, Unit_Price=110)
    stage.world.clock.advance(60)
    stage.edit("crm", "Products", right, Unit_Price=120)
    stage.make("bigin", "Products", {"Product_Name": "Valve"})
    stage.make("crm", "Products", {"Product_Name": "Hose"})
    stage.world.clock.advance(60)
    return left, right


def names(stage: Stage, label: str) -> set[str]:
    return {str(row.values["Product_Name"]) for row in stage.world.org(label).tables["Products"].rows.values()}


def test_other_modules_wait_for_the_first_sync_of_contacts(stage: Stage) -> None:
    stage.ready()
    for ask in (modules.configure, modules.activate):
        with pytest.raises(ModuleNotReady, match="has to wait for the first sync of Contacts & Companies"):
            ask(stage.room, "pipelines")
    modules.turn(stage.room, "contacts", Verb.PAUSE)
    with pytest.raises(ModuleNotReady, match="first sync of Contacts"):
        modules.configure(stage.room, "pipelines")
    modules.turn(stage.room, "contacts", Verb.RESUME)
    runs.sync(stage.room)
    modules.turn(stage.room, "contacts", Verb.PAUSE)
    assert modules.configure(stage.room, "pipelines").state == "configured"


def test_a_paused_module_is_neither_read_nor_written_and_goes_on_where_it_stood(stage: Stage) -> None:
    stage.ready()
    (left,) = stage.make("bigin", "Accounts", {"Account_Name": "Nordwind"})
    runs.sync(stage.room)
    stage.world.clock.advance(600)
    assert modules.turn(stage.room, "contacts", Verb.PAUSE).state == "paused"
    stage.edit("bigin", "Accounts", left, Phone="12")
    with pytest.raises(ModuleNotReady, match="module resume contacts"):
        runs.sync(stage.room)
    assert modules.turn(stage.room, "contacts", Verb.RESUME).state == "active"
    assert runs.sync(stage.room).writes == 1


def test_a_module_that_is_paused_in_its_first_sync_resumes_with_it(stage: Stage) -> None:
    stage.ready()
    modules.turn(stage.room, "contacts", Verb.PAUSE)
    assert modules.turn(stage.room, "contacts", Verb.RESUME).state == "first sync"
    assert runs.sync(stage.room).state == "done"


def test_a_disabled_module_rests_while_the_others_go_on(stage: Stage) -> None:
    left, right = products(stage)
    assert modules.turn(stage.room, "pipelines", Verb.DISABLE).state == "disabled"
    stage.edit("bigin", "Products", left, Unit_Price=110)
    stage.make("bigin", "Accounts", {"Account_Name": "Nordwind"})
    report = runs.sync(stage.room)
    assert (set(report.counts), report.writes) == ({"company", "contact"}, 1)
    assert price(stage, left, right) == (110, 100)


def test_contacts_can_not_be_disabled(stage: Stage) -> None:
    stage.ready()
    with pytest.raises(ModuleNotReady, match="All other modules stand on its records"):
        modules.turn(stage.room, "contacts", Verb.DISABLE)


@pytest.mark.parametrize(
    ("strategy", "prices"),
    [("latest", (120, 120)), ("crm", (120, 120)), ("bigin", (110, 110)), ("skip", (110, 120)), ("ask", (110, 120))],
)
def test_taking_a_module_up_again_settles_what_both_sides_changed_and_syncs_what_is_new(
    stage: Stage, strategy: str, prices: tuple[int, int]
) -> None:
    left, right = edited_on_both_sides_while_disabled(stage)
    reconfigure.take_up(stage.room, "pipelines", strategy=strategy)
    report = runs.sync(stage.room)
    assert price(stage, left, right) == prices
    assert names(stage, "bigin") == names(stage, "crm") == {"Pump", "Valve", "Hose"}
    assert report.clean is (strategy != "ask")
    stage.world.clock.advance(300)
    assert runs.sync(stage.room).writes == 0


def test_the_preview_of_taking_up_writes_nothing_and_leaves_the_module_disabled(stage: Stage) -> None:
    left, right = edited_on_both_sides_while_disabled(stage)
    report = reconfigure.preview(stage.room, "pipelines", strategy="bigin")
    assert (report.state, report.writes) == ("dry", 0)
    assert price(stage, left, right) == (110, 120)
    assert {line.name: line.state for line in modules.overview(stage.room)}["pipelines"] == "disabled"
    reconfigure.take_up(stage.room, "pipelines", strategy="crm")
    runs.sync(stage.room)
    assert price(stage, left, right) == (120, 120)


def test_the_strategy_of_taking_up_holds_for_one_run(stage: Stage) -> None:
    left, right = edited_on_both_sides_while_disabled(stage)
    reconfigure.take_up(stage.room, "pipelines", strategy="bigin")
    assert any("next run settles" in remark for line in modules.overview(stage.room) for remark in line.remarks)
    runs.sync(stage.room)
    assert not any(line.remarks for line in modules.overview(stage.room))
    stage.world.clock.advance(600)
    stage.edit("bigin", "Products", left, Unit_Price=130)
    stage.world.clock.advance(60)
    stage.edit("crm", "Products", right, Unit_Price=140)
    runs.sync(stage.room)
    assert price(stage, left, right) == (140, 140)


def test_a_module_that_is_not_disabled_is_not_taken_up(stage: Stage) -> None:
    products(stage)
    for ask in (reconfigure.preview, reconfigure.take_up):
        with pytest.raises(ModuleNotReady, match="not disabled"):
            ask(stage.room, "pipelines", strategy="crm")
    modules.turn(stage.room, "pipelines", Verb.DISABLE)
    with pytest.raises(UnknownStrategy, match="latest, crm, bigin"):
        reconfigure.preview(stage.room, "pipelines", strategy="newest")
    assert runs.sync(stage.room).state == "done"


def test_a_brake_stops_its_module_and_the_others_go_on_in_the_same_run(stage: Stage) -> None:
    products(stage)
    modules.edit(stage.room, "contacts", changes={"max_creates": "2"})
    stage.make("crm", "Accounts", *({"Account_Name": f"Company {number}"} for number in range(5)))
    stage.make("bigin", "Products", {"Product_Name": "Valve"})
    report = runs.sync(stage.room)
    assert (set(report.stopped), report.state, report.writes) == ({"contacts"}, "done", 1)
    assert "Valve" in names(stage, "crm")
    told = {line.name: line for line in modules.overview(stage.room)}
    assert (told["contacts"].state, told["pipelines"].state) == ("stopped", "active")
    assert any("would create 5 company" in trouble for trouble in told["contacts"].troubles)
    assert any("was stopped" in notice.text for notice in status.status(stage.room).notices)
    assert set(runs.sync(stage.room).counts) == {"product", "deal"}
    modules.turn(stage.room, "contacts", Verb.RELEASE)
    assert runs.sync(stage.room).writes == 5


@pytest.mark.parametrize("asked", [{"view": "All Tasks"}, {"mapping": {"task": {"remove": ["Priority"]}}}])
def test_modules_mapped_by_the_system_offer_neither_view_nor_mapping(stage: Stage, asked: dict[str, object]) -> None:
    stage.ready()
    runs.sync(stage.room)
    modules.configure(stage.room, "activities")
    for ask in (modules.configure, modules.edit):
        with pytest.raises(UnknownSetting, match="neither a list view nor a field mapping"):
            ask(stage.room, "activities", **asked)  # type: ignore[arg-type]  # -- names are the parameters'
