"""Looking at given records: their present state, whether a list view shows them, which were deleted."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bigin_sync.errors import Bug, ModuleMissing, RequestRefused
from bigin_sync.zoho import listing
from bigin_sync.zoho.coql import CONDITIONS, IN_VALUES, QueryPage, columns, one_of, query
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.reading import Reader
from bigin_sync.zoho.side import Fetched, Gone, Row
from bigin_sync.zoho.times import from_wire, to_wire

MOST_IDS = 100
_FETCH_ROWS = 200
_PERMANENT = "permanent"


def fetch(reader: Reader, module: str, *, ids: Sequence[str], fields: Sequence[str]) -> Fetched:
    """The present state of at most 100 records, by the cheapest call this org knows.

    Only where neither `ids=` nor COQL gives the fields is every record asked for on its own.
    """
    if len(ids) > MOST_IDS:
        raise Bug(f"{len(ids)} records were asked for at once; at most {MOST_IDS} can be.")
    wanted = columns(fields)
    distinct = list(dict.fromkeys(ids))
    if not distinct:
        return Fetched([], reader.wire.clock.now())
    if not reader.can.ids and reader.queries(module, wanted):
        try:
            page = query(
                reader.wire, module, select=wanted, where=one_of(distinct), limit=_FETCH_ROWS, operation="fetch"
            )
            return Fetched(page.rows, page.at)
        except (RequestRefused, ModuleMissing) as error:
            if not reader.unanswered(module, wanted, error=error):
                raise
    by_ids = _by_ids(reader.wire, module, ids=distinct, wanted=wanted)
    return by_ids or _one_by_one(reader.wire, module, ids=distinct, wanted=wanted)


def _by_ids(wire: Wire, module: str, *, ids: Sequence[str], wanted: Sequence[str]) -> Fetched | None:
    """The list call with `ids=`; None when the side does not heed it, which shows in rows that were not asked for.

    A side that ignored it would answer its first 200 records: all of them asked for only if there are no others.
    """
    params = {"ids": ",".join(ids), "fields": ",".join(wanted), "per_page": str(listing.PER_PAGE)}
    answer = wire.send(Call("GET", f"/{module}", "fetch", params={**wire.product.list_params, **params}))
    asked = set(ids)
    if any(str(row.get("id")) not in asked for row in answer.rows):
        return None
    return Fetched(answer.rows, answer.at)


def _one_by_one(wire: Wire, module: str, *, ids: Sequence[str], wanted: Sequence[str]) -> Fetched:
    """One call per record; the time is that of the first answer, so that "not changed since" stays on the safe side."""
    params = {"fields": ",".join(wanted)}
    answers = [wire.send(Call("GET", f"/{module}/{record_id}", "fetch one", params=params)) for record_id in ids]
    return Fetched([row for answer in answers for row in answer.rows], min(answer.at for answer in answers))


def holding(
    reader: Reader, module: str, *, field: str, texts: Sequence[str], fields: Sequence[str], since: datetime
) -> list[Row]:
    """The records of which a field holds one of these texts: ids by COQL, which reads the database, then the rest.

    An org that refuses to be asked for the field raises `RequestRefused`, as it does once the field is gone. Where COQL
    does not serve at all, the records made at or after `since` are listed, and the others left out.
    """
    if len(texts) > MOST_IDS:
        raise Bug(f"{len(texts)} values were looked for at once; at most {MOST_IDS} can be.")
    if reader.queries(module, ()):
        where = one_of(texts, field=field)
        page = query(reader.wire, module, select=(), where=where, limit=_FETCH_ROWS, operation="holding")
        found = [str(row["id"]) for row in page.rows][:MOST_IDS]
        return fetch(reader, module, ids=found, fields=[*fields, field]).rows
    known = {text.casefold() for text in texts}
    rows = reader.made_since(module, since, fields=[*fields, field])
    return [row for row in rows if str(row.get(field) or "").casefold() in known]


def filled(reader: Reader, module: str, *, field: str) -> list[str]:
    """What stands in a field of the newest records that have anything in it; nothing where COQL does not serve."""
    if not reader.queries(module, (field,)):
        return []
    where = f"{field} is not null"
    page = query(
        reader.wire, module, select=(field,), where=where, order="id desc", limit=_FETCH_ROWS, operation="filled"
    )
    return [str(row[field]) for row in page.rows if row.get(field)]


def admitted(reader: Reader, module: str, *, ids: Sequence[str], view: str) -> set[str]:
    """Which of these records a list view shows: `from Module#view` in COQL, else by walking the view itself.

    Source: Zoho CRM "Kaizen: COQL" for `Module#cvid`.
    """
    wire = reader.wire
    wanted = list(dict.fromkeys(ids))
    if reader.queries(f"{module}#", ()):
        most = min(wire.product.query_rows, CONDITIONS * IN_VALUES)
        source = f"{module}#{_digits(view)}"
        try:
            shown: set[str] = set()
            for start in range(0, len(wanted), most):
                part = wanted[start : start + most]
                page = _shown(wire, source, ids=part)
                shown.update(str(row["id"]) for row in page.rows)
            return shown
        except (RequestRefused, ModuleMissing) as error:
            if not reader.unanswered(f"{module}#", (), error=error):
                raise
    asked = set(wanted)
    params = {"fields": "id", "cvid": view}
    price = wire.product.prices.view_page
    seen = listing.pages(wire, module, params=params, credits=price, operation="view")
    return {str(row["id"]) for page in seen for row in page.rows} & asked


def _shown(wire: Wire, source: str, *, ids: Sequence[str]) -> QueryPage:
    limit = max(len(ids), 1)
    return query(wire, source, select=(), where=one_of(ids), limit=limit, operation="view")


def _digits(view: str) -> str:
    """A view's id as it may stand behind `#` in a query."""
    if not view.isdigit():
        raise Bug(f"{view!r} is not the id of a list view.")
    return view


def deleted(wire: Wire, module: str, *, since: datetime | None) -> Iterator[list[Gone]]:
    """Deleted records in pages, from the recycle bin and beyond.

    Source: Zoho CRM v8 "Deleted Records": `If-Modified-Since` compares the time of deletion; where it is ignored
    older rows are dropped here. A record that is restored leaves the list. A side that keeps no such list of a module
    (notes are not promised) tells of none; then a deletion is noticed when the counterpart is next written.
    """
    headers = {"If-Modified-Since": to_wire(since)} if since is not None else {}
    number = 1
    while True:
        params = {"type": "all", "page": str(number), "per_page": str(listing.PER_PAGE)}
        price = wire.product.prices.deleted
        call = Call("GET", f"/{module}/deleted", "deleted", credits=price, params=params, headers=headers)
        try:
            answer = wire.send(call)
        except (RequestRefused, ModuleMissing):
            yield []
            return
        rows = [_gone(row, answer.at) for row in answer.rows if row.get("id")]
        yield [gone for gone in rows if since is None or gone.at >= since.replace(microsecond=0)]
        if not answer.rows or not answer.info.get("more_records"):
            return
        number += 1


def _gone(row: Row, answered_at: datetime) -> Gone:
    label = row.get("display_name")
    return Gone(
        id=str(row["id"]),
        at=from_wire(row.get("deleted_time")) or answered_at,
        label=str(label) if label else None,
        permanent=row.get("type") == _PERMANENT,
    )
