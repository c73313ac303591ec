"""Modules: what can be synced, on what terms, and every step of a module's life."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bigin_sync.admin import life
from bigin_sync.admin.fields import worded
from bigin_sync.admin.life import Place, Verb
from bigin_sync.admin.mapping_document import read_document
from bigin_sync.admin.module_lines import ALL, KindLine, ModuleLine, RevisionLine, line
from bigin_sync.admin.views import chosen_views, known_views
from bigin_sync.errors import InvalidMapping, ModuleNotReady, UnknownSetting, UnknownView
from bigin_sync.jobs import drift
from bigin_sync.jobs.clients import opened
from bigin_sync.jobs.kinds import mapping_in_force, metas
from bigin_sync.jobs.owed import Owed, owe, owed_by
from bigin_sync.jobs.refresh import just_read, missing_module, refresh
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import Side
from bigin_sync.pairing import drift as drifting
from bigin_sync.pairing.catalog import KindSpec, ModuleSpec
from bigin_sync.pairing.mapping import propose
from bigin_sync.pairing.mapping_check import validate
from bigin_sync.pairing.mapping_file import changed, to_json
from bigin_sync.store import modules as stored
from bigin_sync.store.db import Session
from bigin_sync.store.modules import ModuleState, StoppedBy

__all__ = ["ALL", "KindLine", "ModuleLine", "RevisionLine"]

BY = "command line"


def overview(room: Room) -> list[ModuleLine]:
    """All modules of the pairing."""
    iid = room.integration()
    with room.db.read() as session:
        return [line(room, session, iid, spec) for spec in room.pairing.modules]


def details(room: Room, name: str) -> tuple[ModuleLine, list[RevisionLine]]:
    """One module, and every revision of its settings, newest first."""
    spec, iid = room.pairing.module(name), room.integration()
    with room.db.read() as session:
        revisions = stored.revisions(session, iid, module=spec.name)
        lines = [RevisionLine(each.number, each.at, each.by, each.what) for each in revisions]
        return line(room, session, iid, spec), lines


def configure(
    room: Room,
    name: str,
    *,
    view: str | Sequence[str] | None = None,
    mapping: Path | Mapping[str, Any] | None = None,
    changes: Mapping[str, str] | None = None,
    by: str = BY,
    verb: Verb = Verb.CONFIGURE,
) -> ModuleLine:
    """Set a module's terms; what is not given stays, or is proposed.

    Both orgs are asked for their fields and views, unless they have told just now. Nothing is refused for want of a
    field or view before they were asked.

    view: `NAME`, `ID` or `KIND=NAME` of list views of the right side (`KIND=all` for none). mapping: changes to the
    field mapping, as a file or as the document it would hold. changes: settings as a person types them. Raises
    `UnknownModule`, `UnknownView`, `UnknownSetting`, `UnknownStrategy`, `InvalidMapping`, `UnreadableFile` or
    `ModuleNotReady`.
    """
    spec, iid = room.pairing.module(name), room.connected()
    with room.db.read() as session:
        _must_be_its_turn(room, session, iid, spec)
        life.moved(spec, _place(session, iid, spec), verb)
        revision = stored.revision(session, iid, module=spec.name)
    if not spec.needs_view and (view or mapping is not None):
        raise UnknownSetting(
            f"{spec.label} has neither a list view nor a field mapping to choose.",
            why="Its records follow the records they belong to, and its fields are mapped by the system.",
            hint=f"bigin-sync fields {spec.name} shows how.",
        )
    before = None if revision is None else Terms.stored(revision.settings)
    terms = (before or Terms()).changed(changes or {}, pairing=room.pairing)
    document = read_document(mapping) if isinstance(mapping, Path) else mapping
    typed = [view] if isinstance(view, str) else view or ()
    known = before is None and just_read(room, iid, module=spec.name)
    after, findings = _fitted(room, iid, spec, terms=terms, typed=typed, document=document, known=known)
    what = "configured" if before is None else _what(room, before, after)
    with room.db.write(iid) as session:
        place = life.moved(spec, _place(session, iid, spec), verb)
        put_terms(session, iid, spec, before=before, after=after, what=what, by=by)
        if verb is Verb.EDIT:
            again = frozenset(after.views)
            owe(session, iid, module=spec.name, what=Owed(ask=again, retry=frozenset(spec.kinds)))
        if place.state is ModuleState.CONFIGURED:
            stored.set_state(session, iid, name=spec.name, state=place.state)
        drift.look(room, session, iid, module=spec.name)
    with room.db.read() as session:
        return line(room, session, iid, spec, findings=findings)


def edit(
    room: Room,
    name: str,
    *,
    view: str | Sequence[str] | None = None,
    mapping: Path | Mapping[str, Any] | None = None,
    changes: Mapping[str, str] | None = None,
    by: str = BY,
) -> ModuleLine:
    """Change a module's terms, as `configure` does, and look again at all that was left out under the old ones.

    Its next run asks the list views anew (their criteria may have changed) and tries problems again; it reads every
    record for a field that is mapped now. Nothing that was linked is undone.
    """
    return configure(room, name, view=view, mapping=mapping, changes=changes, by=by, verb=Verb.EDIT)


def activate(room: Room, name: str, *, since: str | None = None, by: str = BY) -> ModuleLine:
    """Switch a configured module on: its next sync is the first one. Raises `ModuleNotReady` or `UnknownSetting`.

    since: a date; of records that only one side has, those made or changed since then are synced.
    """
    spec, iid = room.pairing.module(name), room.connected()
    with room.db.write(iid) as session:
        _must_be_its_turn(room, session, iid, spec)
        life.moved(spec, _place(session, iid, spec), Verb.ACTIVATE)
        if since is not None:
            revision = stored.revision(session, iid, module=spec.name)
            before = Terms() if revision is None else Terms.stored(revision.settings)
            after = before.changed({"since": since}, pairing=room.pairing)
            what = _what(room, before, after)
            put_terms(session, iid, spec, before=before, after=after, what=what, by=by)
    return turn(room, name, Verb.ACTIVATE)


def turn(room: Room, name: str, verb: Verb) -> ModuleLine:
    """Take a module to where a verb leads: pause, resume, disable, release, and the last step of the other verbs.

    Nothing on either side is touched, links and cursors stay. A run that is going on finishes first. Raises
    `UnknownModule` or `ModuleNotReady`.
    """
    spec, iid = room.pairing.module(name), room.connected()
    with room.db.write(iid) as session:
        module = stored.get(session, iid, name=spec.name)
        place = life.moved(spec, _place(session, iid, spec), verb)
        stored.set_state(session, iid, name=spec.name, state=place.state, resumes_as=place.resumes_as)
        if verb is Verb.RELEASE and module is not None and module.stopped_by is StoppedBy.BRAKE:
            stored.release(session, iid, name=spec.name)
        drift.look(room, session, iid, module=spec.name)
    with room.db.read() as session:
        return line(room, session, iid, spec)


def put_terms(
    session: Session, iid: int, spec: ModuleSpec, *, before: Terms | None, after: Terms, what: str, by: str
) -> None:
    """Put terms in force as a new revision, if they are new, and have the next run do what they ask for."""
    if after == before:
        return
    revision = stored.revise(session, iid, module=spec.name, by=by, what=what, settings=after.to_json())
    stored.point(session, iid, name=spec.name, revision_id=revision.id)
    if before is None:
        return
    owe(session, iid, module=spec.name, what=owed_by(spec.kinds, before, after))
    module = stored.get(session, iid, name=spec.name)
    if before.views != after.views and module is not None and module.stopped_by is StoppedBy.VIEW:
        place = life.moved(spec, _place(session, iid, spec), Verb.RELEASE)
        stored.set_state(session, iid, name=spec.name, state=place.state)


def _place(session: Session, iid: int, spec: ModuleSpec) -> Place:
    module = stored.get(session, iid, name=spec.name)
    return Place(ModuleState.AVAILABLE) if module is None else Place(module.state, module.resumes_as)


def _must_be_its_turn(room: Room, session: Session, iid: int, spec: ModuleSpec) -> None:
    for earlier in spec.after:
        module = stored.get(session, iid, name=earlier)
        if module is None or not module.first_sync_done:
            label = room.pairing.module(earlier).label
            raise ModuleNotReady(
                f"{spec.label} has to wait for the first sync of {label}.",
                why="Its records belong to those of that module, and can't be written before them.",
                hint=f"Set up {earlier} first: bigin-sync module configure {earlier}",
            )


def _fitted(
    room: Room,
    iid: int,
    spec: ModuleSpec,
    *,
    terms: Terms,
    typed: Sequence[str],
    document: Mapping[str, Any] | None,
    known: bool,
) -> tuple[Terms, tuple[str, ...]]:
    """Terms with the views and mappings of every kind, and what is lossy about them.

    known: what the orgs told last is taken, and they are asked only if something is missing in it.
    """
    if not known:
        _ask(room, iid, spec)
    with room.db.read() as session:
        found = known_views(room, session, iid, spec=spec)
    try:
        views = chosen_views(room, spec, typed=typed, known=found, now=terms.views)
        mappings, findings = _mappings(room, iid, spec, terms=terms, document=document)
    except (UnknownView, InvalidMapping):
        if not known:
            raise
        return _fitted(room, iid, spec, terms=terms, typed=typed, document=document, known=False)
    return terms.model_copy(update={"views": views, "mappings": mappings}), findings


def _ask(room: Room, iid: int, spec: ModuleSpec) -> None:
    """Have both orgs tell about the kinds of a module. Raises `ModuleMissing`."""
    with opened(room, iid) as clients:
        facts = refresh(room, iid, clients, module=spec.name).facts
    for kind in room.pairing.kinds_of(spec.name):
        for side, told in facts.items():
            if kind.on(side).module not in told.fields:
                raise missing_module(room, kind, side)


def _mappings(
    room: Room, iid: int, spec: ModuleSpec, *, terms: Terms, document: Mapping[str, Any] | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The mapping of every kind, with the person's changes, and what is lossy about it. Raises `InvalidMapping`."""
    mappings: dict[str, Any] = {}
    findings: list[str] = []
    for kind in room.pairing.kinds_of(spec.name):
        mappings[kind.kind], found = _mapping(room, iid, kind, terms=terms, document=document)
        findings += found
    return mappings, tuple(findings)


