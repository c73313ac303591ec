"""Kinds: one kind of one integration as a run or a person needs it: both orgs' fields, and the mapping in force."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import KindSpec, Pairing
from bigin_sync.pairing.fields import FieldMeta, read_fields
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.pairing.mapping import propose, with_what_stands_beside
from bigin_sync.pairing.mapping_file import from_json
from bigin_sync.pairing.stages import stages_of_pipelines, teams_of_pipelines
from bigin_sync.store import orgs
from bigin_sync.store.db import Session
from bigin_sync.sync.setup import Joins

WORDS = "words"
"""What an org's metadata keeps the words under by which its records name the modules of what they belong to."""

Metas = Mapping[Side, Mapping[str, FieldMeta]]
"""Side -> API name -> what the org says of the field."""


def metas(session: Session, iid: int, *, spec: KindSpec) -> dict[Side, dict[str, FieldMeta]]:
    """The fields of both orgs, as they were when the orgs were last asked; a side that was never asked has none."""
    found: dict[Side, dict[str, FieldMeta]] = {}
    for side in BOTH:
        told = orgs.all_metadata(session, iid, side=side, module=spec.on(side).module)
        found[side] = fields = read_fields(told.get("fields") or [], told.get("layouts") or [])
        _hold_stages(spec, fields, told, side=side)
        for name, words in (told.get(WORDS) or {}).items():
            if name in fields:
                fields[name] = replace(fields[name], says=tuple(words))
    return found


def _hold_stages(spec: KindSpec, fields: dict[str, FieldMeta], told: Mapping[str, Any], *, side: Side) -> None:
    """Give the fields of pipelines the stages that each pipeline holds."""
    for pair in spec.fields:
        beside = pair.beside(side)
        if beside is not None and beside in fields:
            layouts = told.get("layouts") or []
            pipelines, stage = told.get("pipelines") or [], pair.api(side)
            holds = stages_of_pipelines(pipelines, layouts, pipeline=beside, stage=stage)
            # An org that tells of its pipelines apart from layouts has no team pipelines.
            teams = () if pipelines else teams_of_pipelines(layouts, pipeline=beside, stage=stage)
            fields[beside] = replace(fields[beside], holds=holds, teams=teams)


def joins(session: Session, iid: int, *, pairing: Pairing, spec: KindSpec) -> tuple[Joins, ...]:
    """What both orgs join with records of a kind, with the names that they have for the lists of it.

    An org that was never asked is taken to use the usual names; an association that one of them lacks is left out.
    """
    found = []
    for one in spec.associates:
        other = pairing.kind(one.to)
        lists = {side: _listed(session, iid, spec, side, names=one.lists(side)) for side in BOTH}
        back = {side: _listed(session, iid, other, side, names=one.back(side)) for side in BOTH}
        there, thence = _all_named(lists), _all_named(back)
        if there is not None and thence is not None:
            found.append(Joins(one.to, there, thence))
    return tuple(found)


def _listed(session: Session, iid: int, spec: KindSpec, side: Side, *, names: tuple[str, ...]) -> str | None:
    rows = orgs.metadata(session, iid, side=side, module=spec.on(side).module, what="related_lists")
    if not rows:
        return names[0]
    known = {row.get("api_name") for row in rows}
    return next((name for name in names if name in known), None)


def _all_named(found: Mapping[Side, str | None]) -> dict[Side, str] | None:
    named = {side: name for side, name in found.items() if name is not None}
    return named if len(named) == len(found) else None


def mapping_in_force(pairing: Pairing, spec: KindSpec, *, terms: Terms, fields: Metas) -> FieldMapping:
    """The mapping a module's settings hold; before it was configured, the one that would be proposed.

    Pipelines that an org has switched on or off since then are read and written, or not, beside the stage.
    """
    stored = terms.mappings.get(spec.kind)
    if stored is not None:
        return with_what_stands_beside(from_json(stored), spec, left=fields[Side.LEFT], right=fields[Side.RIGHT])
    return propose(pairing, spec.kind, left=fields[Side.LEFT], right=fields[Side.RIGHT]).mapping
