"""Stages: which step of a deal stands for which, with and without pipelines on the CRM's side."""

from dataclasses import replace
from typing import Any

import pytest

from bigin_sync.model.outcome import Cause
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, DEAL_SPEC
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.catalog import FieldPair, FieldType, Unknown
from bigin_sync.pairing.convert import RecordReader, RecordWriter
from bigin_sync.pairing.crossings import Carried, LeftOut
from bigin_sync.pairing.fields import FieldMeta, read_fields
from bigin_sync.pairing.mapping import with_what_stands_beside
from bigin_sync.pairing.mapping_check import validate
from bigin_sync.pairing.mapping_file import from_json, to_json
from bigin_sync.pairing.stages import (
    BETWEEN,
    joined,
    parted,
    stage_lines,
    stage_map,
    stages_of_pipelines,
    teams_of_pipelines,
)
from tests.unit.pairing.deals import carrier, layout, left_metas, mapping, right_metas
from tests.unit.pairing.orgs import Row, choices, field

AUDIT = {"id": "9", "Modified_Time": "2026-03-04T09:15:00+01:00"}
BOATS_WON, REFITS_WON = joined("Boats", "Won"), joined("refits", "Won")


def to_right(by: Carrier, value: str, *, present: Value = None) -> Value:
    crossing = by.carry("Stage", value, Side.LEFT, present=present)
    assert isinstance(crossing, Carried)
    return crossing.value


def to_left(by: Carrier, value: str, *, present: Value = None) -> Value:
    crossing = by.carry("Stage", value, Side.RIGHT, present=present)
    assert isinstance(crossing, Carried)
    return crossing.value


def test_a_stage_is_parted_as_it_was_joined() -> None:
    assert parted(joined("Boats", "Won")) == ("Boats", "Won")
    assert parted(joined(None, "Won")) == (None, "Won")


def test_a_deal_is_read_and_written_with_its_pipeline_and_its_stage_together() -> None:
    row = {**AUDIT, "Deal_Name": "Dinghy", "Sub_Pipeline": "Boats", "Stage": "Won"}
    reader = RecordReader(DEAL_SPEC, mapping(), side=Side.LEFT)
    assert reader.read(row).values["Stage"] == BOATS_WON
    assert {"Sub_Pipeline", "Stage"} <= set(reader.fields)
    writer = RecordWriter(DEAL_SPEC, mapping(), side=Side.LEFT)
    assert writer.write({"Stage": BOATS_WON}) == {"Sub_Pipeline": "Boats", "Stage": "Won"}
    assert writer.write({"Stage": "Won"}) == {"Stage": "Won"}


def test_a_side_without_pipelines_shows_the_stage_alone() -> None:
    row = {**AUDIT, "Deal_Name": "Dinghy", "Stage": "Won"}
    reader = RecordReader(DEAL_SPEC, mapping(), side=Side.RIGHT)
    assert reader.read(row).values["Stage"] == "Won"
    assert "Pipeline" not in reader.fields
    assert RecordWriter(DEAL_SPEC, mapping(), side=Side.RIGHT).write({"Stage": "Won"}) == {"Stage": "Won"}


def test_a_side_with_pipelines_is_proposed_with_them() -> None:
    writer = RecordWriter(DEAL_SPEC, mapping(pipelines=True), side=Side.RIGHT)
    assert writer.write({"Stage": BOATS_WON}) == {"Pipeline": "Boats", "Stage": "Won"}


def test_a_deal_without_a_stage_is_blank() -> None:
    reader = RecordReader(DEAL_SPEC, mapping(), side=Side.LEFT)
    assert reader.read({**AUDIT, "Sub_Pipeline": "Boats", "Stage": None}).values["Stage"] is None


@pytest.mark.parametrize(
    ("stage", "becomes"),
    [(BOATS_WON, "Won"), (REFITS_WON, "Won"), (joined("Boats", "Offer"), "Offer sent")],
)
def test_stages_of_equal_name_stand_for_each_other_stored_or_shown(stage: str, becomes: str) -> None:
    assert to_right(carrier(), stage) == becomes


def test_a_new_deal_goes_to_the_first_pipeline_that_has_the_stage() -> None:
    assert to_left(carrier(), "Won") == BOATS_WON


