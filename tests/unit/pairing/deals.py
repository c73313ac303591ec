"""Deals of two invented orgs: a Bigin with two team pipelines, and a CRM with or without pipelines."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, DEAL, DEAL_SPEC
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.fields import FieldMeta, read_fields
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.pairing.mapping import propose
from bigin_sync.pairing.owners import pair_users
from bigin_sync.pairing.stages import stages_of_pipelines
from tests.unit.pairing.orgs import OWNER, Row, choices, field

LEFT_DEALS: list[Row] = [
    OWNER,
    field("Deal_Name", length=120, system_mandatory=True),
    field("Sub_Pipeline", "picklist", system_mandatory=True, pick_list_values=choices("Boats", ("Refits", "refits"))),
    field(
        "Stage",
        "picklist",
        system_mandatory=True,
        pick_list_values=choices("Enquiry", "Offer", ("Survey", "Survey-Done"), "Won", "Lost"),
    ),
    field("Pipeline", "bigint"),
    field("Amount", "currency", decimal_place=2, length=16),
]
RIGHT_STAGES = choices("Enquiry", ("Offer", "Offer sent"), "Haggling", "Won", "Lost")
RIGHT_DEALS: list[Row] = [
    OWNER,
    field("Deal_Name", length=120, system_mandatory=True),
    field("Stage", "picklist", system_mandatory=True, pick_list_values=RIGHT_STAGES),
    field("Amount", "currency", decimal_place=2, length=16),
]
RIGHT_PIPELINE = field("Pipeline", "picklist", system_mandatory=True, pick_list_values=choices("Boats", "Trailers"))
RIGHT_PIPELINES: list[Row] = [
    {"actual_value": "Trailers", "default": False, "maps": choices("Enquiry", "Won")},
    {"actual_value": "Boats", "default": True, "maps": RIGHT_STAGES},
]


def layout(pipelines: Mapping[str, list[Row] | None], stages: list[Row]) -> Row:
    """A row of `settings/layouts`; a pipeline whose stages are None says nothing of them."""
    options = [
        {"actual_value": name, "maps": [] if own is None else [{"api_name": "Stage", "pick_list_values": own}]}
        for name, own in pipelines.items()
    ]
    fields = [
        {"api_name": "Sub_Pipeline", "pick_list_values": options},
        {"api_name": "Stage", "pick_list_values": stages},
    ]
    return {"sections": [{"fields": fields}]}


LEFT_LAYOUTS = [
    layout({"Boats": choices("Enquiry", "Offer", "Won", "Lost")}, choices("Enquiry", "Offer", "Won", "Lost")),
    layout({"refits": choices("Survey-Done", "Won")}, choices("Survey-Done", "Won")),
]


def left_metas() -> dict[str, FieldMeta]:
    """The fields of the Bigin org, its sub-pipelines with their stages."""
    found = read_fields(LEFT_DEALS)
    holds = stages_of_pipelines([], LEFT_LAYOUTS, pipeline="Sub_Pipeline", stage="Stage")
    return {**found, "Sub_Pipeline": replace(found["Sub_Pipeline"], holds=holds)}


def right_metas(*, pipelines: bool = False) -> dict[str, FieldMeta]:
    """The fields of the CRM org."""
    if not pipelines:
        return read_fields(RIGHT_DEALS)
    found = read_fields([*RIGHT_DEALS, RIGHT_PIPELINE])
    holds = stages_of_pipelines(RIGHT_PIPELINES, [], pipeline="Pipeline", stage="Stage")
    return {**found, "Pipeline": replace(found["Pipeline"], holds=holds)}


def mapping(*, pipelines: bool = False, **stage: Any) -> FieldMapping:  # noqa: ANN401 -- facts of the pair
    """The proposed mapping; stage: what its stage pair says otherwise."""
    found = propose(BIGIN_CRM, DEAL, left=left_metas(), right=right_metas(pipelines=pipelines)).mapping
    return FieldMapping(DEAL, tuple(replace(pair, **stage) if pair.name == "Stage" else pair for pair in found.pairs))


def carrier(*, pipelines: bool = False, **stage: Any) -> Carrier:  # noqa: ANN401 -- facts of the pair
    """A carrier of deals between the two orgs."""
    return Carrier(
        BIGIN_CRM,
        mapping(pipelines=pipelines, **stage),
        left=left_metas(),
        right=right_metas(pipelines=pipelines),
        owners=pair_users([], [], fallbacks={Side.LEFT: "1", Side.RIGHT: "2"}),
        translate=lambda *_: None,
    )


__all__ = ["DEAL_SPEC", "carrier", "layout", "left_metas", "mapping", "right_metas"]
