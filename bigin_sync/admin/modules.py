"""Modules: what can be synced, on what terms, and the first steps of a module's life.

available -> configured -> first sync -> active
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bigin_sync.admin.fields import worded
from bigin_sync.admin.mapping_document import read_document
from bigin_sync.admin.views import chosen_views
from bigin_sync.errors import InvalidMapping, ModuleNotReady
from bigin_sync.jobs.clients import opened
from bigin_sync.jobs.kinds import mapping_in_force, metas
from bigin_sync.jobs.refresh import missing_module, refresh
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import KindSpec, ModuleSpec
from bigin_sync.pairing.mapping import propose
from bigin_sync.pairing.mapping_check import validate
from bigin_sync.pairing.mapping_file import changed, to_json
from bigin_sync.store import inbox, links, renewal
from bigin_sync.store import modules as stored
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import State
from bigin_sync.store.modules import ModuleState

FIRST_SYNC_DONE = frozenset({ModuleState.ACTIVE, ModuleState.PAUSED, ModuleState.DISABLED})
BY = "command line"
ALL = "all records"


@dataclass(frozen=True, slots=True)
class KindLine:
    """The records of one kind, counted: pairs that are linked, and what was set aside."""

    kind: str
    plural: str
    linked: int
    waiting: int
    held: int
    problems: int
    skipped: int


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module as it stands. settings: as a person would type them; views: kind -> name of its list view."""

    name: str
    label: str
    state: str
    stopped_why: str | None
    revision: int | None
    last_run: datetime | None
    views: Mapping[str, str]
    settings: Mapping[str, str]
    kinds: tuple[KindLine, ...]
    findings: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One change of settings: when, by whom, what."""

    number: int
    at: datetime
    by: str
    what: str


def overview(room: Room) -> list[ModuleLine]:
    """All modules of the pairing."""
    iid = room.integration()
    with room.db.read() as session:
        return [_line(room, session, iid, spec) for spec in room.pairing.modules]


def details(room: Room, name: str) -> tuple[ModuleLine, list[RevisionLine]]:
    """One module, and every revision of its settings, newest first."""
    spec, iid = room.pairing.module(name), room.integration()
    with room.db.read() as session:
        revisions = stored.revisions(session, iid, module=spec.name)
        lines = [RevisionLine(each.number, each.at, each.by, each.what) for each in revisions]
        return _line(room, session, iid, spec), lines


def configure(
    room: Room,
    name: str,
    *,
    view: str | Sequence[str] | None = None,
    mapping: Path | Mapping[str, Any] | None = None,
    changes: Mapping[str, str] | None = None,
    by: str = BY,
) -> ModuleLine:
    """Set a module's terms; what is not given stays, or is proposed. Both orgs are asked for their fields and views.

    view: `NAME`, `ID` or `KIND=NAME` of list views of the right side (`KIND=all` for none). mapping: changes to the
    field mapping, as a file or as the document it would hold. changes: settings as a person types them. Raises
    `UnknownModule`, `UnknownView`, `UnknownSetting`, `UnknownStrategy`, `InvalidMapping`, `UnreadableFile` or
    `ModuleNotReady`.
    """
    spec, iid = room.pairing.module(name), room.connected()
    with room.db.read() as session:
        _must_be_its_turn(room, session, iid, spec)
        _must_offer(spec, view=view, mapping=mapping)
        before = stored.revision(session, iid, module=spec.name)
        module = stored.get(session, iid, name=spec.name)
    terms = (Terms() if before is None else Terms.stored(before.settings)).changed(changes or {}, pairing=room.pairing)
    document = read_document(mapping) if isinstance(mapping, Path) else mapping
    with opened(room, iid) as clients:
        facts = refresh(room, iid, clients)
    for kind, side in ((kind, side) for kind in room.pairing.kinds_of(spec.name) for side in facts):
        if kind.on(side).module not in facts[side].fields:
            raise missing_module(room, kind, side)
    typed = [view] if isinstance(view, str) else view or ()
    views = chosen_views(room, spec, typed=typed, known=facts[Side.RIGHT].views, now=terms.views)
    mappings, findings = _mappings(room, iid, spec, terms=terms, document=document)
    after = terms.model_copy(update={"views": views, "mappings": mappings})
    with room.db.write() as session:
        if before is None or after.to_json() != before.settings:
            what = _what(room, None if before is None else Terms.stored(before.settings), after, document)
            revision = stored.revise(session, iid, module=spec.name, by=by, what=what, settings=after.to_json())
            stored.point(session, iid, name=spec.name, revision_id=revision.id)
        for each in spec.kinds:
            renewal.renew_problems(session, iid, kind=each)
        if module is None or module.state is ModuleState.AVAILABLE:
            stored.set_state(session, iid, name=spec.name, state=ModuleState.CONFIGURED)
    with room.db.read() as session:
        return _line(room, session, iid, spec, findings=findings)


def activate(room: Room, name: str) -> ModuleLine:
    """Switch a configured module on: its next sync is the first one. Raises `ModuleNotReady`."""
    spec, iid = room.pairing.module(name), room.connected()
    with room.db.write() as session:
        _must_be_its_turn(room, session, iid, spec)
        module = stored.get(session, iid, name=spec.name)
        state = ModuleState.AVAILABLE if module is None else module.state
        if state is ModuleState.AVAILABLE:
            raise ModuleNotReady(
                f"{spec.label} is not configured yet.",
                why="What is synced, and who wins a conflict, has to be settled first.",
                hint=f"bigin-sync module configure {spec.name}",
            )
        if state is not ModuleState.CONFIGURED:
            raise ModuleNotReady(
                f"{spec.label} is switched on already ({state.value.replace('_', ' ')}).",
                why="Nothing was changed.",
                hint="bigin-sync sync carries over what has changed.",
            )
        stored.set_state(session, iid, name=spec.name, state=ModuleState.FIRST_SYNC)
    with room.db.read() as session:
        return _line(room, session, iid, spec)


def _must_offer(
    spec: ModuleSpec, *, view: str | Sequence[str] | None, mapping: Path | Mapping[str, Any] | None
) -> None:
    """Raises `ModuleNotReady` where a view or a mapping is given to a module that has neither."""
    if spec.needs_view or (not view and mapping is None):
        return
    what = "a field mapping of its own" if mapping is not None else "a list view"
    raise ModuleNotReady(
        f"{spec.label} can't be given {what}.",
        why="They go along with the records they belong to, and their fields are mapped by the system.",
        hint=f"bigin-sync module configure {spec.name}, without it; bigin-sync fields {spec.name} shows the mapping.",
    )


def _must_be_its_turn(room: Room, session: Session, iid: int, spec: ModuleSpec) -> None:
    for earlier in spec.after:
        module = stored.get(session, iid, name=earlier)
        if module is None or module.state not in FIRST_SYNC_DONE:
            label = room.pairing.module(earlier).label
            raise ModuleNotReady(
                f"{spec.label} has to wait for the first sync of {label}.",
                why="Its records belong to those of that module, and can't be written before them.",
                hint=f"Set up {earlier} first: bigin-sync module configure {earlier}",
            )


def _mappings(
    room: Room, iid: int, spec: ModuleSpec, *, terms: Terms, document: Mapping[str, Any] | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The mapping of every kind, with the person's changes, and what is lossy about it. Raises `InvalidMapping`."""
    kinds = room.pairing.kinds_of(spec.name)
    with room.db.read() as session:
        fields = {kind.kind: metas(session, iid, spec=kind) for kind in kinds}
    mappings: dict[str, Any] = {}
    findings: list[str] = []
    for kind in kinds:
        left, right = fields[kind.kind][Side.LEFT], fields[kind.kind][Side.RIGHT]
        mapping = mapping_in_force(room.pairing, kind, terms=terms, fields=fields[kind.kind])
        if document is not None:
            proposed = propose(room.pairing, kind.kind, left=left, right=right).mapping
            mapping = changed(room.pairing, proposed, document, left=left, right=right)
        found = validate(room.pairing, mapping, left=left, right=right)
        if blocking := [worded(kind, each) for each in found if each.blocking]:
            raise InvalidMapping(
                " ".join(blocking),
                why=f"{kind.on(Side.LEFT).plural} could not be written with this mapping, so nothing was changed.",
                hint=f"bigin-sync fields {spec.name} shows the fields of both orgs.",
            )
        findings += [worded(kind, each) for each in found]
        mappings[kind.kind] = to_json(mapping)
    return mappings, tuple(findings)


