"""Assemble: settings and connections become the set-up of one run."""

import threading
from collections.abc import Mapping, Sequence

from bigin_sync.errors import ModuleNotReady
from bigin_sync.jobs.kinds import joins, mapping_in_force, metas
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.store import modules, orgs
from bigin_sync.store.db import Session
from bigin_sync.store.modules import ModuleState
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.zoho.side import SideClient

VIEW_SIDE = Side.RIGHT
"""The side whose list views say what is synced."""

RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE})
PLANS = RUNS | {ModuleState.CONFIGURED}


def assemble(
    room: Room,
    iid: int,
    *,
    clients: Mapping[Side, SideClient],
    names: Sequence[str] | None,
    fence: int,
    dry: bool,
    stop: threading.Event,
) -> Setup:
    """The set-up of a run over these modules, or over all that may run. A dry run also takes what is only configured.

    Raises `UnknownModule`, or `ModuleNotReady` when a module that was named may not run, or when none may.
    """
    with room.db.read() as session:
        chosen = _chosen(room, session, iid, names=names, dry=dry)
        connected = {org.side: org for org in orgs.listing(session, iid)}
        revisions = {name: modules.revision(session, iid, module=name) for name in chosen}
        kinds = [
            _kind(room, session, iid, room.pairing.kind(kind), revision=revision, state=chosen[module])
            for kind in room.pairing.parents_first()
            if (revision := revisions.get(module := room.pairing.kind(kind).module)) is not None
        ]
        return Setup(
            iid=iid,
            pairing=room.pairing,
            db=room.db,
            clock=room.clock,
            sides=clients,
            own_users={side: org.user_id for side, org in connected.items()},
            regions={side: org.country for side, org in connected.items()},
            owners=owner_map(session, iid),
            kinds=tuple(kinds),
            fence=fence,
            revisions={name: revision.number for name, revision in revisions.items() if revision is not None},
            stop=stop,
        )


def _kind(
    room: Room, session: Session, iid: int, spec: KindSpec, *, revision: modules.Revision, state: ModuleState
) -> KindSetup:
    terms = Terms.stored(revision.settings)
    fields = metas(session, iid, spec=spec)
    view = terms.views.get(spec.kind)
    return KindSetup(
        spec=spec,
        mapping=mapping_in_force(room.pairing, spec, terms=terms, fields=fields),
        metas=fields,
        policy=terms.policy(),
        view=None if view is None else view.id,
        view_side=VIEW_SIDE,
        first=state is not ModuleState.ACTIVE,
        limits=terms.brakes(),
        joins=joins(session, iid, pairing=room.pairing, spec=spec),
    )


def _chosen(
    room: Room, session: Session, iid: int, *, names: Sequence[str] | None, dry: bool
) -> dict[str, ModuleState]:
    """The modules of the run and their states."""
    allowed = PLANS if dry else RUNS
    known = {module.name: module.state for module in modules.listing(session, iid)}
    wanted = [room.pairing.module(name).name for name in names or [spec.name for spec in room.pairing.modules]]
    ready = {name: known[name] for name in wanted if known.get(name) in allowed}
    for name in wanted if names else wanted[:1] if not ready else ():
        if name not in ready:
            raise _not_ready(room, name, known.get(name, ModuleState.AVAILABLE))
    return ready


def _not_ready(room: Room, name: str, state: ModuleState) -> ModuleNotReady:
    label = room.pairing.module(name).label
    if state is ModuleState.AVAILABLE:
        return ModuleNotReady(
            f"{label} is not configured yet.",
            why="What is synced, and who wins a conflict, has to be settled before the first sync.",
            hint=f"bigin-sync module configure {name}",
        )
    if state is ModuleState.CONFIGURED:
        return ModuleNotReady(
            f"{label} is configured, but not switched on.",
            why="Nothing is written before you say so.",
            hint=f"Look at bigin-sync plan {name}, then: bigin-sync module activate {name}",
        )
    return ModuleNotReady(
        f"{label} is {state.value.replace('_', ' ')}.",
        why="Nothing is read or written meanwhile.",
        hint="bigin-sync modules shows the state of every module.",
    )
