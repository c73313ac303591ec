"""Links: which left and right records are the same thing, and what was last seen of both."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link, Unanswered, Written
from bigin_sync.model.side import Side
from bigin_sync.model.vector import Vector
from bigin_sync.store.among import among
from bigin_sync.store.bulk import inserting, reserve_ids, updating
from bigin_sync.store.columns import as_text, epoch, json_text, json_value, moment
from bigin_sync.store.db import now_epoch
from bigin_sync.store.tables_hot import LINK

_c = LINK.c
_COLUMNS = (
    *(_c.id, _c.kind, _c.held),
    *(_c.left_id, as_text(_c.left_seen), _c.left_modified, _c.ll, _c.lr, as_text(_c.left_written), _c.left_gone),
    *(_c.right_id, as_text(_c.right_seen), _c.right_modified, _c.rl, _c.rr, as_text(_c.right_written), _c.right_gone),
)
_ID_OF = {Side.LEFT: _c.left_id, Side.RIGHT: _c.right_id}
_MUTABLE = (
    *("left_seen", "left_modified", "ll", "lr", "left_written", "left_gone"),
    *("right_seen", "right_modified", "rl", "rr", "right_written", "right_gone", "held"),
)
_INSERT = inserting(
    LINK,
    ("id", "integration_id", "kind", "left_id", "right_id", *_MUTABLE, "made_at", "made_run", "made_by"),
)
_SAVE = updating(LINK, _MUTABLE)
_FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Count:
    """How many links a kind has: `linked` with both records, `parted` with one of them gone."""

    kind: Kind
    linked: int
    parted: int


@dataclass(frozen=True, slots=True)
class Making:
    """When a link was made, in which run, and how (the match key's name, or `created`)."""

    at: int
    run_id: int
    by: str


def insert_(session: Session, iid: int, *, run_id: int, made_by: Sequence[str], links: Sequence[Link]) -> list[int]:
    """Store new links (their own `id` is ignored), each with how it was found; returns the ids they got, in that order.

    Raises `sqlalchemy.exc.IntegrityError` when one of the records is linked already: the caller's transaction is lost.
    """
    ids = list(reserve_ids(session, LINK, count=len(links)))
    at = now_epoch(session)
    _INSERT.run(
        session,
        [
            (id, iid, link.kind, link.left.id, link.right.id, *_mutable(link), at, run_id, by)
            for id, link, by in zip(ids, links, made_by, strict=True)
        ],
    )
    return ids


def save(session: Session, links: Sequence[Link]) -> None:
    """Store what these links have become: seen, times, vectors, last writes, tombstones, held fields."""
    _SAVE.run(session, [(*_mutable(link), link.id) for link in links])


def move(session: Session, link: Link) -> None:
    """Store a link one of whose copies is another record than before."""
    ids = {"left_id": link.left.id, "right_id": link.right.id}
    session.connection().execute(update(LINK).where(_c.id == link.id).values(ids))
    save(session, [link])


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Link]:
    """The links of these ids."""
    return {link.id: link for link in _read(session, [among(_c.id, ids)])} if ids else {}


def by_records(session: Session, iid: int, *, side: Side, kind: Kind, ids: Sequence[str]) -> dict[str, Link]:
    """The links of these records of a side, tombstones too, by record id."""
    return {
        link.copy(side).id: link
        for link in _read(session, [_c.integration_id == iid, _c.kind == kind, among(_ID_OF[side], ids)])
    }


def translate(session: Session, iid: int, *, side: Side, kind: Kind, ids: Sequence[str]) -> dict[str, str]:
    """The other side's record id for each of these records of `side` whose link stands; tombstones are left out."""
    here, there = _ID_OF[side], _ID_OF[side.other]
    where = (_c.integration_id == iid, _c.kind == kind, among(here, ids), ~_c.left_gone, ~_c.right_gone)
    return dict(session.connection().execute(select(here, there).where(*where)).all())


def numbers(session: Session, iid: int, *, side: Side, kind: Kind, ids: Sequence[str]) -> dict[str, int]:
    """The id of the link of each of these records of `side`, tombstones too; records without one are left out."""
    here = _ID_OF[side]
    where = (_c.integration_id == iid, _c.kind == kind, among(here, ids))
    return dict(session.connection().execute(select(here, _c.id).where(*where)).all())


def slice(  # noqa: A001 -- the word of the trade, always read as `links.slice`
    session: Session, iid: int, *, kind: Kind, after_id: int = 0, limit: int
) -> list[Link]:
    """The next links of a kind by rising id, after `after_id`; fewer than `limit` are the last."""
    return list(_read(session, [_c.integration_id == iid, _c.kind == kind, _c.id > after_id], limit=limit))


