"""Links: which left and right records are the same thing, and what was last seen of both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link, Written
from bigin_sync.model.side import Side
from bigin_sync.model.vector import Vector
from bigin_sync.store.bulk import inserting, reserve_ids, run_many, updating
from bigin_sync.store.chunks import chunked
from bigin_sync.store.columns import epoch, json_text, moment
from bigin_sync.store.db import now_epoch
from bigin_sync.store.tables_hot import LINK

_c = LINK.c
_COLUMNS = (
    *(_c.id, _c.kind, _c.held),
    *(_c.left_id, _c.left_seen, _c.left_modified, _c.ll, _c.lr, _c.left_written, _c.left_gone),
    *(_c.right_id, _c.right_seen, _c.right_modified, _c.rl, _c.rr, _c.right_written, _c.right_gone),
)
_ID_OF = {Side.LEFT: _c.left_id, Side.RIGHT: _c.right_id}
_MUTABLE = (
    *("left_seen", "left_modified", "ll", "lr", "left_written", "left_gone"),
    *("right_seen", "right_modified", "rl", "rr", "right_written", "right_gone", "held"),
)
_INSERT = inserting(LINK, [column.name for column in LINK.columns])
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
    made = {"integration_id": iid, "made_at": now_epoch(session), "made_run": run_id}
    run_many(
        session,
        _INSERT,
        [
            _mutable(link)
            | made
            | {"id": id, "kind": link.kind, "left_id": link.left.id, "right_id": link.right.id, "made_by": by}
            for id, link, by in zip(ids, links, made_by, strict=True)
        ],
    )
    return ids


def save(session: Session, links: Sequence[Link]) -> None:
    """Store what these links have become: seen, times, vectors, last writes, tombstones, held fields."""
    run_many(session, _SAVE, [_mutable(link) | {"row_id": link.id} for link in links])


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Link]:
    """The links of these ids."""
    return {link.id: link for some in chunked(ids) for link in _read(session, [_c.id.in_(some)])}


def by_records(session: Session, iid: int, *, side: Side, kind: Kind, ids: Sequence[str]) -> dict[str, Link]:
    """The links of these records of a side, tombstones too, by record id."""
    return {
        link.copy(side).id: link
        for some in chunked(ids)
        for link in _read(session, [_c.integration_id == iid, _c.kind == kind, _ID_OF[side].in_(some)])
    }


def translate(session: Session, iid: int, *, side: Side, kind: Kind, ids: Sequence[str]) -> dict[str, str]:
    """The other side's record id for each of these records of `side` whose link stands; tombstones are left out."""
    here, there = _ID_OF[side], _ID_OF[side.other]
    found: dict[str, str] = {}
    for some in chunked(ids):
        rows = session.connection().execute(
            select(here, there).where(
                _c.integration_id == iid, _c.kind == kind, here.in_(some), ~_c.left_gone, ~_c.right_gone
            )
        )
        found.update((mine, other) for mine, other in rows)
    return found


def numbers(session: Session, iid: int, *, side: Side, kind: Kind, ids: Sequence[str]) -> dict[str, int]:
    """The id of the link of each of these records of `side`, tombstones too; records without one are left out."""
    here = _ID_OF[side]
    found: dict[str, int] = {}
    for some in chunked(ids):
        where = (_c.integration_id == iid, _c.kind == kind, here.in_(some))
        found.update((mine, number) for mine, number in session.connection().execute(select(here, _c.id).where(*where)))
    return found


def slice(  # noqa: A001 -- the word of the trade, always read as `links.slice`
    session: Session, iid: int, *, kind: Kind, after_id: int = 0, limit: int
) -> list[Link]:
    """The next links of a kind by rising id, after `after_id`; fewer than `limit` are the last."""
    return list(_read(session, [_c.integration_id == iid, _c.kind == kind, _c.id > after_id], limit=limit))


def forget_fields(session: Session, iid: int, *, kind: Kind, names: Sequence[str]) -> None:
    """Forget what was seen of these fields on every link of a kind: they meet as if for the first time."""
    gone, after = frozenset(names), 0
    while some := slice(session, iid, kind=kind, after_id=after, limit=_FORGOTTEN_AT_ONCE):
        save(session, [_without(link, gone) for link in some])
        after = some[-1].id


def _without(link: Link, names: frozenset[str]) -> Link:
    for side in Side:
        copy = link.copy(side)
        kept = {name: value for name, value in copy.seen.items() if name not in names}
        link = link.with_copy(side, replace(copy, seen=kept))
    return replace(link, held=link.held - names)


def count(session: Session, iid: int) -> list[Count]:
    """How many links each kind has."""
    parted = func.sum(case((_c.left_gone | _c.right_gone, 1), else_=0))
    rows = session.connection().execute(
        select(_c.kind, func.count(), parted).where(_c.integration_id == iid).group_by(_c.kind).order_by(_c.kind)
    )
    return [Count(Kind(kind), total - gone, gone) for kind, total, gone in rows]


def making(session: Session, link_id: int) -> Making | None:
    """When and how a link was made, or None when there is no such link."""
    row = (
        session.connection().execute(select(_c.made_at, _c.made_run, _c.made_by).where(_c.id == link_id)).one_or_none()
    )
    return None if row is None else Making(row[0], row[1], row[2])


def _read(session: Session, where: Sequence[ColumnElement[bool]], *, limit: int | None = None) -> Iterator[Link]:
    statement = select(*_COLUMNS).where(*where).order_by(_c.id).limit(limit)
    return map(_to_link, session.connection().execute(statement))


def _mutable(link: Link) -> dict[str, Any]:
    left, right = link.left, link.right
    return {
        "left_seen": json_text(dict(left.seen)),
        "left_modified": epoch(left.modified_at),
        "ll": left.vector.left,
        "lr": left.vector.right,
        "left_written": json_text(_from_written(left.written)),
        "left_gone": left.gone,
        "right_seen": json_text(dict(right.seen)),
        "right_modified": epoch(right.modified_at),
        "rl": right.vector.left,
        "rr": right.vector.right,
        "right_written": json_text(_from_written(right.written)),
        "right_gone": right.gone,
        "held": json_text(sorted(link.held) or None),
    }


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
    return Copy(id, seen, moment(modified), Vector(left, right), _to_written(written), gone)


def _from_written(written: Written | None) -> dict[str, Any] | None:
    if written is None:
        return None
    return {"at": epoch(written.at), "fields": None if written.fields is None else sorted(written.fields)}


def _to_written(stored: Mapping[str, Any] | None) -> Written | None:
    if stored is None:
        return None
    fields = stored["fields"]
    return Written(moment(stored["at"]), None if fields is None else frozenset(fields))