def test_a_deal_stays_in_its_pipeline_if_that_has_the_stage() -> None:
    assert to_left(carrier(), "Won", present=joined("refits", "Survey-Done")) == REFITS_WON
    assert to_left(carrier(), "Lost", present=joined("refits", "Survey-Done")) == joined("Boats", "Lost")


def test_a_deal_that_is_in_a_stage_standing_for_it_is_not_moved() -> None:
    assert to_left(carrier(), "Won", present=REFITS_WON) == REFITS_WON
    assert carrier().same("Stage", REFITS_WON, "Won")
    assert not carrier().same("Stage", REFITS_WON, "Lost")


def test_pipelines_of_equal_name_stand_for_each_other_too() -> None:
    both = carrier(pipelines=True)
    assert to_right(both, BOATS_WON, present=joined("Trailers", "Enquiry")) == BOATS_WON
    assert not both.same("Stage", BOATS_WON, joined("Trailers", "Won"))
    assert to_right(both, REFITS_WON, present=joined("Trailers", "Enquiry")) == joined("Trailers", "Won")
    assert to_right(both, REFITS_WON) == BOATS_WON, "the default pipeline"


def test_a_stage_without_counterpart_stops_the_deal_and_says_how_to_map_it() -> None:
    crossing = carrier().carry("Stage", joined("refits", "Survey-Done"), Side.LEFT)
    assert isinstance(crossing, LeftOut)
    assert crossing.cause is Cause.UNMAPPED
    assert "Survey-Done" in crossing.reason
    assert "stage map" in crossing.reason


def test_a_person_maps_a_stage_that_has_no_equal() -> None:
    by = carrier(value_map=(("Survey", "Haggling"),))
    assert to_right(by, joined("refits", "Survey-Done")) == "Haggling"
    assert to_left(by, "Haggling") == joined("refits", "Survey-Done")


def test_what_a_person_maps_does_not_take_a_stage_away_from_its_equal() -> None:
    by = carrier(value_map=(("Offer", "Haggling"),))
    assert to_right(by, joined("Boats", "Offer")) == "Offer sent"
    assert to_left(by, "Haggling") == joined("Boats", "Offer")
    assert to_right(by, joined("Boats", "Offer"), present="Haggling") == "Haggling", "it stands for it as well"


def test_equal_names_that_both_have_another_counterpart_are_parted() -> None:
    by = carrier(value_map=(("Enquiry", "Haggling"), ("Survey", "Enquiry")))
    assert to_right(by, joined("Boats", "Enquiry")) == "Haggling"
    assert to_right(by, joined("refits", "Survey-Done")) == "Enquiry"


def test_a_default_takes_stages_without_counterpart_where_a_person_wants_that() -> None:
    by = carrier(unknown=Unknown.DEFAULT, default_right="Enquiry")
    assert to_right(by, joined("refits", "Survey-Done")) == "Enquiry"


@pytest.mark.parametrize("default", ["Enquiry", "enquiry", joined("Boats", "Enquiry")])
def test_a_default_is_stored_as_the_org_stores_it_however_it_is_written(default: str) -> None:
    by = carrier(unknown=Unknown.DEFAULT, default_left=default)
    assert to_left(by, "Haggling") == joined("Boats", "Enquiry")
    assert RecordWriter(DEAL_SPEC, mapping(), side=Side.LEFT).write({"Stage": to_left(by, "Haggling")}) == {
        "Sub_Pipeline": "Boats",
        "Stage": "Enquiry",
    }


def test_a_default_that_the_org_does_not_have_blocks_the_mapping() -> None:
    facts: dict[str, Any] = {"unknown": Unknown.DEFAULT, "default_left": joined("Boats", "Nowhere")}
    found = validate(BIGIN_CRM, mapping(**facts), left=left_metas(), right=right_metas())
    assert [each.message for each in found if each.blocking] == [f"Bigin has no stage {joined('Boats', 'Nowhere')!r}."]
    crossing = carrier(**facts).carry("Stage", "Haggling", Side.RIGHT)
    assert isinstance(crossing, LeftOut)


def test_a_stage_that_no_metadata_knows_is_known_by_its_name() -> None:
    by = carrier()
    assert to_left(by, "won") == BOATS_WON
    assert isinstance(by.carry("Stage", "Elsewhere", Side.RIGHT), LeftOut)


