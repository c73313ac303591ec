"""Doctor: everything checked, and no record of either org written."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from bigin_sync.admin import fields, key_fields, modules
from bigin_sync.admin.checks import Check
from bigin_sync.admin.owners import paired
from bigin_sync.errors import BiginSyncError, DatabaseDamaged, ModuleMissing, RequestRefused
from bigin_sync.jobs import remembered
from bigin_sync.jobs.clients import opened, opened_one
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.refresh import refresh
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import credits, orgs
from bigin_sync.sync.clocks import must_agree
from bigin_sync.zoho.side import Capabilities, Row, SideClient

FEW_CREDITS = 0.1
"""Below this share of the day's credits, a person should know."""


def examine(room: Room, *, create_key_fields: bool = False) -> list[Check]:
    """Look at the state folder, the database, both orgs, the clocks, every mapping, the owners and the credits.

    create_key_fields: add the field for sync keys where it is missing and can be added.
    """
    checks = [_folder(room)]
    try:
        room.db.look_through()
    except DatabaseDamaged as error:
        return [*checks, Check("database", good=False, found=error.what, hint=error.hint)]
    try:
        iid = room.integration()
    except BiginSyncError as error:
        return [*checks, Check("connection", good=False, found=error.what, hint=error.hint)]
    checks.append(_database(room, iid))
    checks += [_careful(f"{room.pairing.title(side)} org", partial(_org, room, iid, side)) for side in BOTH]
    if all(check.good for check in checks[-len(BOTH) :]):
        checks.append(_careful("clocks", partial(_clocks, room, iid)))
        checks.append(_careful("fields and views", partial(_read_again, room, iid)))
        added = list(key_fields.create(room, iid)) if create_key_fields else []
        if any(check.good for check in added):
            checks[-1] = _careful("fields and views", partial(_read_again, room, iid))
        checks += added
        for line in modules.overview(room):
            checks += [Check(f"module {line.name}", good=False, found=remark) for remark in line.troubles]
        for spec in room.pairing.modules:
            checks += _mappings(room, spec.name)
        checks += key_fields.checks(room, iid)
        checks.append(_owners(room, iid))
        checks += [_credits(room, iid, side) for side in BOTH]
    return checks


def _careful(what: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except BiginSyncError as error:
        return Check(what, good=False, found=" ".join(filter(None, (error.what, error.why))), hint=error.next)


def _folder(room: Room) -> Check:
    home: Path = room.settings.home
    open_to_others = home.exists() and home.stat().st_mode & 0o077
    return Check(
        "state folder",
        good=not open_to_others,
        found=f"{home}{', which others on this machine may read' if open_to_others else ''}",
        hint=f"chmod 700 {home}" if open_to_others else "",
    )


def _database(room: Room, iid: int) -> Check:
    """The database is the one that made the last run, as it was left."""
    found = remembered.setback(room, iid)
    if found is None:
        return Check("database", good=True, found="it knows of the last run that was made from this state folder")
    why = f"{remembered.WHAT[found.cause]} {remembered.WHY} Nothing is written until then."
    return Check("database", good=False, found=why, hint=f"bigin-sync plan, then: {remembered.GO_ON}")


def _clocks(room: Room, iid: int) -> Check:
    """The clocks of both orgs and of this machine agree as well as a run demands."""
    with opened(room, iid) as clients:
        for client in clients.values():
            client.me()
        ahead = {room.pairing.title(side): client.clock_ahead for side, client in clients.items()}
    must_agree(ahead, within=timedelta(seconds=room.settings.clock_tolerance))
    most = max(abs(each).total_seconds() for each in ahead.values())
    return Check("clocks", good=True, found=f"they differ by {most:.0f} seconds at most")


def _org(room: Room, iid: int, side: Side) -> Check:
    """The stored credentials still work, the user is still an administrator, and every module may be read."""
    title = room.pairing.title(side)
    with opened_one(room, iid, side) as client:
        me = client.me()
        standing = client.standing(me)
        told = {spec.on(side).module: _fields(client, spec.on(side).module) for spec in room.pairing.kinds}
        for spec in room.pairing.kinds:
            if room.pairing.indispensable(spec) and not told[spec.on(side).module]:
                return Check(f"{title} org", good=False, found=f"{spec.on(side).plural} can't be read")
        capabilities = client.probe({module: rows for module, rows in told.items() if rows})
    with room.db.write(iid) as session:
        orgs.checked(session, iid, side=side, capabilities=capabilities.to_json())
    again = f"bigin-sync connect {room.pairing.label(side)}, signed in as an administrator"
    return Check(
        f"{title} org",
        good=standing.suffices and me.active,
        found=f"signed in as {me.name} <{me.email}>"
        + ("" if standing.suffices else f", who is no administrator: {standing}"),
        hint="" if standing.suffices else again,
    )


def _fields(client: SideClient, module: str) -> list[Row]:
    """The fields of a module; none where the org lacks it or hides it."""
    try:
        return client.fields(module)
    except (RequestRefused, ModuleMissing):
        return []


def _read_again(room: Room, iid: int) -> Check:
    """Fields, layouts, list views and users of both orgs, as they are now; what drifted shows beside its module."""
    with opened(room, iid) as clients:
        found = refresh(room, iid, clients)
    read = sum(len(rows) for facts in found.facts.values() for rows in facts.fields.values())
    return Check("fields and views", good=True, found=f"{read} fields of both orgs read again")


def _mappings(room: Room, module: str) -> Iterator[Check]:
    for kind in fields.mapping(room, module):
        good = not kind.blocked
        found = f"{len(kind.pairs)} fields kept the same"
        yield Check(
            f"mapping of {kind.label}",
            good=good,
            found=found if good else " ".join(kind.blocked),
            hint="" if good else f"bigin-sync module configure {module} --map FILE",
        )


def _owners(room: Room, iid: int) -> Check:
    with room.db.read() as session:
        owners = owner_map(session, iid)
    return Check(
        "owners",
        good=bool(owners.matched),
        found=paired(owners),
        hint="" if owners.matched else "bigin-sync owners set BIGIN_USER CRM_USER",
    )


def _credits(room: Room, iid: int, side: Side) -> Check:
    with room.db.read() as session:
        used = credits.used(session, iid, side=side)
        org = orgs.get(session, iid, side=side)
    budget = 0 if org is None else Capabilities(**org.capabilities).daily_credits
    left = max(budget - used, 0)
    return Check(
        f"{room.pairing.title(side)} credits",
        good=left > budget * FEW_CREDITS,
        found=f"{left:,} of {budget:,} left for the next 24 hours",
        hint=""
        if left > budget * FEW_CREDITS
        else "They come back 24 hours after they were spent; runs wait for them.",
    )
