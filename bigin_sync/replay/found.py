"""How things really stand at a moment of a scenario, in the very shapes a scenario's file has for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bigin_sync.admin import conflicts, runs
from bigin_sync.model.kind import Kind
from bigin_sync.replay.stage import Stage
from bigin_sync.replay.state import NotSynced, OpenConflict, Overwritten
from bigin_sync.replay.told import Cell, Scalar
from bigin_sync.replay.worlds import shown
from bigin_sync.store import inbox
from bigin_sync.store.inbox import Entry
from bigin_sync.store.inbox import State as Standing
from bigin_sync.sync.fight import CAUSE

_ASIDE = (Standing.HELD, Standing.WAITING, Standing.SKIPPED, Standing.PROBLEM)
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """Both orgs and what the sync has to say about them. `overwritten` covers every run so far, oldest first."""

    records: dict[str, dict[str, list[dict[str, Cell]]]] = field(default_factory=dict)
    """Side label -> kind -> records."""
    not_synced: list[NotSynced] = field(default_factory=list)
    conflicts: list[OpenConflict] = field(default_factory=list)
    overwritten: list[Overwritten] = field(default_factory=list)


def look(stage: Stage) -> Found:
    """Everything there is now."""
    return Found(
        {label: shown(place) for label, place in stage.places.items()},
        list(_not_synced(stage)),
        list(_conflicts(stage)),
        list(_overwritten(stage)),
    )


def _not_synced(stage: Stage) -> Iterator[NotSynced]:
    room = stage.room
    with room.db.read() as session:
        iid = room.integration()
        for kind in room.pairing.parents_first():
            for entry in inbox.slice(session, iid, kind=Kind(kind), states=_ASIDE, limit=_MANY):
                if not _contested(entry):
                    yield NotSynced.model_validate(
                        {
                            "kind": kind,
                            "it": entry.record.label,
                            "in": room.pairing.label(entry.record.ref.side),
                            "state": entry.state.value,
                            "because": entry.why or "",
                        }
                    )


def _contested(entry: Entry) -> bool:
    """Whether the entry stands for a contested field, which is told as a conflict."""
    return entry.state is Standing.HELD and entry.link_id is not None and entry.cause != CAUSE


def _conflicts(stage: Stage) -> Iterator[OpenConflict]:
    for line in conflicts.listing(stage.room):
        if line.field is not None:
            values = {choice.answer: _scalar(choice.value) for choice in line.choices}
            yield OpenConflict(
                kind=line.kind, it=line.record, field=line.field, bigin=values["bigin"], crm=values["crm"]
            )


def _overwritten(stage: Stage) -> Iterator[Overwritten]:
    titles = {stage.room.pairing.title(place.side): label for label, place in stage.places.items()}
    for run in sorted(runs.history(stage.room), key=lambda each: each.id):
        if run.dry:
            continue
        for line in sorted(runs.writes(stage.room, run.id), key=lambda each: each.id):
            if not line.outcome.startswith("done"):
                continue
            for one in line.fields:
                if one.before not in (None, False):
                    yield Overwritten.model_validate(
                        {
                            "kind": line.kind,
                            "it": line.record,
                            "in": titles[line.product],
                            "field": one.field,
                            "was": _scalar(one.before),
                        }
                    )


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, (str, bool)) or value is None else str(value)
