"""What is deleted, restored or merged on one side: deletes never cross, and what comes back goes on as before."""

from bigin_sync.admin import modules, parted, runs, why
from bigin_sync.admin.modules import KindLine
from bigin_sync.emulator.deletions import restore_record
from bigin_sync.emulator.merges import merge
from tests.contract.admin.stage import Stage

ANA = {"First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@nordwind.example"}
BEN = {"First_Name": "Ben", "Last_Name": "Olsen", "Email": "ben@nordwind.example", "Title": "Buyer"}


def linked(stage: Stage) -> dict[str, tuple[str, str]]:
    """Ana and Ben on both sides, linked, and looked through for deletions once; twenty minutes go by."""
    stage.ready()
    ids = {label: stage.make(label, "Contacts", ANA, BEN) for label in ("bigin", "crm")}
    runs.sync(stage.room)
    later(stage)
    return {name: (ids["bigin"][number], ids["crm"][number]) for number, name in enumerate(("Ana", "Ben"))}


def later(stage: Stage) -> None:
    """Long enough for the next look at what was deleted."""
    stage.world.clock.advance(20 * 60)


def contacts(stage: Stage, label: str) -> int:
    return len(stage.world.org(label).tables["Contacts"].rows)


def delete(stage: Stage, label: str, id: str) -> None:
    """A person deletes a contact."""
    stage.call("DELETE", label, f"Contacts/{id}")


def test_a_deleted_record_stays_on_the_other_side_and_is_not_made_again(stage: Stage) -> None:
    left, right = linked(stage)["Ana"]
    delete(stage, "crm", right)
    report = runs.sync(stage.room)
    assert (report.counts["contact"].parted.total(), report.writes) == (1, 0)
    later(stage)
    stage.edit("bigin", "Contacts", left, Title="Head buyer")
    report = runs.sync(stage.room)
    assert (report.writes, contacts(stage, "bigin"), contacts(stage, "crm")) == (0, 2, 1)
    (line,) = [line for line in runs.writes(stage.room, report.run_id) if line.action == "skip"]
    assert (line.record, line.why, line.cause) == ("Ana Ruiz", "its counterpart was deleted", "counterpart_deleted")
    explanation = why.why(stage.room, "ana@nordwind.example").explanation
    assert explanation is not None
    assert "was deleted in Zoho CRM" in explanation.state


def test_what_is_parted_is_counted_and_listed_until_it_comes_back(stage: Stage) -> None:
    left, right = linked(stage)["Ana"]
    assert parted.listing(stage.room) == []
    delete(stage, "crm", right)
    found_by = runs.sync(stage.room).run_id
    (line,) = parted.listing(stage.room)
    assert (line.record, line.product, line.kept_in, line.for_good) == ("Ana Ruiz", "Zoho CRM", "Bigin", False)
    assert (line.left_id, line.right_id, line.found_at is not None) == (left, right, True)
    assert "recycle bin of Zoho CRM" in line.way_out
    assert parted.listing(stage.room, module="pipelines") == []
    assert [(each.linked, each.parted) for each in kinds(stage) if each.kind == "contact"] == [(1, 1)]
    assert [each.parted for each in runs.run(stage.room, found_by).modules] == [1]
    restore_record(stage.world.crm, right)
    later(stage)
    runs.sync(stage.room)
    assert parted.listing(stage.room) == []
    assert [(each.linked, each.parted) for each in kinds(stage) if each.kind == "contact"] == [(2, 0)]


def test_what_is_deleted_for_good_or_on_both_sides_is_said_to_be(stage: Stage) -> None:
    ids = linked(stage)
    delete(stage, "crm", ids["Ana"][1])
    for label, id in zip(("bigin", "crm"), ids["Ben"], strict=True):
        delete(stage, label, id)
    runs.sync(stage.room)
    stage.world.clock.advance(61 * 24 * 3600)
    runs.sync(stage.room)
    told = {
        line.record: (line.product, line.kept_in, line.for_good, line.way_out) for line in parted.listing(stage.room)
    }
    assert told == {
        "Ana Ruiz": ("Zoho CRM", "Bigin", True, "It can't be restored."),
        "Ben Olsen": ("Bigin and Zoho CRM", "", True, "It can't be restored."),
    }