def test_findings_name_the_stages_that_wait_and_those_that_do_not_exist() -> None:
    found = validate(BIGIN_CRM, mapping(value_map=(("Enquiry", "Nowhere"),)), left=left_metas(), right=right_metas())
    waiting = [each.message for each in found if not each.blocking]
    assert any("Survey-Done" in message for message in waiting)
    assert any("Haggling" in message for message in waiting)
    assert any("Nowhere" in message for message in waiting)
    assert not any(each.blocking for each in found)


def test_a_stage_that_the_org_does_not_list_can_be_mapped_from() -> None:
    by = carrier(value_map=(("Offer", "Handshake"),))
    assert to_left(by, "Handshake") == joined("Boats", "Offer")
    assert to_right(by, joined("Boats", "Offer")) == "Offer sent"


def test_the_stage_map_is_shown_stage_by_stage() -> None:
    (pair,) = [pair for pair in mapping(value_map=(("Survey", "Haggling"),)).pairs if pair.type is FieldType.STAGE]
    metas = {Side.LEFT: left_metas(), Side.RIGHT: right_metas()}
    lines = {line.stage: (line.becomes, line.by) for line in stage_lines(pair, metas, side=Side.LEFT)}
    assert lines[joined("Refits", "Survey")] == ("Haggling", "your map")
    assert lines[joined("Boats", "Offer")] == ("Offer", "same name")
    back = {line.stage: (line.becomes, line.by) for line in stage_lines(pair, metas, side=Side.RIGHT)}
    assert back["Won"] == (joined("Boats", "Won"), "same name")


def test_a_mapping_with_stages_is_stored_and_read_back_unchanged() -> None:
    whole = mapping(pipelines=True, value_map=(("Survey", "Haggling"),))
    assert from_json(to_json(whole)) == whole


@pytest.mark.parametrize("before", [True, False])
def test_pipelines_that_are_switched_on_or_off_later_are_kept_beside_the_stage_or_not(*, before: bool) -> None:
    changed = right_metas(pipelines=not before)
    now = with_what_stands_beside(mapping(pipelines=before), DEAL_SPEC, left=left_metas(), right=changed)
    assert now == mapping(pipelines=not before)


def both_sides(left: list[Row], right: list[str]) -> dict[Side, dict[str, FieldMeta]]:
    """A Bigin with these team pipelines, and a CRM with these pipelines, in which deals are won or lost."""
    stages = choices("Won", "Lost")
    names = [option for each in left for option in each["sections"][0]["fields"][0]["pick_list_values"]]
    sub_pipelines = [
        {"display_value": "Standard", "actual_value": one["actual_value"], "type": "used"} for one in names
    ]
    here = read_fields([field("Sub_Pipeline", "picklist", pick_list_values=sub_pipelines), field("Stage", "picklist")])
    there = read_fields([field("Pipeline", "picklist", pick_list_values=choices(*right)), field("Stage", "picklist")])
    kept = {"pipeline": "Sub_Pipeline", "stage": "Stage"}
    here["Sub_Pipeline"] = replace(
        here["Sub_Pipeline"], holds=stages_of_pipelines([], left, **kept), teams=teams_of_pipelines(left, **kept)
    )
    told: list[Row] = [{"actual_value": name, "maps": stages} for name in right]
    there["Pipeline"] = replace(
        there["Pipeline"], holds=stages_of_pipelines(told, [], pipeline="Pipeline", stage="Stage")
    )
    return {Side.LEFT: here, Side.RIGHT: there}


def team(name: str, *pipelines: str, stages: tuple[str, ...] = ("Won", "Lost")) -> Row:
    return {"name": name, **layout({one: choices(*stages) for one in pipelines}, choices(*stages))}


def path(*names: str) -> str:
    """Team pipeline, pipeline and stage as people read them."""
    return BETWEEN.join(names)


def pair_of(**facts: Any) -> FieldPair:  # noqa: ANN401 -- facts of the pair
    (pair,) = [each for each in mapping(pipelines=True, **facts).pairs if each.type is FieldType.STAGE]
    return pair


SALES_AND_REFITS = [team("Sales", "S1"), team("Refits", "R1", "R2")]
"""Two team pipelines, whose pipelines are all shown as "Standard"."""