def _mapping(
    room: Room, iid: int, kind: KindSpec, *, terms: Terms, document: Mapping[str, Any] | None
) -> tuple[dict[str, Any], Iterable[str]]:
    """A mapping that a person changes has to fit; in one that stays, fields may stand still since they changed."""
    with room.db.read() as session:
        fields = metas(session, iid, spec=kind)
    left, right = fields[Side.LEFT], fields[Side.RIGHT]
    mapping = mapping_in_force(room.pairing, kind, terms=terms, fields=fields)
    if document is not None:
        proposed = propose(room.pairing, kind.kind, left=left, right=right).mapping
        mapping = changed(room.pairing, proposed, document, left=left, right=right)
    found = validate(room.pairing, mapping, left=left, right=right)
    wrong = [each for each in found if each.blocking]
    if document is None:
        wrong = list(drifting.drift(room.pairing, mapping, left=left, right=right).blocked)
    if wrong:
        raise InvalidMapping(
            " ".join(worded(kind, each) for each in wrong),
            why=f"{kind.on(Side.LEFT).plural} could not be written with this mapping, so nothing was changed.",
            hint=f"bigin-sync fields {kind.module} shows the fields of both orgs.",
        )
    return to_json(mapping), [worded(kind, each) for each in found if not each.blocking]


def _what(room: Room, before: Terms, after: Terms) -> str:
    """A change of settings in words."""
    old, new = before.settings(room.pairing), after.settings(room.pairing)
    parts = [f"{name} {old[name]} -> {new[name]}" for name in new if old[name] != new[name]]
    if before.views != after.views:
        parts.append(f"views: {', '.join(f'{kind}: {view.name}' for kind, view in after.views.items()) or ALL}")
    if before.mappings != after.mappings:
        parts.append("field mapping changed")
    return "; ".join(parts)