def _what(room: Room, before: Terms | None, after: Terms, document: Mapping[str, Any] | None) -> str:
    """A change of settings in words."""
    if before is None:
        return "configured"
    old, new = before.settings(room.pairing), after.settings(room.pairing)
    parts = [f"{name} {old[name]} -> {new[name]}" for name in new if old[name] != new[name]]
    if before.views != after.views:
        parts.append(f"views: {', '.join(f'{kind}: {view.name}' for kind, view in after.views.items()) or ALL}")
    if document is not None and before.mappings != after.mappings:
        parts.append("field mapping changed")
    return "; ".join(parts) or "fields of the orgs read again"


def _line(room: Room, session: Session, iid: int, spec: ModuleSpec, *, findings: Iterable[str] = ()) -> ModuleLine:
    module = stored.get(session, iid, name=spec.name)
    revision = stored.revision(session, iid, module=spec.name)
    terms = Terms() if revision is None else Terms.stored(revision.settings)
    linked = {count.kind: count.linked for count in links.count(session, iid)}
    aside = inbox.counts(session, iid)
    return ModuleLine(
        name=spec.name,
        label=spec.label,
        state=(ModuleState.AVAILABLE if module is None else module.state).value.replace("_", " "),
        stopped_why=None if module is None else module.stopped_why,
        revision=None if revision is None else revision.number,
        last_run=None if module is None else module.last_run_at,
        views={kind: terms.views[kind].name if kind in terms.views else ALL for kind in spec.kinds},
        settings=terms.settings(room.pairing),
        kinds=tuple(_kind_line(kind, linked, aside) for kind in room.pairing.kinds_of(spec.name)),
        findings=tuple(findings),
    )


def _kind_line(spec: KindSpec, linked: Mapping[Any, int], aside: Sequence[inbox.Count]) -> KindLine:
    def number(state: State) -> int:
        return sum(count.entries for count in aside if count.kind == spec.kind and count.state is state)

    return KindLine(
        kind=spec.kind,
        plural=spec.on(Side.LEFT).plural,
        linked=linked.get(spec.kind, 0),
        waiting=number(State.WAITING),
        held=number(State.HELD),
        problems=number(State.PROBLEM),
        skipped=number(State.SKIPPED),
    )