def kinds(stage: Stage) -> list[KindLine]:
    """The kinds of the contacts module, counted."""
    return [kind for line in modules.overview(stage.room) if line.name == "contacts" for kind in line.kinds]


def restored(stage: Stage) -> tuple[str, str]:
    """Ana, deleted in CRM, edited in Bigin and restored in CRM: her ids in both."""
    left, right = linked(stage)["Ana"]
    delete(stage, "crm", right)
    runs.sync(stage.room)
    later(stage)
    stage.edit("bigin", "Contacts", left, Title="Head buyer")
    runs.sync(stage.room)
    restore_record(stage.world.crm, right)
    return left, right


def test_a_restored_record_goes_on_with_what_both_sides_changed_meanwhile(stage: Stage) -> None:
    left, right = restored(stage)
    stage.edit("crm", "Contacts", right, Phone="12")
    later(stage)
    runs.sync(stage.room)
    shown = [stage.record(label, "Contacts", id) for label, id in (("bigin", left), ("crm", right))]
    assert [(row["Title"], row["Phone"]) for row in shown] == [("Head buyer", "12")] * 2
    later(stage)
    assert runs.sync(stage.room).writes == 0


def test_a_record_that_comes_back_untouched_is_noticed_too(stage: Stage) -> None:
    _left, right = restored(stage)
    later(stage)
    runs.sync(stage.room)
    assert stage.record("crm", "Contacts", right)["Title"] == "Head buyer"


def test_of_two_records_merged_on_one_side_the_survivor_keeps_its_link_and_the_loser_is_parted(stage: Stage) -> None:
    ids = linked(stage)
    (ana_left, ana_right), (ben_left, ben_right) = ids["Ana"], ids["Ben"]
    crm = stage.world.crm
    merge(crm, crm.modules["Contacts"], ana_right, loser_ids=[ben_right], by=crm.admin())
    report = runs.sync(stage.room)
    assert report.counts["contact"].parted.total() == 1
    assert stage.record("bigin", "Contacts", ana_left)["Title"] == "Buyer"
    later(stage)
    stage.edit("bigin", "Contacts", ben_left, Title="Retired")
    stage.edit("bigin", "Contacts", ana_left, Phone="12")
    runs.sync(stage.room)
    shown = stage.record("crm", "Contacts", ana_right)
    assert (shown["Title"], shown["Phone"]) == ("Buyer", "12")
    assert (contacts(stage, "bigin"), contacts(stage, "crm")) == (2, 1)
    later(stage)
    assert runs.sync(stage.room).writes == 0


def test_people_of_a_company_that_was_merged_away_belong_to_the_survivor_on_both_sides(stage: Stage) -> None:
    stage.ready()
    north, south = stage.make("crm", "Accounts", {"Account_Name": "North"}, {"Account_Name": "South"})
    (ana,) = stage.make("crm", "Contacts", {**ANA, "Account_Name": {"id": south}})
    runs.sync(stage.room)
    later(stage)
    crm = stage.world.crm
    merge(crm, crm.modules["Accounts"], north, loser_ids=[south], by=crm.admin())
    later(stage)
    runs.sync(stage.room)
    stage.edit("crm", "Contacts", ana, Phone="12")
    runs.sync(stage.room)
    row = next(iter(stage.world.bigin.tables["Contacts"].rows.values()))
    company = stage.world.bigin.tables["Accounts"].rows[str(row.values["Account_Name"])]
    assert (company.values["Account_Name"], row.values["Phone"]) == ("North", "12")
