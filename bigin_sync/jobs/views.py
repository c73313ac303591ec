"""Views: the list views that say what is synced, looked at again, since people change what they show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from bigin_sync.errors import RequestRefused
from bigin_sync.jobs.owed import Owed, owe
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import ChosenView, Terms
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.store import modules, notices, orgs
from bigin_sync.store.db import Session
from bigin_sync.store.modules import ModuleState, StoppedBy
from bigin_sync.sync.progress import Stop
from bigin_sync.zoho.side import SideClient, View

VIEW_SIDE = Side.RIGHT
"""The side whose list views say what is synced."""

CRITERIA = "criteria"
"""What an org's metadata keeps the criteria of chosen views under."""

MOVING = "${"
"""What criteria have in them that depend on the day or on who asks (Zoho CRM v8, custom views: `${AGEINDAYS}+31`)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A chosen view as the org has it now; None: it is gone."""

    module: str
    kind: KindSpec
    chosen: ChosenView
    view: View | None


def read(room: Room, iid: int, client: SideClient, *, module: str | None = None) -> list[Seen]:
    """Every view that some module has chosen (only this one, if it is named), with its criteria; one call each."""
    with room.db.read() as session:
        chosen = [each for each in _chosen(room, session, iid) if module in (None, each[0])]
    return [Seen(name, kind, view, _shown(client, kind.on(VIEW_SIDE).module, view)) for name, kind, view in chosen]


def look(room: Room, session: Session, iid: int, seen: list[Seen]) -> dict[str, Stop]:
    """Compare views with what they were: where one shows other records now, unlinked records are admitted anew.

    Returns the modules that are stopped, because their view is gone. One whose view is back goes on.
    """
    stopped = _stopped(room, session, iid, seen)
    for each in seen:
        if each.view is None:
            continue
        before = orgs.metadata(session, iid, side=VIEW_SIDE, module=_place(each), what=CRITERIA)
        now = {"criteria": each.view.criteria}
        if before is not None and (before != now or _moving(each.view)):
            owe(session, iid, module=each.module, what=Owed(ask=frozenset({each.kind.kind})))
        orgs.put_metadata(session, iid, side=VIEW_SIDE, module=_place(each), told={CRITERIA: now})
    return stopped


def _stopped(room: Room, session: Session, iid: int, seen: list[Seen]) -> dict[str, Stop]:
    stopped: dict[str, Stop] = {}
    gone = {each.module: each for each in seen if each.view is None}
    for name in dict.fromkeys(each.module for each in seen):
        module, label = modules.get(session, iid, name=name), room.pairing.module(name).label
        if module is None:
            continue
        if name in gone and module.state in {ModuleState.FIRST_SYNC, ModuleState.ACTIVE}:
            stopped[name] = stop = _gone(room, gone[name])
            modules.stop(session, iid, name=name, by=stop.by, why=stop.why)
            notices.add(session, iid, text=f"{label} was stopped: {stop.why}.")
        elif name not in gone and module.stopped_by is StoppedBy.VIEW and module.resumes_as is not None:
            modules.set_state(session, iid, name=name, state=module.resumes_as)
            notices.add(session, iid, text=f"{label} goes on: its list view is there.")
    return stopped


def _shown(client: SideClient, module: str, chosen: ChosenView) -> View | None:
    """The view as the org has it; where it tells nothing of a single one, as the inventory shows it."""
    try:
        return client.view(module, chosen.id)
    except RequestRefused:
        return next((view for view in client.views(module) if view.id == chosen.id), None)


def _chosen(room: Room, session: Session, iid: int) -> Iterator[tuple[str, KindSpec, ChosenView]]:
    for spec in room.pairing.modules:
        revision = modules.revision(session, iid, module=spec.name)
        for kind, view in () if revision is None else Terms.stored(revision.settings).views.items():
            yield spec.name, room.pairing.kind(kind), view


def _gone(room: Room, seen: Seen) -> Stop:
    title, plural = room.pairing.title(VIEW_SIDE), seen.kind.on(VIEW_SIDE).plural
    return Stop(
        StoppedBy.VIEW,
        f"the list view {seen.chosen.name!r}, which says which {plural} are synced, is gone from {title}; "
        f"choose another: bigin-sync module edit {seen.module} --view {seen.kind.kind}=NAME (or {seen.kind.kind}=all)",
    )


def _place(seen: Seen) -> str:
    """What the criteria are kept under: the view itself, as a module may be switched from one to another and back."""
    return f"{seen.kind.on(VIEW_SIDE).module}#{seen.chosen.id}"


def _moving(view: View) -> bool:
    """Whether a view shows other records as time goes by, or does not say what it shows."""
    return view.criteria is None or MOVING in json.dumps(view.criteria)
