"""Finding a record by what a person types: an id, or a piece of its name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select
from sqlmodel import Session

from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.columns import as_text
from bigin_sync.store.tables_hot import INBOX, JOURNAL, LINK

_ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A record that fits. label: what it is called, where that is known; link_id: None for a record without a link."""

    ref: Ref
    label: str
    link_id: int | None


def find_record(session: Session, iid: int, *, text: str) -> list[Found]:
    """The records that a person may mean, at most fifty.

    A record id is looked for first; only where none fits, names in the inbox and the journal; and only where none fits
    either, any text that was seen of linked records or was read into the inbox. Letters beyond ASCII must be typed in
    the case they are stored in (SQLite folds ASCII only).
    """
    wanted = text.strip()
    if not wanted:
        return []
    for search in (_by_id, _by_name, _by_text):
        found: dict[Ref, Found] = {}
        for statement in search(iid, wanted):
            for hit in _hits(session, statement):
                known = found.get(hit.ref, hit)
                found[hit.ref] = Found(hit.ref, known.label or hit.label, known.link_id or hit.link_id)
        if found:
            return list(found.values())[:_ENOUGH]
    return []


def _from_inbox(iid: int) -> Select[*tuple[Any, ...]]:
    c = INBOX.c
    return select(c.side, c.kind, c.record_id, c.label, c.link_id).where(c.integration_id == iid).order_by(c.id)


def _from_journal(iid: int, side: Side) -> Select[*tuple[Any, ...]]:
    c = JOURNAL.c
    record_id = c[f"{side.value}_id"]
    statement = select(literal(side.value), c.kind, record_id, c.label, c.link_id)
    return statement.where(c.integration_id == iid, record_id.is_not(None)).order_by(c.id.desc())


def _from_links(iid: int, side: Side) -> Select[*tuple[Any, ...]]:
    c = LINK.c
    statement = select(literal(side.value), c.kind, c[f"{side.value}_id"], literal(""), c.id)
    return statement.where(c.integration_id == iid).order_by(c.id)


def _by_id(iid: int, wanted: str) -> Iterator[Select[*tuple[Any, ...]]]:
    yield _from_inbox(iid).where(INBOX.c.record_id == wanted)
    for side in BOTH:
        yield _from_links(iid, side).where(LINK.c[f"{side.value}_id"] == wanted)
        yield _from_journal(iid, side).where(JOURNAL.c[f"{side.value}_id"] == wanted)


def _by_name(iid: int, wanted: str) -> Iterator[Select[*tuple[Any, ...]]]:
    yield _from_inbox(iid).where(INBOX.c.label.icontains(wanted, autoescape=True))
    for side in BOTH:
        yield _from_journal(iid, side).where(JOURNAL.c.label.icontains(wanted, autoescape=True))


def _by_text(iid: int, wanted: str) -> Iterator[Select[*tuple[Any, ...]]]:
    yield _from_inbox(iid).where(as_text(INBOX.c.vals).icontains(wanted, autoescape=True))
    for side in BOTH:
        seen = as_text(LINK.c[f"{side.value}_seen"])
        yield _from_links(iid, side).where(seen.icontains(wanted, autoescape=True))


def _hits(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Found]:
    for side, kind, record_id, label, link_id in session.connection().execute(statement.limit(_ENOUGH)):
        yield Found(Ref(Side(side), Kind(kind), record_id), label, link_id)
