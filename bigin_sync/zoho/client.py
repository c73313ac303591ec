"""One org of one product, behind the contract of `side.py`; both products' clients are this one with their own data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeAlias, TypeVar

import httpx

from bigin_sync.clock import Clock
from bigin_sync.errors import Bug
from bigin_sync.model.automation import Automation
from bigin_sync.model.outcome import Outcome
from bigin_sync.zoho import lookups, metadata, related, settings, writing
from bigin_sync.zoho.bigin import BIGIN
from bigin_sync.zoho.budget import Counters
from bigin_sync.zoho.crm import CRM
from bigin_sync.zoho.http import Assure, Patience, Wire
from bigin_sync.zoho.oauth import Credentials, Renewed, ZohoAuth
from bigin_sync.zoho.pool import CallPool
from bigin_sync.zoho.probe import probe
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.profiles import standing
from bigin_sync.zoho.reading import Reader
from bigin_sync.zoho.side import Capabilities, CreditLedger, Cursor, Fetched, Gone, Org, Page, Row, Standing, User, View

T = TypeVar("T")

Transport: TypeAlias = httpx.BaseTransport
"""What carries requests instead of the network, for rooms that speak no HTTP themselves."""

PRODUCTS: Mapping[str, Product] = MappingProxyType({BIGIN.label: BIGIN, CRM.label: CRM})
"""The products there are clients for, by label."""

OVERLAP = timedelta(seconds=120)
"""How far an incremental reading looks back behind the start of the one before it."""


class ZohoSide:
    """A client of one org, meets `SideClient`. Calls run in the caller's thread; `submit` and full readings use a pool.

    Never more than `Capabilities.concurrency` calls are in flight, whichever way they were asked for. Don't call
    `read` from inside `submit`: it waits for the pool itself.
    """

    def __init__(self, wire: Wire, can: Capabilities, *, overlap: timedelta = OVERLAP) -> None:
        self.label = wire.product.label
        self.concurrency = can.concurrency
        self.guards_updates = wire.product.guards_updates
        self._wire = wire
        self._pool = CallPool(can.concurrency, name=f"{self.label}-call")
        self._reader = Reader(wire, can, submit=self._pool.submit, overlap=overlap)

    @property
    def counters(self) -> Counters:
        """Calls made and credits spent by this client, by operation."""
        return self._wire.counters

    @property
    def clock_ahead(self) -> timedelta:
        """How far the side's clock is ahead of ours, by its latest answer."""
        return self._wire.clock_ahead

    def submit(self, call: Callable[..., T], *args: object, **kwargs: object) -> "Future[T]":
        """Run one call of this client in its thread pool."""
        return self._pool.submit(partial(call, *args, **kwargs))

    def close(self) -> None:
        """Finish calls in flight, drop those that have not begun (they raise `Interrupted`), and the connections."""
        self._wire.stop()
        self._pool.close()
        self._wire.close()

    def read(self, module: str, *, fields: Sequence[str], cursor: Cursor) -> Iterator[Page]:
        """All rows the cursor has not seen, in pages."""
        return self._reader.read(module, fields=fields, cursor=cursor)

    def fetch(self, module: str, ids: Sequence[str], *, fields: Sequence[str]) -> Fetched:
        """The present state of at most 100 records."""
        return lookups.fetch(self._reader, module, ids=ids, fields=fields)

    def made_since(self, module: str, since: datetime, *, fields: Sequence[str], by: str | None = None) -> list[Row]:
        """Records created at or after `since`, by one user or by anybody, from the database of the side."""
        rows = self._reader.made_since(module, since, fields=fields)
        return [row for row in rows if by is None or _user_id(row.get("Created_By")) == by]

    def holding(
        self, module: str, field: str, texts: Sequence[str], *, fields: Sequence[str], since: datetime
    ) -> list[Row]:
        """Records of which a text field holds one of at most 100 texts."""
        return lookups.holding(self._reader, module, field=field, texts=texts, fields=fields, since=since)

    def filled(self, module: str, field: str) -> list[str]:
        """What stands in a field of the newest records that have anything in it."""
        return lookups.filled(self._reader, module, field=field)

    def admitted(self, module: str, ids: Sequence[str], *, view: str) -> set[str]:
        """Which of these records the list view shows."""
        return lookups.admitted(self._reader, module, ids=ids, view=view)

    def deleted(self, module: str, *, since: datetime | None) -> Iterator[list[Gone]]:
        """Records deleted at or after `since`, in pages."""
        return lookups.deleted(self._wire, module, since=since)

    def related(self, module: str, record_id: str, *, listed: str) -> list[str]:
        """The ids of what one related list of a record shows."""
        return related.related(self._wire, module, record_id=record_id, listed=listed)

    def relate(self, module: str, record_id: str, *, listed: str, ids: Sequence[str]) -> list[Outcome]:
        """Join at most 100 records with one."""
        return related.relate(self._wire, module, record_id=record_id, listed=listed, ids=ids)

    def create(self, module: str, items: Sequence[Row], *, trigger: Sequence[Automation] = ()) -> list[Outcome]:
        """Insert at most 100 rows, silently unless automations are named."""
        return writing.create(self._wire, module, items=items, trigger=trigger)

    def update(
        self,
        module: str,
        items: Sequence[Row],
        *,
        unmodified_since: datetime | None,
        trigger: Sequence[Automation] = (),
        still: Callable[[], bool] | None = None,
    ) -> list[Outcome]:
        """Change the given fields of at most 100 rows, silently unless automations are named."""
        return writing.update(
            self._wire, module, items=items, unmodified_since=unmodified_since, trigger=trigger, still=still
        )

    def add_key_field(self, module: str, *, label: str, length: int) -> str | None:
        """Add a text field to a module in which no two records may hold the same."""
        return settings.add_key_field(self._wire, module, label=label, length=length)

    def org(self) -> Org:
        """The org behind the token."""
        return metadata.org(self._wire)

    def me(self) -> User:
        """The user behind the token."""
        return metadata.me(self._wire)

    def standing(self, user: User) -> Standing:
        """What the profile and the role of a user allow."""
        return standing(self._wire, user)

    def users(self) -> list[User]:
        """All users, inactive ones too."""
        return metadata.users(self._wire)

    def modules(self) -> list[Row]:
        """`settings/modules` as answered."""
        return metadata.modules(self._wire)

    def fields(self, module: str) -> list[Row]:
        """`settings/fields` of a module as answered."""
        return metadata.fields(self._wire, module)

    def layouts(self, module: str) -> list[Row]:
        """`settings/layouts` of a module as answered."""
        return metadata.layouts(self._wire, module)

    def related_lists(self, module: str) -> list[Row]:
        """`settings/related_lists` of a module as answered."""
        return related.related_lists(self._wire, module)

    def parent_words(self, module: str, *, lookup: str, key: str) -> list[str]:
        """The words by which records of a module name the modules that a lookup of theirs points to."""
        return related.parent_words(self._wire, module, lookup=lookup, key=key)

    def pipelines(self, layout_id: str) -> list[Row]:
        """`settings/pipeline` of a layout as answered."""
        return related.pipelines(self._wire, layout_id)

    def views(self, module: str) -> list[View]:
        """The list views of a module."""
        return metadata.views(self._wire, module)

    def view(self, module: str, view_id: str) -> View | None:
        """One list view with its criteria; None if it is gone."""
        return metadata.view(self._wire, module, view_id)

    def probe(self, modules: Mapping[str, Sequence[Row]]) -> Capabilities:
        """Find out, without writing anything, what this org's API can do. modules: API name -> fields, as answered."""
        return probe(self._wire, modules)


