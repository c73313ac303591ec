"""Which stage belongs to which pipeline, and what follows from a stage."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bigin_sync.emulator.metadata import LayoutDef, ModuleDef, PipelineDef
from bigin_sync.emulator.replies import ItemError
from bigin_sync.emulator.table import Row, Values
from bigin_sync.emulator.validate import Place, id_in

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org


def settle_stage(
    org: "Org", module: ModuleDef, values: Values, *, sent: Mapping[str, object], row: Row | None, place: Place
) -> None:
    """A deal's stage must belong to its pipeline, the pipeline to its layout; a stage brings its probability.

    Raises `ItemError` DEPENDENT_MISMATCH or MAPPING_MISMATCH. An org without pipelines takes any text as a stage, as
    a real one was seen to do; an unknown stage then leaves the probability as it is.
    """
    if not module.stages:
        return
    key = next((name for name in ("Sub_Pipeline", "Pipeline") if _is_choice(module, name)), None)
    if key is not None and (key in values or "Stage" in values):
        _check(org, module, values, key=key, sent=sent, row=row, place=place)
    if "Stage" in values and "Probability" in module.fields and values.get("Probability") is None:
        stage = next((one for one in module.stages if one.actual == values["Stage"]), None)
        if stage is not None:
            values["Probability"] = stage.probability


def _is_choice(module: ModuleDef, name: str) -> bool:
    return name in module.fields and module.fields[name].data_type == "picklist"


def _check(
    org: "Org",
    module: ModuleDef,
    values: Values,
    *,
    key: str,
    sent: Mapping[str, object],
    row: Row | None,
    place: Place,
) -> None:
    name = values.get(key, row.values.get(key) if row is not None else None)
    stage = values.get("Stage", row.values.get("Stage") if row is not None else None)
    layout, pipeline = _found(module, name)
    if pipeline is None or layout is None:
        raise _no_such_pipeline(key, place)
    asked = id_in(sent.get("Pipeline")) if key == "Sub_Pipeline" else None
    asked = asked or id_in(sent.get("Layout"))
    if asked is not None and asked != layout.id:
        raise _no_such_pipeline(key, place)
    if stage not in pipeline.stages:
        message = "Pipeline doesn't contain the Stage"
        raise _mismatch("DEPENDENT_MISMATCH", message, api_name="Stage", on=key, place=place)
    if org.product == "bigin":
        values["Pipeline"] = layout.id


def _found(module: ModuleDef, name: object) -> tuple[LayoutDef | None, PipelineDef | None]:
    for layout in module.layouts:
        for pipeline in layout.pipelines:
            if name == pipeline.actual:
                return layout, pipeline
    return None, None


def _no_such_pipeline(key: str, place: Place) -> ItemError:
    return _mismatch("MAPPING_MISMATCH", "Layout doesn't contain the Pipeline", api_name=key, on="Layout", place=place)


def _mismatch(code: str, message: str, *, api_name: str, on: str, place: Place) -> ItemError:
    details = {
        "dependee": {"api_name": on, "json_path": place.path(on)},
        "api_name": api_name,
        "json_path": place.path(api_name),
    }
    return ItemError(code, message, details=details)
