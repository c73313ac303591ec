"""Refresh: what an org says about itself (fields, layouts, views, users) is read and kept, for one side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from bigin_sync.errors import ModuleMissing, RequestRefused
from bigin_sync.jobs import drift, views
from bigin_sync.jobs.kinds import metas
from bigin_sync.jobs.owed import retry
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.store import orgs
from bigin_sync.store.db import Session
from bigin_sync.sync.progress import Stop
from bigin_sync.zoho.side import SideClient, User, View

DAY = timedelta(hours=24)
"""How old the fields and views known of an org may be: some fifteen calls a day are cheap, a lost day is not."""

Place: TypeAlias = tuple[Side, str]
"""A side, and the API name of a module there."""


class OrgFacts:
    """Everything read from one org, before any of it is stored."""

    def __init__(self, room: Room, side: Side, client: SideClient) -> None:
        self.side = side
        self.users: list[User] = client.users()
        self.fields: dict[str, list[dict[str, Any]]] = {}
        self.layouts: dict[str, list[dict[str, Any]]] = {}
        self.views: dict[str, list[View]] = {}
        self.related: dict[str, list[dict[str, Any]]] = {}
        self.pipelines: dict[str, list[dict[str, Any]]] = {}
        for spec in room.pairing.kinds:
            try:
                self._read(room, client, spec)
            except ModuleMissing:
                if room.pairing.indispensable(spec):
                    raise

    def _read(self, room: Room, client: SideClient, spec: KindSpec) -> None:
        module = spec.on(self.side).module
        self.fields[module] = fields = _fields(room, client, spec, self.side)
        self.layouts[module] = layouts = _told(client.layouts, module)
        self.views[module] = client.views(module) if room.pairing.module(spec.module).needs_view else []
        if spec.kind in room.pairing.associated():
            self.related[module] = _told(client.related_lists, module)
        if {pair.beside(self.side) for pair in spec.fields} & {row.get("api_name") for row in fields}:
            ids = [str(layout["id"]) for layout in layouts]
            self.pipelines[module] = [row for layout_id in ids for row in _told(client.pipelines, layout_id)]

    def store(self, session: Session, iid: int) -> None:
        """Keep all of it, in place of what was known before."""
        orgs.put_users(session, iid, side=self.side, users=self.users)
        for module, rows in self.fields.items():
            told = {
                "fields": rows,
                "layouts": self.layouts[module],
                "views": [_row(view) for view in self.views[module]],
                "related_lists": self.related.get(module, []),
                "pipelines": self.pipelines.get(module, []),
            }
            for what, content in told.items():
                orgs.put_metadata(session, iid, side=self.side, module=module, what=what, content=content)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was read, and the modules that are stopped because of it."""

    facts: Mapping[Side, OrgFacts]
    stopped: Mapping[str, Stop]


def refresh(
    room: Room, iid: int, clients: Mapping[Side, SideClient], *, untold: Mapping[Place, frozenset[str]] | None = None
) -> Refreshed:
    """Read both orgs again, keep what they say, and see what it means for the modules that are set up.

    untold: fields that an org has been found to list and not to answer, by side and module.
    """
    facts = {side: OrgFacts(room, side, client) for side, client in clients.items()}
    seen = views.read(room, iid, clients[views.VIEW_SIDE])
    with room.db.write(iid) as session:
        before = _ground(room, session, iid)
        for side, each in facts.items():
            each.store(session, iid)
            for module in each.fields:
                hidden = sorted((untold or {}).get((side, module), ()))
                orgs.put_metadata(session, iid, side=side, module=module, what=drift.UNTOLD, content=hidden)
        after = _ground(room, session, iid)
        retry(room, session, iid, kinds=[kind for kind in before if before[kind] != after[kind]])
        stopped = {**views.look(room, session, iid, seen), **drift.look(room, session, iid)}
    return Refreshed(facts, stopped)


def _ground(room: Room, session: Session, iid: int) -> dict[Kind, object]:
    """What decides whether a value of a kind can cross: the fields of both orgs, and who owns for whom."""
    owners = owner_map(session, iid)
    return {spec.kind: (metas(session, iid, spec=spec), owners) for spec in room.pairing.kinds}


def stale(room: Room, iid: int) -> bool:
    """Whether it is a day since the orgs were asked, so that changes of fields and views are noticed in time."""
    with room.db.read() as session:
        read_at = orgs.metadata_read_at(session, iid, what="fields")
    return read_at is None or room.clock.now() - read_at >= DAY


def _fields(room: Room, client: SideClient, spec: KindSpec, side: Side) -> list[dict[str, Any]]:
    module = spec.on(side).module
    try:
        rows = client.fields(module)
    except RequestRefused as error:
        raise missing_module(room, spec, side) from error
    if not rows:
        raise missing_module(room, spec, side)
    return rows


def _told(call: Callable[[str], list[dict[str, Any]]], about: str) -> list[dict[str, Any]]:
    """What an org says of its shape beyond fields; nothing where it refuses to: then usual names are taken."""
    try:
        return call(about)
    except (RequestRefused, ModuleMissing):
        return []


def missing_module(room: Room, spec: KindSpec, side: Side) -> ModuleMissing:
    """The refusal for an org that lacks a module the sync stands on."""
    title = room.pairing.title(side)
    return ModuleMissing(
        f"The {title} org has no module {spec.on(side).module}, or hides it.",
        why=f"{spec.on(side).plural} can't be synced without it.",
        hint=f"Switch the module on in the settings of {title}, for the profile of the connected user, and try again.",
    )


def _row(view: View) -> dict[str, Any]:
    return {"id": view.id, "name": view.name, "everything": view.everything, "default": view.default}
