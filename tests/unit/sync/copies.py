"""Two copies of one contact, as the deciding files see them: builders for records, links, carriers and both sides."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bigin_sync.model.change import Change, Moved
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.mapping import Mapping, propose
from bigin_sync.pairing.owners import OwnerMap, User, pair_users
from bigin_sync.sync.merge import Both
from bigin_sync.sync.observe import differing
from tests.unit.pairing.orgs import LEFT_CONTACTS, RIGHT_CONTACTS, metas

OURS = "user-of-the-sync"
NOON = datetime(2031, 5, 6, 12, 0, 0, tzinfo=UTC)
KNOWN_LINKS = ((COMPANY, "70", "170"), (COMPANY, "80", "180"))
OWNERS = pair_users(
    [User("1", "Ana", "ana@example.org"), User("2", "Ben", "ben@example.org")],
    [User("11", "Ana", "ana@example.org"), User("13", "Cai", "cai@example.org")],
    fallbacks={Side.LEFT: "2", Side.RIGHT: "13"},
)
LEFT_METAS, RIGHT_METAS = metas(LEFT_CONTACTS), metas(RIGHT_CONTACTS)
PROPOSED = propose(BIGIN_CRM, CONTACT, left=LEFT_METAS, right=RIGHT_METAS).mapping


def moment(seconds: int) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def carrier(
    links: Iterable[tuple[Kind, str, str]] = KNOWN_LINKS, *, owners: OwnerMap = OWNERS, **changed: dict[str, Any]
) -> Carrier:
    """A carrier of contacts. changed: field -> what its pair says otherwise than the proposal."""
    pairs = tuple(replace(pair, **changed.get(pair.name, {})) for pair in PROPOSED.pairs)
    known = {(kind, side, ids[side is Side.RIGHT]): ids for kind, *ids in links for side in BOTH}

    def linked(kind: Kind, side: Side, record_id: str) -> str | None:
        ids = known.get((kind, side, record_id))
        return None if ids is None else ids[side is Side.LEFT]

    mapping = Mapping(CONTACT, pairs)
    return Carrier(BIGIN_CRM, mapping, left=LEFT_METAS, right=RIGHT_METAS, owners=owners, translate=linked)


def change(now: Values, seen: Values) -> Change:
    """A side that holds `now`, where `seen` was seen."""
    fields = differing(now, seen)
    return Change(Moved.EDITED if fields else Moved.SAME, now, seen, fields)


def sides(
    seen: Values,
    *,
    left: Values | None = None,
    right: Values | None = None,
    right_seen: Values | None = None,
    left_at: int = 10,
    right_at: int = 20,
) -> Both:
    """Both sides of a link: what was seen of them, and the edits made since. Without more said, right is the later."""
    there = seen if right_seen is None else right_seen
    return Both(
        change({**seen, **(left or {})}, seen),
        change({**there, **(right or {})}, there),
        moment(left_at),
        moment(right_at),
    )


def gone(both: Both, *where: Side) -> Both:
    """The same, but for records that were deleted."""
    for side in where:
        lost = replace(both.of(side), moved=Moved.GONE, now=both.of(side).seen, fields=frozenset())
        both = replace(both, left=lost) if side is Side.LEFT else replace(both, right=lost)
    return both


def link_of(both: Both, *, held: frozenset[str] = frozenset()) -> Link:
    """The link these two sides belong to: left record 1, right record 101."""
    left = Copy("1", both.left.seen, both.left_at)
    return Link(5, CONTACT, left, Copy("101", both.right.seen, both.right_at), held=held)


def record(side: Side, values: Values, *, id: str | None = None, at: int = 10, by: str = "somebody") -> Record:
    """A contact as it was read."""
    here = id or ("1" if side is Side.LEFT else "101")
    return Record(Ref(side, CONTACT, here), values, "Ida Lind", moment(at), modified_by=by)
