"""Drift: after an org's fields were read again, what stands still because of them is noted, and told to a person."""

from bigin_sync.jobs.kinds import Metas, mapping_in_force, metas
from bigin_sync.jobs.owed import Owed, owe
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import KindSpec, ModuleSpec
from bigin_sync.pairing.drift import Drift, drift
from bigin_sync.store import modules, notices, orgs
from bigin_sync.store.db import Session
from bigin_sync.store.modules import Module, ModuleState, StoppedBy
from bigin_sync.sync.progress import Stop

UNTOLD = "untold"
"""What an org's metadata keeps the fields under that it lists and leaves out of its answers."""

DEMANDED = "demanded"
"""What an org's metadata keeps the mapped fields under that its new records can't do without, each with a sentence."""


def look(room: Room, session: Session, iid: int, *, module: str | None = None) -> dict[str, Stop]:
    """Compare every configured mapping with the fields that both orgs have now; the modules that are stopped by it.

    module: the only one that is looked at, where nothing is new of the others.
    A field that changed stands still from now on, and moves again once it is back. A module that nothing stops any more
    goes on.
    """
    stopped: dict[str, Stop] = {}
    for spec in room.pairing.modules if module is None else (room.pairing.module(module),):
        known = modules.get(session, iid, name=spec.name)
        revision = modules.revision(session, iid, module=spec.name)
        if known is None or revision is None:
            continue
        found = _found(room, session, iid, spec, terms=Terms.stored(revision.settings))
        _tell(session, iid, spec, module=known, found=found)
        _demand(session, iid, spec, found=found)
        modules.freeze(session, iid, name=spec.name, fields={kind.kind: each.frozen for kind, each in found})
        why = _blocked(spec, found)
        if why is not None and known.state in {ModuleState.FIRST_SYNC, ModuleState.ACTIVE}:
            modules.stop(session, iid, name=spec.name, by=StoppedBy.FIELDS, why=why)
            notices.add(session, iid, text=f"{spec.label} was stopped: {why}")
            stopped[spec.name] = Stop(StoppedBy.FIELDS, why)
        elif why is None and known.stopped_by is StoppedBy.FIELDS and known.resumes_as is not None:
            modules.set_state(session, iid, name=spec.name, state=known.resumes_as)
            notices.add(session, iid, text=f"{spec.label} goes on: its fields fit again.")
    return stopped


def _found(room: Room, session: Session, iid: int, spec: ModuleSpec, *, terms: Terms) -> list[tuple[KindSpec, Drift]]:
    """The drift of every kind that both orgs have."""
    found = []
    for kind in room.pairing.kinds_of(spec.name):
        fields = metas(session, iid, spec=kind)
        if all(fields[side] for side in BOTH):
            found.append((kind, _drift(room, session, iid, kind, terms=terms, fields=fields)))
    return found


def _drift(room: Room, session: Session, iid: int, kind: KindSpec, *, terms: Terms, fields: Metas) -> Drift:
    untold = {
        side: frozenset(orgs.metadata(session, iid, side=side, module=kind.on(side).module, what=UNTOLD) or ())
        for side in BOTH
    }
    mapping = mapping_in_force(room.pairing, kind, terms=terms, fields=fields)
    return drift(room.pairing, mapping, left=fields[Side.LEFT], right=fields[Side.RIGHT], untold=untold)


def _tell(session: Session, iid: int, spec: ModuleSpec, *, module: Module, found: list[tuple[KindSpec, Drift]]) -> None:
    """Leave a notice of what began to stand still, and of what moves again and so is read of every record."""
    for kind, each in found:
        before, plural = module.frozen.get(kind.kind, {}), kind.on(Side.LEFT).plural
        for name in each.frozen.keys() - before.keys():
            text = f"{plural}: {name} stands still, all other fields go on. {each.frozen[name]}"
            notices.add(session, iid, text=f"{text} {way_out(spec)}")
        moving = before.keys() - each.frozen.keys()
        if moving:
            owe(session, iid, module=spec.name, what=Owed(read=frozenset({kind.kind})))
            notices.add(session, iid, text=f"{plural}: {', '.join(sorted(moving))} is no longer standing still.")


def _demand(session: Session, iid: int, spec: ModuleSpec, *, found: list[tuple[KindSpec, Drift]]) -> None:
    """Leave a notice of what began to be demanded of new records, once, and not with each that lacks it."""
    for kind, each in found:
        for side in BOTH:
            now, before = dict(each.demanded.get(side, {})), demanded(session, iid, kind, side)
            for name in now.keys() - before.keys():
                text = f"{kind.on(Side.LEFT).plural}: {now[name]} {fill(spec)}"
                notices.add(session, iid, text=f"{text} {way_out(spec)}")
            if now != before:
                orgs.put_metadata(session, iid, side=side, module=kind.on(side).module, told={DEMANDED: now})


def demanded(session: Session, iid: int, kind: KindSpec, side: Side) -> dict[str, str]:
    """Field -> that a side makes no record of this kind without it; of mapped fields that may be blank elsewhere."""
    known: dict[str, str] | None = orgs.metadata(session, iid, side=side, module=kind.on(side).module, what=DEMANDED)
    return known or {}


def fill(spec: ModuleSpec) -> str:
    """What becomes of records that lack a field."""
    default = ", or map a default" if spec.needs_view else ""
    return f"One that lacks it is a problem before it is sent, all others go on: fill it{default}."


def _blocked(spec: ModuleSpec, found: list[tuple[KindSpec, Drift]]) -> str | None:
    """Why no record of a module can be made any more, with the way out; None if they can."""
    reasons = [f"{kind.kind} {each.field}: {each.message}" for kind, told in found for each in told.blocked]
    return None if not reasons else f"{' '.join(reasons)} {way_out(spec)}"


def way_out(spec: ModuleSpec) -> str:
    """What a person does to put a mapping right; one that the system makes follows the orgs."""
    if spec.needs_view:
        return f"See bigin-sync fields {spec.name}, then: bigin-sync module edit {spec.name} --map FILE"
    return (
        f"See bigin-sync fields {spec.name}. Its mapping is the system's, so put the field in the org right, then: "
        f"bigin-sync module edit {spec.name}"
    )