def open_side(  # noqa: PLR0913 -- everything a client needs is handed in here, by name
    product: str,
    credentials: Credentials,
    *,
    clock: Clock,
    capabilities: Capabilities | None = None,
    ledger: CreditLedger | None = None,
    renewed: Renewed | None = None,
    transport: httpx.BaseTransport | None = None,
    overlap: timedelta = OVERLAP,
    patience: Patience | None = None,
    version: str | None = None,
    connecting: bool = False,
    assure: Assure | None = None,
) -> ZohoSide:
    """A client of one org. Makes no call; the first one asks for an access token if none is kept.

    product: `bigin` or `crm`. capabilities: what the probe found (cautious ones until then). ledger: where credits are
    booked before each call. renewed: called, from any thread, with new credentials after each token answer. transport:
    what carries requests instead of the network. version: of the API, if not the product's own (`v8`). connecting: a
    person is setting things up, so refused access and absent hosts are told as `Refused` errors, soon. assure: asked
    right before a write leaves; raises what forbids it.
    """
    found = PRODUCTS.get(product)
    if found is None:
        raise Bug(f"There is no client for the product {product!r}.")
    found = found.at_version(version) if version else found
    can = capabilities or found.cautious
    wire = Wire(
        found,
        ZohoAuth(credentials, product=found, clock=clock, renewed=renewed),
        clock=clock,
        concurrency=can.concurrency,
        ledger=ledger,
        transport=transport,
        patience=patience,
        connecting=connecting,
        assure=assure,
    )
    return ZohoSide(wire, can, overlap=overlap)


def _user_id(value: object) -> str:
    """The id in a user reference, which is an object or a bare id."""
    return str(value.get("id") if isinstance(value, dict) else value)
