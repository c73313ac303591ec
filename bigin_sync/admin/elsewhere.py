"""Elsewhere: whether an org is part of another integration, of which this database knows nothing.

Its own records tell, where they have sync keys: a copy says from which org it comes. An org that holds copies from
another org of the other product, and none from the one it is to be synced with now, belongs to those two. Where the
database was lost, or the same orgs are set up in a second state folder, the copies come from the very partner, and
nothing is refused. Orgs without the field, and those that can't be queried, tell nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from bigin_sync.errors import AlreadyConnected, ModuleMissing, RequestRefused
from bigin_sync.jobs.clients import opened_one
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import Side
from bigin_sync.pairing import sync_key
from bigin_sync.pairing.fields import read_fields
from bigin_sync.store import links, orgs
from bigin_sync.store.db import Session
from bigin_sync.zoho.side import Org, Row, SideClient

Fields = Mapping[str, Sequence[Row]]
"""Module -> its fields as the org answered."""


def must_be_free(room: Room, iid: int, *, side: Side, org: Org, client: SideClient, fields: Fields) -> None:
    """Refuse two orgs of which either is part of another integration, when the second of them is connected.

    side, org, client, fields: the one that is being connected. Raises `AlreadyConnected`. An org that goes on where it
    left off is not asked again.
    """
    with room.db.read() as session:
        partner = orgs.get(session, iid, side=side.other)
        if partner is None or _goes_on(session, iid, side=side, org=org):
            return
        modules = [spec.on(side.other).module for spec in room.pairing.kinds]
        there = {
            module: orgs.metadata(session, iid, side=side.other, module=module, what="fields") or ()
            for module in modules
        }
    _must_be_free(room, side, client, fields, name=org.name, partner=partner.org_id, connecting=side)
    if partner.signed_in:
        with opened_one(room, iid, side.other) as other:
            _must_be_free(room, side.other, other, there, name=partner.org_name, partner=org.id, connecting=side)


def _goes_on(session: Session, iid: int, *, side: Side, org: Org) -> bool:
    """Whether this database has synced the org already, or has been asked for it when it was connected."""
    known = orgs.get(session, iid, side=side)
    if known is None or known.org_id != org.id:
        return False
    return known.signed_in or any(count.linked + count.parted for count in links.count(session, iid))


def _must_be_free(
    room: Room, side: Side, client: SideClient, fields: Fields, *, name: str, partner: str, connecting: Side
) -> None:
    found = {other: plural for plural, other in _partners(room, side, client, fields)}
    if not found or partner in found:
        return
    other, plural = next(iter(found.items()))
    title, label = room.pairing.title(side), room.pairing.label(connecting)
    raise AlreadyConnected(
        f"The {title} org {name} is part of another integration already: {plural} of it are copies from the "
        f"{room.pairing.title(side.other)} org {other}.",
        why="Two integrations writing one org would undo each other's work.",
        hint=f"Disconnect it there first. Once it is: bigin-sync connect {label} --take-over",
    )


def _partners(room: Room, side: Side, client: SideClient, fields: Fields) -> Iterator[tuple[str, str]]:
    """Plural of a kind, and the id of an org of the other product from which some of its records are copies."""
    for spec in room.pairing.kinds:
        module = spec.on(side).module
        field = sync_key.key_field(room.pairing, read_fields(list(fields.get(module, ()))))
        if not spec.keyed or field is None or sync_key.unfit(field) is not None:
            continue
        try:
            texts = client.filled(module, field.api_name)
        except (RequestRefused, ModuleMissing):
            continue
        label = room.pairing.label(side.other)
        yield from ((spec.on(side).plural, org) for text in texts if (org := sync_key.org_of(text, label)) is not None)
