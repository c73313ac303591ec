"""Stages: which step of a deal on one side stands for which on the other, pipelines included.

A stage is told by two wire fields on a side that has pipelines, and by one on a side that has not. Inside it is one
text (`joined`), so that the two are compared, carried and written together.

Sources: Bigin v2 "Pipelines" (`Sub_Pipeline` and `Stage`, both mandatory; a layout is a team pipeline), Zoho CRM v8
"Get pipelines" (`Pipeline` only where pipelines are switched on; each has its own stages).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import FieldPair
from bigin_sync.pairing.fields import FieldMeta, Option

BETWEEN = " › "  # noqa: RUF001 -- the very sign that people read


def joined(pipeline: str | None, stage: str) -> str:
    """The one text for a stage in a pipeline; `None`: the side has no pipelines, or this deal is in none."""
    return stage if pipeline is None else f"{pipeline}{BETWEEN}{stage}"


def parted(text: str) -> tuple[str | None, str]:
    """Pipeline and stage of such a text."""
    before, found, after = text.partition(BETWEEN)
    return (before, after) if found else (None, text)


def stages_of_pipelines(
    pipelines: Sequence[Mapping[str, Any]], layouts: Sequence[Mapping[str, Any]], *, pipeline: str, stage: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Stored value of each pipeline -> the stored values of its stages, the default pipeline first.

    pipelines: rows of `settings/pipeline`, where the product has that. layouts: rows of `settings/layouts`, in which a
    pipeline's option says under `maps` which stages go with it; where it says nothing, those of the layout do.
    pipeline, stage: API names of the two fields.
    """
    told = sorted(pipelines, key=lambda row: row.get("default") is not True)
    found = {str(row["actual_value"]): _stored(row.get("maps")) for row in told if row.get("actual_value")}
    known = frozenset(found)
    for _team, name, own in teams_of_pipelines(layouts, pipeline=pipeline, stage=stage):
        if name not in known:
            found[name] = tuple(dict.fromkeys([*found.get(name, ()), *own]))
    return tuple(found.items())


