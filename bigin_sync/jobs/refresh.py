"""Refresh: what an org says about itself (fields, layouts, views, users) is read and kept, for one side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias, TypeVar

from bigin_sync.errors import ModuleMissing, RequestRefused
from bigin_sync.jobs import drift, views
from bigin_sync.jobs.kinds import WORDS, metas
from bigin_sync.jobs.owed import retry
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.pairing.shared_lookups import ambiguous
from bigin_sync.store import orgs
from bigin_sync.store.db import Session
from bigin_sync.sync.progress import Stop
from bigin_sync.zoho.side import SideClient, User, View

DAY = timedelta(hours=24)
"""How old the fields and views known of an org may be: some fifteen calls a day are cheap, a lost day is not."""

JUST_NOW = timedelta(minutes=1)
"""How old they may be for a module to be set up on them: right after `connect` they need not be read again, while a
person who goes and changes an org's fields in between takes longer.
"""

T = TypeVar("T")

Place: TypeAlias = tuple[Side, str]
"""A side, and the API name of a module there."""


class OrgFacts:
    """Everything read from one org about some kinds of record, before any of it is stored."""

    def __init__(self, room: Room, side: Side, client: SideClient, *, kinds: Sequence[KindSpec]) -> None:
        self.side = side
        self.users: list[User] = client.users()
        self.fields: dict[str, list[dict[str, Any]]] = {}
        self.layouts: dict[str, list[dict[str, Any]]] = {}
        self.views: dict[str, list[View]] = {}
        self.related: dict[str, list[dict[str, Any]]] = {}
        self.pipelines: dict[str, list[dict[str, Any]]] = {}
        self.words: dict[str, dict[str, list[str]]] = {}
        for spec in kinds:
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
        self.words[module] = self._words(client, spec)

    def _words(self, client: SideClient, spec: KindSpec) -> dict[str, list[str]]:
        """What the org calls modules that have more than one name there; nothing until one of its records says it."""
        module, found = spec.on(self.side).module, {}
        there = {row.get("api_name") for row in self.fields[module]}
        for name, when in ambiguous(spec, side=self.side).items():
            if name in there:
                said: list[str] = _told(partial(client.parent_words, lookup=name, key=when.key), module)
                found[name] = sorted(when.reads.intersection(said))
        return {name: words for name, words in found.items() if words}

    def store(self, session: Session, iid: int) -> None:
        """Keep all of it, in place of what was known before."""
        orgs.put_users(session, iid, side=self.side, users=self.users)
        for module in self.fields:
            orgs.put_metadata(session, iid, side=self.side, module=module, told=self._told(module))

    def differs(self, session: Session, iid: int, *, module: str) -> bool:
        """Whether the org says something else of a module than what is known of it."""
        if module not in self.fields:
            return False
        known = orgs.all_metadata(session, iid, side=self.side, module=module)
        return any(known.get(what) != content for what, content in self._told(module).items())

    def _told(self, module: str) -> dict[str, object]:
        told: dict[str, object] = {
            "fields": self.fields[module],
            "layouts": self.layouts[module],
            "views": [_row(view) for view in self.views[module]],
            "related_lists": self.related.get(module, []),
            "pipelines": self.pipelines.get(module, []),
        }
        # A word that no record says any more is still the org's word.
        return told | ({WORDS: self.words[module]} if self.words.get(module) else {})


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was read, and the modules that are stopped because of it."""

    facts: Mapping[Side, OrgFacts]
    stopped: Mapping[str, Stop]


def refresh(
    room: Room,
    iid: int,
    clients: Mapping[Side, SideClient],
    *,
    module: str | None = None,
    untold: Mapping[Place, frozenset[str]] | None = None,
) -> Refreshed:
    """Read both orgs again, keep what they say, and see what it means for the modules that are set up.

    module: the only one whose kinds are read. untold: fields that an org has been found to list and not to answer, by
    side and module.
    """
    kinds = room.pairing.kinds if module is None else room.pairing.kinds_of(module)
    facts = {side: OrgFacts(room, side, client, kinds=kinds) for side, client in clients.items()}
    seen = views.read(room, iid, clients[views.VIEW_SIDE], module=module)
    with room.db.write(iid) as session:
        _keep(room, session, iid, facts, kinds=kinds)
        for side, each in facts.items():
            for name in each.fields:
                hidden = {drift.UNTOLD: sorted((untold or {}).get((side, name), ()))}
                orgs.put_metadata(session, iid, side=side, module=name, told=hidden)
        stopped = {**views.look(room, session, iid, seen), **drift.look(room, session, iid, module=module)}
    return Refreshed(facts, stopped)


def _keep(room: Room, session: Session, iid: int, facts: Mapping[Side, OrgFacts], *, kinds: Sequence[KindSpec]) -> None:
    """Store what was read, and have problems tried again where the fields or owners that decided on them are others."""
    owners = owner_map(session, iid)
    touched = [
        spec
        for spec in kinds
        if any(each.differs(session, iid, module=spec.on(side).module) for side, each in facts.items())
    ]
    before = {spec.kind: metas(session, iid, spec=spec) for spec in touched}
    for each in facts.values():
        each.store(session, iid)
    moved = [spec.kind for spec in touched if metas(session, iid, spec=spec) != before[spec.kind]]
    retry(room, session, iid, kinds=moved if owner_map(session, iid) == owners else None)


def stale(room: Room, iid: int) -> bool:
    """Whether it is a day since the orgs were asked, so that changes of fields and views are noticed in time."""
    with room.db.read() as session:
        read_at = orgs.metadata_read_at(session, iid, what="fields").values()
    return not read_at or room.clock.now() - min(read_at) >= DAY


def just_read(room: Room, iid: int, *, module: str) -> bool:
    """Whether both orgs were asked about every kind of a module only just now."""
    with room.db.read() as session:
        read_at = orgs.metadata_read_at(session, iid, what="fields")
    places = {(side, kind.on(side).module) for kind in room.pairing.kinds_of(module) for side in BOTH}
    return places <= read_at.keys() and room.clock.now() - min(read_at[place] for place in places) <= JUST_NOW


def _fields(room: Room, client: SideClient, spec: KindSpec, side: Side) -> list[dict[str, Any]]:
    module = spec.on(side).module
    try:
        rows = client.fields(module)
    except RequestRefused as error:
        raise missing_module(room, spec, side) from error
    if not rows:
        raise missing_module(room, spec, side)
    return rows


def _told(call: Callable[[str], list[T]], about: str) -> list[T]:
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