def parted(session: Session, iid: int, *, kind: Kind, after_id: int = 0, limit: int) -> list[Link]:
    """The next links of a kind with a record that is gone, by rising id, after `after_id`; fewer than `limit` are the
    last.
    """
    where = [_c.integration_id == iid, _c.kind == kind, _c.id > after_id, _c.left_gone | _c.right_gone]
    return list(_read(session, where, limit=limit))


def forget_fields(session: Session, iid: int, *, kind: Kind, names: Sequence[str]) -> None:
    """Forget what was seen of these fields on every link of a kind: they meet as if for the first time."""
    gone, after = frozenset(names), 0
    while some := slice(session, iid, kind=kind, after_id=after, limit=_FORGOTTEN_AT_ONCE):
        save(session, [_without(link, gone) for link in some])
        after = some[-1].id


def _without(link: Link, names: frozenset[str]) -> Link:
    for side in Side:
        link = link.with_copy(side, link.copy(side).without(names))
    return replace(link, held=link.held - names)


def count(session: Session, iid: int) -> list[Count]:
    """How many links each kind has."""
    parted = func.sum(case((_c.left_gone | _c.right_gone, 1), else_=0))
    rows = session.connection().execute(
        select(_c.kind, func.count(), parted).where(_c.integration_id == iid).group_by(_c.kind).order_by(_c.kind)
    )
    return [Count(Kind(kind), total - gone, gone) for kind, total, gone in rows]


def gone(session: Session, ids: Collection[int], *, side: Side) -> int:
    """Of how many of these links the record on a side is gone."""
    lost = _c.left_gone if side is Side.LEFT else _c.right_gone
    return session.connection().execute(select(func.count()).where(among(_c.id, ids), lost)).scalar_one()


def making(session: Session, link_id: int) -> Making | None:
    """When and how a link was made, or None when there is no such link."""
    row = (
        session.connection().execute(select(_c.made_at, _c.made_run, _c.made_by).where(_c.id == link_id)).one_or_none()
    )
    return None if row is None else Making(row[0], row[1], row[2])


def _read(session: Session, where: Sequence[ColumnElement[bool]], *, limit: int | None = None) -> Iterator[Link]:
    statement = select(*_COLUMNS).where(*where).order_by(_c.id).limit(limit)
    return map(_to_link, session.connection().execute(statement))


def _mutable(link: Link) -> tuple[object, ...]:
    """The values of `_MUTABLE`, in that order."""
    return (*_known(link.left), *_known(link.right), json_text(sorted(link.held) or None))


def _known(copy: Copy) -> tuple[object, ...]:
    vector, written = copy.vector, json_text(_from_written(copy))
    return (json_text(copy.seen), epoch(copy.modified_at), vector.left, vector.right, written, copy.gone)


def _to_link(row: Sequence[Any]) -> Link:
    id, kind, held, *copies = row
    return Link(
        id=id,
        kind=Kind(kind),
        left=_to_copy(copies[:7]),
        right=_to_copy(copies[7:]),
        held=frozenset(held or ()),
    )


def _to_copy(row: Sequence[Any]) -> Copy:
    id, seen, modified, left, right, written, gone = row
    told: Mapping[str, Any] = json_value(written) or {}
    lost = told.get("unanswered")
    return Copy(
        id,
        json_value(seen),
        moment(modified),
        Vector(left, right),
        _to_written(told) if "at" in told else None,
        gone,
        None if lost is None else _to_unanswered(lost),
    )


def _from_written(copy: Copy) -> dict[str, Any] | None:
    """Our last write to a copy, and beside it those of which no answer came."""
    told: dict[str, Any] = {}
    if (written := copy.written) is not None:
        fields = None if written.fields is None else sorted(written.fields)
        told |= {"at": epoch(written.at), "fields": fields}
    if (lost := copy.unanswered) is not None:
        told["unanswered"] = {"until": epoch(lost.until), "values": lost.values, "before": lost.before}
    return told or None


def _to_written(stored: Mapping[str, Any]) -> Written:
    fields = stored["fields"]
    return Written(moment(stored["at"]), None if fields is None else frozenset(fields))


def _to_unanswered(stored: Mapping[str, Any]) -> Unanswered:
    values = {name: tuple(values) for name, values in stored["values"].items()}
    return Unanswered(moment(stored["until"]), values, stored.get("before", {}))
