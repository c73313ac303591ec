"""Assemble: settings and connections become the set-up of one run."""

import threading
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta

from bigin_sync.errors import ModuleNotReady, ModuleStopped
from bigin_sync.jobs.doubted import confirmed
from bigin_sync.jobs.kinds import joins, mapping_in_force, metas
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.sync_keys import key_fields
from bigin_sync.jobs.terms import Terms
from bigin_sync.jobs.views import VIEW_SIDE
from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.pairing.drift import thawed
from bigin_sync.pairing.mapping import in_their_words
from bigin_sync.pairing.sync_key import origin
from bigin_sync.store import modules, orgs
from bigin_sync.store.db import Session
from bigin_sync.store.modules import Module, ModuleState, StoppedBy
from bigin_sync.sync.brakes import NO_BRAKES
from bigin_sync.sync.fight import FightLimits
from bigin_sync.sync.setup import KindSetup, Setup
from bigin_sync.zoho.side import SideClient

RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE})
PLANS = RUNS | {ModuleState.CONFIGURED, ModuleState.STOPPED}
RESTS = frozenset({ModuleState.DISABLED})
"""States of which a plan is only made when a person asks what it would be to take the module up again."""


def assemble(  # noqa: PLR0913 -- all that makes one run another than the next, by name
    room: Room,
    iid: int,
    *,
    clients: Mapping[Side, SideClient],
    names: Sequence[str] | None,
    fence: int,
    dry: bool,
    stop: threading.Event,
    catch_up: Strategy | None = None,
    fresh: bool = False,
) -> Setup:
    """The set-up of a run over these modules, or over all that may run. A dry run also takes what is only configured.

    catch_up: a dry run shows what taking up disabled modules with this strategy would do. fresh: see `Setup`.

    Raises `UnknownModule`, or `ModuleNotReady` when a module that was named may not run, or when none may:
    `ModuleStopped` where that is because it was stopped.
    """
    with room.db.read() as session:
        allowed = RUNS if not dry else PLANS if catch_up is None else PLANS | RESTS
        chosen = _chosen(room, session, iid, names=names, allowed=allowed)
        connected = {org.side: org for org in orgs.listing(session, iid)}
        revisions = {name: modules.revision(session, iid, module=name) for name in chosen}
        kinds = [
            _kind(
                room, session, iid, room.pairing.kind(kind), revision=revision, module=chosen[module], catch_up=catch_up
            )
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
            origins={side: origin(org.label, org.org_id) for side, org in connected.items()},
            owners=owner_map(session, iid),
            kinds=tuple(kinds),
            fence=fence,
            revisions={name: revision.number for name, revision in revisions.items() if revision is not None},
            stop=stop,
            fresh=fresh,
            confirmed=confirmed(session, iid, now=room.clock.now()),
            settle_after=timedelta(seconds=room.settings.settle_after),
            clock_tolerance=timedelta(seconds=room.settings.clock_tolerance),
            fights=FightLimits(room.settings.fight_rounds, timedelta(seconds=room.settings.fight_within)),
        )


def _kind(
    room: Room,
    session: Session,
    iid: int,
    spec: KindSpec,
    *,
    revision: modules.Revision,
    module: Module,
    catch_up: Strategy | None,
) -> KindSetup:
    terms = Terms.stored(revision.settings)
    fields = metas(session, iid, spec=spec)
    view = terms.views.get(spec.kind)
    mapping = in_their_words(mapping_in_force(room.pairing, spec, terms=terms, fields=fields), fields)
    meant = catch_up or (None if module.catch_up is None else Strategy(module.catch_up))
    return KindSetup(
        spec=spec,
        mapping=thawed(mapping, module.frozen.get(spec.kind, {})),
        metas=fields,
        policy=_policy(terms.policy(), meant),
        view=None if view is None else view.id,
        view_side=VIEW_SIDE,
        first=not module.first_sync_done,
        limits=NO_BRAKES if module.released else terms.brakes(),
        since=terms.start,
        joins=joins(session, iid, pairing=room.pairing, spec=spec),
        trigger=terms.trigger,
        keys=key_fields(session, iid, pairing=room.pairing, spec=spec, mapping=mapping, fields=fields),
    )


def _policy(standing: Policy, catch_up: Strategy | None) -> Policy:
    """The policy of one run: a strategy for what changed while a module was disabled leaves first meetings alone."""
    return standing if catch_up is None else replace(standing, strategy=catch_up, meeting=standing.strategy)


def _chosen(
    room: Room, session: Session, iid: int, *, names: Sequence[str] | None, allowed: Set[ModuleState]
) -> dict[str, Module]:
    """The modules of the run as they stand."""
    known = {module.name: module for module in modules.listing(session, iid)}
    wanted = [room.pairing.module(name).name for name in names or [spec.name for spec in room.pairing.modules]]
    ready = {name: known[name] for name in wanted if name in known and known[name].state in allowed}
    if left := [name for name in wanted if name not in ready] if names or not ready else []:
        stopped = [known[name] for name in left if name in known and known[name].state is ModuleState.STOPPED]
        raise _stopped(room, stopped) if stopped else _not_ready(room, left[0], known.get(left[0]))
    return ready


def _stopped(room: Room, stopped: Sequence[Module]) -> ModuleStopped:
    braked = [module.name for module in stopped if module.stopped_by is StoppedBy.BRAKE]
    ways = [
        f"bigin-sync plan {name} shows what it would do, bigin-sync module release {name} lets it go on."
        for name in braked
    ]
    whys = {module.name: module.stopped_why or "" for module in stopped}
    told = (f"{room.pairing.module(name).label} is stopped: {why.rstrip('.')}." for name, why in whys.items())
    return ModuleStopped(
        " ".join(told),
        stopped=whys,
        why="Nothing is read or written until a person has looked at it.",
        hint=" ".join(ways)
        or "It goes on by itself once that is put right; bigin-sync modules shows how things stand.",
    )


def _not_ready(room: Room, name: str, module: Module | None) -> ModuleNotReady:
    label = room.pairing.module(name).label
    state = ModuleState.AVAILABLE if module is None else module.state
    why, hint = _WAYS_ON[state]
    said = {ModuleState.AVAILABLE: "not configured yet", ModuleState.CONFIGURED: "configured, but not switched on"}
    return ModuleNotReady(f"{label} is {said.get(state, state.value)}.", why=why, hint=hint.format(name=name))


_WAYS_ON = {
    ModuleState.AVAILABLE: (
        "What is synced, and who wins a conflict, has to be settled before the first sync.",
        "bigin-sync module configure {name}",
    ),
    ModuleState.CONFIGURED: (
        "Nothing is written before you say so.",
        "Look at bigin-sync plan {name}, then: bigin-sync module activate {name}",
    ),
    ModuleState.PAUSED: ("Nothing is read or written meanwhile.", "bigin-sync module resume {name}"),
    ModuleState.DISABLED: (
        "Nothing is read or written meanwhile.",
        "bigin-sync reconfigure {name} --on-conflict STRATEGY takes it up again.",
    ),
}
"""State -> why such a module does not run, and what to type."""