def test_a_pipeline_called_like_a_team_pipeline_stands_for_what_is_in_it() -> None:
    metas = both_sides(SALES_AND_REFITS, ["Other", "Refits"])
    to_left = stage_map(pair_of(), metas, target_side=Side.LEFT)
    assert to_left.find(joined("Refits", "Won")) == joined("R1", "Won")
    assert to_left.find(joined("Refits", "Won"), present=joined("R2", "Lost")) == joined("R2", "Won")
    assert to_left.find(joined("Refits", "Won"), present=joined("S1", "Lost")) == joined("R1", "Won"), "it moves"
    to_right = stage_map(pair_of(), metas, target_side=Side.RIGHT)
    assert to_right.find(joined("R2", "Won")) == joined("Refits", "Won")
    assert to_right.find(joined("S1", "Won")) == joined("Other", "Won"), "nothing is called like it or its team"


def test_a_pipeline_of_its_own_name_goes_before_one_called_like_the_team_pipeline() -> None:
    metas = both_sides(SALES_AND_REFITS, ["Refits", "R2"])
    to_right = stage_map(pair_of(), metas, target_side=Side.RIGHT)
    assert to_right.find(joined("R2", "Won")) == joined("R2", "Won")
    assert to_right.find(joined("R1", "Won")) == joined("Refits", "Won")
    to_left = stage_map(pair_of(), metas, target_side=Side.LEFT)
    assert to_left.find(joined("Refits", "Won"), present=joined("R2", "Won")) == joined("R1", "Won")


def test_a_map_names_the_team_pipeline_where_the_pipeline_alone_is_ambiguous() -> None:
    metas = both_sides([team("Sales", "S1", stages=("Done",)), team("Refits", "R1", stages=("Done",))], ["Other"])
    alone = stage_map(pair_of(value_map=((joined("Standard", "Done"), "Won"),)), metas, target_side=Side.LEFT)
    assert alone.find(joined("Other", "Won")) == joined("S1", "Done"), "whichever comes first"
    named = pair_of(value_map=((path("Refits", "Standard", "Done"), "Won"),))
    assert stage_map(named, metas, target_side=Side.LEFT).find(joined("Other", "Won")) == joined("R1", "Done")
    to_right = stage_map(named, metas, target_side=Side.RIGHT)
    assert list(to_right.unknown()) == [joined("S1", "Done")]
    assert to_right.find(joined("R1", "Done")) == joined("Other", "Won")


def test_the_stage_map_shows_the_team_pipeline() -> None:
    metas = both_sides(SALES_AND_REFITS, ["Refits"])
    lines = {line.stage: line.becomes for line in stage_lines(pair_of(), metas, side=Side.LEFT)}
    assert set(lines) == {path(name, "Standard", stage) for name in ("Sales", "Refits") for stage in ("Won", "Lost")}
    back = {line.stage: line.becomes for line in stage_lines(pair_of(), metas, side=Side.RIGHT)}
    assert back[joined("Refits", "Won")] == path("Refits", "Standard", "Won")


def test_two_team_pipelines_with_a_pipeline_of_one_value_keep_the_stages_of_both() -> None:
    metas = both_sides(
        [team("Sales", "S1", stages=("Won", "Lost")), team("Refits", "S1", stages=("Survey", "Won"))], []
    )
    assert dict(metas[Side.LEFT]["Sub_Pipeline"].holds) == {"S1": ("Won", "Lost", "Survey")}
    lines = [line.stage for line in stage_lines(pair_of(), metas, side=Side.LEFT)]
    assert lines == [
        path("Sales, Refits", "Standard", "Won"),
        path("Sales", "Standard", "Lost"),
        path("Refits", "Standard", "Survey"),
    ]


def test_every_stage_is_meant_by_the_text_that_is_shown_for_it() -> None:
    metas = both_sides([team("Sales", "S1"), team("Refits", "S1")], ["Other"])
    towards = stage_map(pair_of(), metas, target_side=Side.LEFT)
    shown = [line.stage for line in stage_lines(pair_of(), metas, side=Side.LEFT)]
    assert shown[0] == path("Sales, Refits", "Standard", "Won")
    assert [towards.named(each) for each in shown] == [joined("S1", "Won"), joined("S1", "Lost")]


def test_a_layout_that_ties_no_stages_to_a_pipeline_gives_it_all_of_its_own() -> None:
    stages = choices("Enquiry", "Won")
    found = stages_of_pipelines([], [layout({"Boats": None}, stages)], pipeline="Sub_Pipeline", stage="Stage")
    assert found == (("Boats", ("Enquiry", "Won")),)
