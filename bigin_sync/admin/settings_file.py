"""Settings as a file: the terms of every module and the pairs of owners, to be kept, compared and put in force again.

    pairing: bigin_crm
    modules:
      contacts:
        views: {contact: Key accounts}
        settings: {strategy: latest, …}
        mapping: {contact: {fields: […]}}
    owners:
      - {bigin: ana@example.org, crm: ana.ruiz@example.org}

A file may hold a part of it: what it does not name stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bigin_sync.admin import modules, owners
from bigin_sync.errors import ModuleNotReady, UnreadableFile
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.owners import UserPair
from bigin_sync.store import modules as stored

EVERYTHING = "all"
_ROOT = re.compile(r"root((?:\[[^\]]+\])*)")
_STEP = re.compile(r"\['?([^'\]]+)'?\]")


class _Module(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    views: dict[str, str] | None = None
    settings: dict[str, str] | None = None
    mapping: dict[str, dict[str, Any]] | None = None


class SettingsFile(BaseModel):
    """The document, checked for its shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pairing: str
    modules: dict[str, _Module] = Field(default_factory=dict)
    owners: list[dict[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """done: what was changed, in words. left: what could not be changed yet, and why."""

    done: tuple[str, ...]
    left: tuple[str, ...]


def export(room: Room) -> dict[str, Any]:
    """All settings that differ from nothing at all: modules that were never configured are left out."""
    iid = room.connected()
    found: dict[str, Any] = {"pairing": room.pairing.name, "modules": {}, "owners": []}
    with room.db.read() as session:
        for spec in room.pairing.modules:
            revision = stored.revision(session, iid, module=spec.name)
            if revision is not None:
                found["modules"][spec.name] = _told(room, Terms.stored(revision.settings), views=spec.needs_view)
        found["owners"] = [_emails(room, pair) for pair in owner_map(session, iid).matched if pair.by == "explicit"]
    return found


def read(document: Mapping[str, Any], *, room: Room, name: str) -> SettingsFile:
    """The document of a file called `name`; raises `UnreadableFile` if it is no such file."""
    try:
        found = SettingsFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _unfit(name, f"{place}: {first['msg']}") from error
    if found.pairing != room.pairing.name:
        raise _unfit(name, f"it is about {found.pairing!r}, and this is {room.pairing.name!r}")
    for module in found.modules:
        room.pairing.module(module)
    labels = set(room.pairing.labels.values())
    for pair in found.owners or ():
        if set(pair) != labels:
            raise _unfit(name, f"an owner is named by {' and '.join(sorted(labels))}")
    return found


def differences(room: Room, wanted: SettingsFile) -> list[str]:
    """What putting the file in force would change, one sentence a change; empty when all is as it says."""
    from deepdiff import DeepDiff  # noqa: PLC0415 -- other commands start sooner without it

    now = export(room)
    then = _laid_over(now, wanted)
    diff = DeepDiff(now, then, ignore_order=False, threshold_to_diff_deeper=0, verbose_level=2)
    return [_ROOT.sub(_path, text) for text in diff.pretty().splitlines()]


def apply(room: Room, wanted: SettingsFile, *, name: str) -> Applied:
    """Put the file in force. A module whose turn has not come yet is left, and so is what comes after it.

    Raises what `configure` raises for terms that do not fit; what was changed until then stays.
    """
    done: list[str] = []
    left: list[str] = []
    now = export(room)
    for spec in room.pairing.modules:
        terms = wanted.modules.get(spec.name)
        if terms is None or _laid_over(now, wanted)["modules"][spec.name] == now["modules"].get(spec.name):
            continue
        try:
            modules.configure(
                room,
                spec.name,
                view=[f"{kind}={view}" for kind, view in (terms.views or {}).items()],
                mapping=terms.mapping,
                changes=terms.settings,
                by=name,
            )
            done.append(f"{spec.label}: set as the file says.")
        except ModuleNotReady as later:
            left.append(str(later))
    done += _pair(room, wanted)
    return Applied(tuple(done), tuple(left))


def _pair(room: Room, wanted: SettingsFile) -> Iterator[str]:
    """Make the explicit pairs of owners those of the file."""
    if wanted.owners is None:
        return
    left, right = (room.pairing.label(side) for side in BOTH)
    now = export(room)["owners"]
    for pair in now:
        if pair not in wanted.owners:
            yield owners.unset(room, pair[left])
    for pair in wanted.owners:
        if pair not in now:
            yield owners.set_pair(room, pair[left], pair[right])


def _told(room: Room, terms: Terms, *, views: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"settings": terms.settings(room.pairing)}
    if views:
        told["views"] = {kind: terms.views[kind].name if kind in terms.views else EVERYTHING for kind in terms.mappings}
        told["mapping"] = {kind: {"fields": stored["fields"]} for kind, stored in terms.mappings.items()}
    return told


def _emails(room: Room, pair: UserPair) -> dict[str, str]:
    return {room.pairing.label(Side.LEFT): pair.left.email, room.pairing.label(Side.RIGHT): pair.right.email}


def _laid_over(now: Mapping[str, Any], wanted: SettingsFile) -> dict[str, Any]:
    """The settings as they would be with the file in force."""
    then = {**now, "modules": dict(now["modules"])}
    for name, terms in wanted.modules.items():
        told = {**then["modules"].get(name, {})}
        for part in ("views", "settings", "mapping"):
            given = getattr(terms, part)
            if given is not None:
                told[part] = {**told.get(part, {}), **given}
        then["modules"][name] = told
    if wanted.owners is not None:
        then["owners"] = wanted.owners
    return then


def _path(found: re.Match[str]) -> str:
    return ".".join(_STEP.findall(found[1])) or "settings"


def _unfit(name: str, why: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} holds no settings that can be understood: {why}.",
        why="Nothing was changed.",
        hint="bigin-sync config export FILE writes one that can be.",
    )