def teams_of_pipelines(
    layouts: Sequence[Mapping[str, Any]], *, pipeline: str, stage: str
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Name of each layout (a team pipeline), stored value of a pipeline in it, and the stages which that has there.

    Two of them may have a pipeline of the same name, each with stages of its own.
    """
    found = []
    for layout in layouts:
        fields = {row.get("api_name"): row for section in layout.get("sections") or () for row in section["fields"]}
        options = (fields.get(pipeline) or {}).get("pick_list_values") or ()
        all_here = _stored((fields.get(stage) or {}).get("pick_list_values"))
        for option in options:
            maps = [one for one in option.get("maps") or () if one.get("api_name") == stage]
            own = _stored(maps[0].get("pick_list_values")) if maps else all_here
            if option.get("actual_value") and own:
                team = layout.get("display_label") or layout.get("name") or ""
                found.append((str(team), str(option["actual_value"]), own))
    return tuple(found)


def _stored(rows: object) -> tuple[str, ...]:
    known = rows if isinstance(rows, list) else []
    return tuple(str(row["actual_value"]) for row in known if isinstance(row, Mapping) and row.get("actual_value"))


@dataclass(frozen=True, slots=True)
class _Step:
    """One stage of one side: as it is stored and as people read it, and the words it may be meant by, in lower case.

    teams: the team pipelines that have it in a pipeline of this name.
    """

    stored: str
    shown: str
    teams: frozenset[str]
    pipeline: frozenset[str]
    stage: frozenset[str]

    def meant_by(self, text: str) -> bool:
        """Whether a text names it: the stage alone, with its pipeline, or with the team pipelines before that."""
        said = text.casefold()
        if said in self.stage or said == self.shown.casefold():
            return True
        ends = [joined(pipeline, stage) for pipeline in self.pipeline for stage in self.stage]
        return said in ends or said in [joined(team, end) for team in self.teams for end in ends]


def _words(*names: str | None) -> frozenset[str]:
    return frozenset(name.casefold() for name in names if name)


def _of_text(stored: str) -> _Step:
    """A stage that no metadata knows, from the one text alone."""
    pipeline, stage = parted(stored)
    return _Step(stored, stored, frozenset(), _words(pipeline), _words(stage))


def _steps(pair: FieldPair, metas: Mapping[str, FieldMeta], *, side: Side) -> tuple[_Step, ...]:
    """Every stage a deal of this side can be in, the default pipeline's first."""
    stage = metas.get(pair.api(side))
    if stage is None:
        return ()
    beside = pair.beside(side)
    pipelines = metas.get(beside) if beside is not None else None
    if pipelines is None:
        return tuple(_Step(one.stored, one.shown, frozenset(), frozenset(), _both(one)) for one in stage.options)
    own = dict(pipelines.holds) or dict.fromkeys(
        (option.stored for option in pipelines.options), tuple(option.stored for option in stage.options)
    )
    names = {option.stored: option for option in pipelines.options}
    labels = {option.stored: option for option in stage.options}
    return tuple(
        _in_pipeline(names.get(pipeline, Option(pipeline, pipeline)), labels.get(one, Option(one, one)), pipelines)
        for pipeline, stages in own.items()
        for one in stages
    )


def _in_pipeline(pipeline: Option, stage: Option, pipelines: FieldMeta) -> _Step:
    teams = [team for team, name, own in pipelines.teams if team and name == pipeline.stored and stage.stored in own]
    shown = joined(pipeline.shown, stage.shown)
    return _Step(
        joined(pipeline.stored, stage.stored),
        joined(", ".join(teams), shown) if teams else shown,
        _words(*teams),
        _both(pipeline),
        _both(stage),
    )


def _both(option: Option) -> frozenset[str]:
    return _words(option.shown, option.stored)


class StageMap:
    """The stages of two orgs beside each other, one way. Build it once; it remembers what it was asked.

    Stages of equal name stand for each other (stored or shown, in any case), whatever pipelines they are in. A person's
    map adds to that: each entry names two stages that stand for each other as well, with or without their pipelines;
    two equal names stop meaning each other once both have been given another counterpart.
    """

    def __init__(self, pair: FieldPair, source: Sequence[_Step], target: Sequence[_Step], *, target_side: Side) -> None:
        self._source = {step.stored: step for step in source}
        self._source_pipelines = frozenset(name for step in source for name in step.pipeline)
        self._target = target
        turned = target_side is Side.LEFT
        self._entries = [(right, left) if turned else (left, right) for left, right in pair.value_map]
        self._known: dict[str, tuple[_Step, ...]] = {}

    def find(self, value: str, *, present: str | None = None) -> str | None:
        """The stage of the target that stands for a stage of the source; None if there is none.

        Where several do: in the pipeline of the same name, else in one that is called like the other's team pipeline;
        among these, or all if there are none, in the one the deal is in now (`present`, the target's own value), else
        in the first.
        """
        steps = self.candidates(value)
        if not steps:
            return None
        near = self._in_same_pipeline(value, steps)
        if any(step.stored == present for step in near):
            return present
        now = parted(present)[0] if present is not None else None
        staying = [step for step in near if now is not None and now.casefold() in step.pipeline]
        return (staying or near)[0].stored

    def candidates(self, value: str) -> tuple["_Step", ...]:
        """All stages of the target that stand for a stage of the source: those of equal name first."""
        if value not in self._known:
            self._known[value] = tuple(self._candidates(value))
        return self._known[value]

    def _candidates(self, value: str) -> Iterator[_Step]:
        source = self._of(value)
        mapped = [target for meant, target in self._entries if source.meant_by(meant)]
        elsewhere = [step for step in self._target if any(step.meant_by(target) for target in mapped)]
        for step in self._target:
            if step.stage & source.stage and not (elsewhere and self._mapped_to_others(step, source)):
                yield step
        for step in elsewhere:
            if not step.stage & source.stage:
                yield step

    def _mapped_to_others(self, step: _Step, source: _Step) -> bool:
        meanings = [meant for meant, target in self._entries if step.meant_by(target)]
        return bool(meanings) and not any(source.meant_by(meant) for meant in meanings)

    def _in_same_pipeline(self, value: str, steps: Sequence[_Step]) -> Sequence[_Step]:
        source = self._of(value)
        alike = [step for step in steps if step.pipeline & source.pipeline]
        return alike or [step for step in steps if self._of_one_team(step, source)] or steps

    def _of_one_team(self, step: _Step, source: _Step) -> bool:
        """Whether the pipeline of one is called like the team pipeline of the other; not where one of its own name is
        its counterpart already.
        """
        if step.pipeline & self._source_pipelines:
            return False
        return bool(step.teams & source.pipeline or step.pipeline & source.teams)

    def _of(self, value: str) -> _Step:
        return self._source.get(value) or _of_text(value)

    def unknown(self) -> Iterable[str]:
        """The stages of the source that nothing on the target stands for."""
        return [value for value in self._source if not self.candidates(value)]

    def named(self, text: str) -> str | None:
        """The stage of the target that a text names, as it is stored: the first of those that are meant by it."""
        return next((step.stored for step in self._target if step.meant_by(text)), None)

    def names_nothing(self) -> Iterable[str]:
        """What the person's map says of the target without any stage there being meant by it."""
        named = dict.fromkeys(target for _, target in self._entries)
        return [text for text in named if self.named(text) is None]


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of a side, and what a deal in it becomes on the other; `becomes` None: it has no counterpart there."""

    side: Side
    stage: str
    becomes: str | None
    by: str


def stage_map(pair: FieldPair, metas: Mapping[Side, Mapping[str, FieldMeta]], *, target_side: Side) -> StageMap:
    """The map of a stage pair towards one side, as these two orgs have it."""
    source = _steps(pair, metas[target_side.other], side=target_side.other)
    target = _steps(pair, metas[target_side], side=target_side)
    return StageMap(pair, source, target, target_side=target_side)


def stage_lines(pair: FieldPair, metas: Mapping[Side, Mapping[str, FieldMeta]], *, side: Side) -> Iterator[StageLine]:
    """The stage map as people read it: every stage of a side, with the one a new deal in it would get."""
    towards = stage_map(pair, metas, target_side=side.other)
    there = {step.stored: step for step in _steps(pair, metas[side.other], side=side.other)}
    for step in _steps(pair, metas[side], side=side):
        stored = towards.find(step.stored)
        found = None if stored is None else there[stored]
        by = "" if found is None else "same name" if found.stage & step.stage else "your map"
        yield StageLine(side, step.shown, None if found is None else found.shown, by)
