"""Which way a module is read: by COQL, full or incremental, or by lists where COQL cannot serve it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bigin_sync.errors import Bug, ModuleMissing, RequestRefused
from bigin_sync.zoho import listing
from bigin_sync.zoho.changes import ORDER, OrderBroken, read_changes
from bigin_sync.zoho.coql import AUDIT, EVERYTHING, QueryPage, columns, moment, query, quoted
from bigin_sync.zoho.fulllist import FullList
from bigin_sync.zoho.fullread import FullRead, Submit
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.side import Capabilities, Cursor, Page, Row

_IDLE_ROWS = 200
"""LIMIT of the first call of an incremental reading: the most rows that cost one credit on both products."""

_UNANSWERED = frozenset({"INVALID_QUERY", "SYNTAX_ERROR", "INVALID_DATA", "NOT_SUPPORTED", "FEATURE_NOT_SUPPORTED"})
"""Refusals by which COQL says that it does not know a module or a column; a list can still give it."""


class Reader:
    """Reads modules of one org, and learns which of them, or which fields, COQL does not answer."""

    def __init__(self, wire: Wire, can: Capabilities, *, submit: Submit, overlap: timedelta) -> None:
        self.wire = wire
        self.can = can
        self._submit = submit
        self._overlap = overlap
        self._unqueried = set(can.unqueried)

    def read(self, module: str, *, fields: Sequence[str], cursor: Cursor) -> Iterator[Page]:
        """All rows the cursor has not seen; the contract is `SideClient.read`."""
        wanted = columns(fields)
        if self.queries(module, wanted):
            try:
                for page in self._by_query(module, wanted, cursor=cursor):
                    cursor = page.cursor
                    yield page
            except OrderBroken:
                self._unqueried.add(f"{module}.*")
            except (RequestRefused, ModuleMissing) as error:
                if not self.unanswered(module, wanted, error=error):
                    raise
            else:
                return
        yield from self._by_list(module, wanted, cursor=cursor)

    def queries(self, module: str, wanted: Sequence[str]) -> bool:
        """Whether COQL answers these columns of a module (or `Module#view`), as far as is known."""
        # Names with a dollar are no fields (a shared lookup's module is told in one), and no query answers them.
        plain = not any(name.startswith("$") for name in wanted)
        return self.can.coql and plain and self._unqueried.isdisjoint({f"{module}.{name}" for name in (*wanted, "*")})

    def unanswered(self, module: str, wanted: Sequence[str], *, error: RequestRefused | ModuleMissing) -> bool:
        """Take note of what COQL refused; False when the refusal is about something else than columns and modules."""
        if isinstance(error, RequestRefused) and error.code not in _UNANSWERED:
            return False
        details = error.details if isinstance(error, RequestRefused) else None
        named = details.get("column_name") if isinstance(details, dict) else None
        ours = [name for name in wanted if name not in AUDIT]
        refused = [named] if named in ours else (ours or ["*"])
        if isinstance(error, ModuleMissing):
            refused = ["*"]
        self._unqueried.update(f"{module}.{name}" for name in refused)
        return True

    def _by_query(self, module: str, wanted: Sequence[str], *, cursor: Cursor) -> Iterator[Page]:
        product = self.wire.product
        if cursor.since is not None:
            walk = cursor.walk if cursor.walk.get("by") == "modified" else {}

            def changes(where: str, *, limit: int) -> QueryPage:
                return query(self.wire, module, select=wanted, where=where, order=ORDER, limit=limit, operation="poll")

            yield from read_changes(
                changes,
                Cursor(cursor.since, walk),
                first_rows=_IDLE_ROWS,
                most_rows=product.query_rows,
                overlap=self._overlap,
            )
            return

        def in_order(*, after: str | None, offset: int) -> QueryPage:
            where = f"id > {quoted(after)}" if after else EVERYTHING
            return query(self.wire, module, select=wanted, where=where, limit=product.query_rows, offset=offset)

        full = FullRead(
            in_order,
            count=lambda: self.count(module),
            submit=self._submit,
            rows=product.query_rows,
            window=product.query_window,
            width=self.can.concurrency,
            overlap=self._overlap,
        )
        yield from full.pages(cursor.walk if cursor.walk.get("by") == "id" else {})

    def _by_list(self, module: str, wanted: Sequence[str], *, cursor: Cursor) -> Iterator[Page]:
        if cursor.since is None:
            walk = cursor.walk if cursor.walk.get("by") == "list" else {}
            full = FullList(
                self.wire,
                module,
                fields=wanted,
                count=lambda: self.count(module),
                ids=(lambda where: self._ids(module, where)) if self.queries(module, ()) else None,
                submit=self._submit,
                width=self.can.concurrency,
                overlap=self._overlap,
            )
            yield from full.pages(walk)
            return
        here = Cursor(cursor.since, cursor.walk if cursor.walk.get("by") == "newest" else {})
        yield from listing.read_newest(self.wire, module, fields=wanted, cursor=here, overlap=self._overlap)

    def _ids(self, module: str, where: str) -> QueryPage:
        """The first ids, at most 200, that meet a condition. One call."""
        return query(self.wire, module, select=(), where=where, limit=_IDLE_ROWS, operation="seams")

    def count(self, module: str) -> int:
        """How many records a module has. One call."""
        answer = self.wire.send(Call("GET", f"/{module}/actions/count", "count"))
        found = (answer.body or {}).get("count", 0)
        try:
            return int(found)
        except (TypeError, ValueError):
            raise Bug(f"The count of {module} cannot be read: {found!r}") from None

    def made_since(self, module: str, since: datetime, *, fields: Sequence[str]) -> list[Row]:
        """Rows created at or after a moment, from the database: by COQL, else newest first from the list."""
        wanted = columns(fields)
        if self.queries(module, wanted):
            try:
                return self._made_by_query(module, since, wanted=wanted)
            except (RequestRefused, ModuleMissing) as error:
                if not self.unanswered(module, wanted, error=error):
                    raise
        rows: list[Row] = []
        params = {"fields": ",".join(wanted), "sort_by": "Created_Time", "sort_order": "desc"}
        for page in listing.pages(self.wire, module, params=params):
            new = listing.newer(page.rows, "Created_Time", since)
            rows.extend(new)
            if len(new) < len(page.rows):
                break
        return rows

    def _made_by_query(self, module: str, since: datetime, *, wanted: Sequence[str]) -> list[Row]:
        rows: list[Row] = []
        while True:
            behind = f"(Created_Time >= {moment(since)})"
            where = f"({behind} and (id > {quoted(str(rows[-1]['id']))}))" if rows else behind
            page = query(self.wire, module, select=wanted, where=where, limit=_IDLE_ROWS, operation="made since")
            rows.extend(page.rows)
            if not page.more or not page.rows:
                return rows
