"""Scene: how both orgs and the memory of the sync stand at one moment, copied out so that two moments compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm.pipelines import DEAL, PRODUCT
from bigin_sync.store import conflicts, cursors, inbox, links
from bigin_sync.store.conflicts import Conflict
from bigin_sync.store.inbox import Entry, State
from tests.machine.forms import Field, Form
from tests.machine.orgs import Orgs

_ALL = 100_000

Pair: TypeAlias = tuple[Ref, Ref]
"""A deal and a product."""


@dataclass(frozen=True, slots=True)
class Row:
    """A live record: what the form's fields hold, when it was last modified (epoch seconds), and what rings in it."""

    values: Mapping[str, object]
    modified: int
    loud: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment. rows: the live records; binned: those in a recycle bin; entries: what the sync has in its inbox.

    joined: side -> the deals and products that are joined there.
    """

    rows: Mapping[Ref, Row]
    binned: frozenset[Ref]
    joined: Mapping[Side, frozenset[Pair]]
    links: Mapping[int, Link]
    entries: Mapping[Ref, Entry]
    conflicts: tuple[Conflict, ...]
    read_until: Mapping[tuple[Side, Kind], str]
    users: Mapping[Side, Mapping[str, str]]
    forms: Mapping[Kind, Form]

    def link_of(self, ref: Ref) -> Link | None:
        """The link of a record, tombstones too."""
        return next((link for link in self.links.values() if link.ref(ref.side) == ref), None)

    def over_there(self, pair: Pair) -> Pair | None:
        """The counterparts of a deal and a product."""
        deal, product = (self.link_of(ref) for ref in pair)
        other = pair[0].side.other
        return None if deal is None or product is None else (deal.ref(other), product.ref(other))

    def aside(self, link: Link) -> list[Entry]:
        """What the inbox holds of a link."""
        return [self.entries[link.ref(side)] for side in BOTH if link.ref(side) in self.entries]

    def whole(self, link: Link) -> bool:
        """Whether both records of a link are there."""
        return all(link.ref(side) in self.rows for side in BOTH)

    def same(self, form: Form, name: str, left: object, right: object) -> bool:
        """Whether a field's two values say the same, as a person would see it; nobody stands for some owners."""
        if form.field(name).owner and (self.nobody(Side.LEFT, left) or self.nobody(Side.RIGHT, right)):
            return True
        return self.equal(form, name, left, right)

    def equal(self, form: Form, name: str, left: object, right: object) -> bool:
        """Whether one of a field's two values is what the other becomes on the way over."""
        field = form.field(name)
        if field.to is not None:
            return left == right if left is None or right is None else self._linked(field.to, left) == right
        if field.owner:
            return self._mail(left) == self._mail(right)
        if name == "Email" and isinstance(left, str) and isinstance(right, str):
            return left.casefold() == right.casefold()
        return left == right

    def key(self, ref: Ref, row: Row) -> tuple[object, ...] | None:
        """What a record is known by, as far as case and a legal form don't matter, and as far as this moment knows who
        is whose counterpart; None where it can't be told.
        """
        form = self.forms[ref.kind]
        parts: list[object] = []
        for one in (one for one in form.fields if one.name in (*form.known_by, *form.or_blank)):
            value = row.values.get(one.name)
            link = None if one.to is None or value is None else self.link_of(Ref(ref.side, one.to, str(value)))
            if (value is None and one.name in form.known_by) or (one.to and value is not None and link is None):
                return None
            parts.append(link.id if link else value)
        return tuple(part.casefold().removesuffix(" gmbh") if isinstance(part, str) else part for part in parts)

    def known(self, kind: Kind, side: Side, value: object) -> bool:
        """Whether a lookup says something that can be told apart: nothing, or a record with a counterpart."""
        return value is None or self.link_of(Ref(side, kind, str(value))) is not None

    def _linked(self, kind: Kind, left: object) -> str | None:
        link = self.link_of(Ref(Side.LEFT, kind, str(left)))
        return None if link is None else link.right.id

    def _mail(self, user: object) -> str:
        return next(known[str(user)] for known in self.users.values() if str(user) in known).casefold()

    def nobody(self, side: Side, user: object) -> bool:
        """Whether a user works on this side alone, so that nobody stands for them on the other."""
        return self._mail(user) not in {mail.casefold() for mail in self.users[side.other].values()}


def look(orgs: Orgs) -> Scene:
    """How everything stands now."""
    with orgs.room.db.read() as session:
        found_links = [link for kind in orgs.forms for link in links.slice(session, orgs.iid, kind=kind, limit=_ALL)]
        entries = [
            entry
            for kind in orgs.forms
            for entry in inbox.slice(session, orgs.iid, kind=kind, states=tuple(State), limit=_ALL)
        ]
        readings = {
            (side, kind): cursors.get(session, orgs.iid, side=side, kind=kind) for side in BOTH for kind in orgs.forms
        }
        open_conflicts = tuple(conflicts.listing(session, orgs.iid))
    return Scene(
        rows={ref: row for side in BOTH for form in orgs.forms.values() for ref, row in rows_of(orgs, side, form)},
        binned=frozenset(
            Ref(side, form.kind, gone.id)
            for side in BOTH
            for gone in orgs.org(side).bin.everything()
            for form in orgs.forms.values()
            if form.module(side) == gone.module
        ),
        joined={side: joined(orgs, side) for side in BOTH},
        links={link.id: link for link in found_links},
        entries={entry.record.ref: entry for entry in entries},
        conflicts=open_conflicts,
        read_until={
            place: str(reading.position.get("since") or "")
            for place, reading in readings.items()
            if reading is not None
        },
        users=orgs.users,
        forms=orgs.forms,
    )


def rows_of(orgs: Orgs, side: Side, form: Form) -> list[tuple[Ref, Row]]:
    """The live records of a kind on a side, oldest first."""
    table = orgs.org(side).tables[form.module(side)]
    return [
        (
            Ref(side, form.kind, row.id),
            Row(
                {one.name: _held(orgs, form, one, side, row.values) for one in form.fields},
                row.modified,
                {name: value for name in form.loud if (value := row.values.get(name))},
            ),
        )
        for row in sorted(table.rows.values(), key=lambda each: int(each.id))
    ]


def joined(orgs: Orgs, side: Side) -> frozenset[Pair]:
    """The live deals and products of a side that are joined."""
    deals, products = orgs.forms.get(DEAL), orgs.forms.get(PRODUCT)
    if deals is None or products is None:
        return frozenset()
    org, module = orgs.org(side), products.module(side)
    return frozenset(
        (deal, Ref(side, PRODUCT, id))
        for deal, _row in rows_of(orgs, side, deals)
        for id in org.links.of(deals.module(side), deal.id, module)
        if org.live(module, id) is not None
    )


def _held(orgs: Orgs, form: Form, field: Field, side: Side, values: Mapping[str, object]) -> object:
    """What a field shows; a box that was never ticked is not ticked, a lookup to another module or to a record that was
    deleted is none.
    """
    place = form.place(field.name, side)
    value = values.get(place.api)
    if field.to is not None:
        elsewhere = place.of is not None and values.get("$se_module") != place.of
        dead = orgs.org(side).live(orgs.forms[field.to].module(side), value) is None
        return None if elsewhere or dead else value
    return bool(value) if field.values is not None and True in field.values else value
