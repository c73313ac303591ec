"""The contract both products' clients meet: all that the rest of the house knows of a side.

Rows go in and out as the JSON objects of the wire (api name -> wire value); what a field means is the business of
`pairing`. Everything here is safe to call from several threads.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias, TypeVar

from bigin_sync.model.automation import Automation
from bigin_sync.model.outcome import Outcome

T = TypeVar("T")

Row: TypeAlias = dict[str, Any]
"""One record as the wire shows it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a module of a side has been read. Stored as JSON between runs; only `zoho` looks inside.

    since:   read what was modified at or after this moment; None: a full read.
    walk:    where an unfinished reading stands; empty when the reading is at its start.
    """

    since: datetime | None = None
    walk: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A plain object for the database."""
        return {"since": self.since.isoformat() if self.since else None, "walk": dict(self.walk)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Cursor":
        """The cursor that `to_json` wrote."""
        since = stored.get("since")
        return cls(since=datetime.fromisoformat(since) if since else None, walk=stored.get("walk") or {})

    @property
    def finished(self) -> bool:
        """Whether the reading it describes is complete (there is a `since`, and no walk under way)."""
        return self.since is not None and not self.walk


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor to store together with them. The last page's cursor is `finished`.

    A page may be empty; every reading gives at least one page, so that the cursor always moves.
    """

    rows: list[Row]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows of the ids that exist (in any order), and the server's own time when it answered."""

    rows: list[Row]
    at: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that was deleted. `permanent` False: it is in the recycle bin and may come back."""

    id: str
    at: datetime
    label: str | None
    permanent: bool


@dataclass(frozen=True, slots=True)
class Org:
    """What is known of an org. `zone` is an IANA name, `country` an ISO code or None, `edition` as the org says."""

    id: str
    name: str
    zone: str | None
    country: str | None
    edition: str
    users_licensed: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """A profile or a role, as a user refers to it. Without an id where the org tells none."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A user of an org. `active` False for disabled and deleted ones; administrator: going by the profile's name."""

    id: str
    name: str
    email: str
    active: bool
    administrator: bool
    profile: Named = Named()
    role: Named = Named()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the profile and the role of a user allow, by the org's own lists of them.

    administrator: the profile is the system's one for administrators. above: the role that this user's role reports to;
    None where it is at the top, or where the org tells of no roles.
    """

    profile: str
    role: str
    administrator: bool
    above: str | None

    @property
    def suffices(self) -> bool:
        """Whether such a user sees and may write every record."""
        return self.administrator and self.above is None

    def __str__(self) -> str:
        below = f", which reports to {self.above}" if self.above else ""
        return f"the profile is {self.profile or 'unknown'}, the role {self.role or 'unknown'}{below}"


@dataclass(frozen=True, slots=True)
class View:
    """A list view. `everything` is True for the system view that admits all records."""

    id: str
    name: str
    everything: bool
    default: bool
    criteria: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the connect-time probe found. Stored with the connection.

    concurrency:   simultaneous calls this client allows itself.
    ids:           `GET /{module}?ids=` works (else COQL by id).
    coql:          COQL works (else lists sorted by Modified_Time).
    deleted:       `/deleted` works and is permitted.
    daily_credits: the org's credits per rolling 24 h, as far as its edition tells.
    unqueried:     `Module.Field` of fields that COQL refuses to answer, `Module.*` for whole modules; lists give them.
    """

    concurrency: int
    ids: bool
    coql: bool
    deleted: bool
    daily_credits: int
    unqueried: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """A plain object for the database; `Capabilities(**stored)` is its opposite."""
        return {name: getattr(self, name) for name in self.__slots__} | {"unqueried": list(self.unqueried)}


class CreditLedger(Protocol):
    """Where every call's credits are booked, and who says stop. Implementations are safe across threads."""

    def book(self, credits: int) -> None:
        """Count one call of so many credits; raises `OutOfCredits` before the call when the budget is used up."""
        ...


class SideClient(Protocol):
    """One org of one product."""

    label: str
    """`bigin` or `crm`."""

    concurrency: int
    """Simultaneous calls the client allows itself."""

    guards_updates: bool
    """Whether `update` can refuse what was modified after a given moment."""

    @property
    def clock_ahead(self) -> timedelta:
        """How far the side's clock is ahead of ours, by its latest answer; zero before the first one."""
        ...

    def submit(self, call: Callable[..., T], *args: object, **kwargs: object) -> "Future[T]":
        """Run one call of this client in its thread pool, within the side's concurrency."""
        ...

    def close(self) -> None:
        """Finish calls in flight, drop connections."""
        ...

    # --- reading -------------------------------------------------------------------------------------------------

    def read(self, module: str, *, fields: Sequence[str], cursor: Cursor) -> Iterator[Page]:
        """All rows the cursor has not seen, in pages, in an order that makes each page's cursor a safe resting point.

        A full read visits every record at least once even while people edit and delete; pages are fetched ahead, in
        parallel, within the concurrency. An incremental read is inclusive and overlaps the last one. Audit fields (id,
        Created_Time, Created_By, Modified_Time, Modified_By) are always among the answered keys.
        """
        ...

    def fetch(self, module: str, ids: Sequence[str], *, fields: Sequence[str]) -> Fetched:
        """The present state of at most 100 records; one missing in the answer does not exist any more. One call."""
        ...

    def made_since(self, module: str, since: datetime, *, fields: Sequence[str], by: str | None = None) -> list[Row]:
        """Records created at or after `since`, from the side's database, never from a search index.

        by: only those that this user created.
        """
        ...

    def holding(
        self, module: str, field: str, texts: Sequence[str], *, fields: Sequence[str], since: datetime
    ) -> list[Row]:
        """Records of which a text field holds one of at most 100 texts, whatever the case, from the side's database.

        since: where the side does not let itself be asked that, only records made at or after this moment are found.
        Raises `RequestRefused` where it has no such field any more.
        """
        ...

    def filled(self, module: str, field: str) -> list[str]:
        """What stands in a text field of the newest 200 records that have anything in it, from the side's database.

        A side that does not let itself be asked that tells nothing. Raises `RequestRefused` where it has no such field
        any more.
        """
        ...

    def admitted(self, module: str, ids: Sequence[str], *, view: str) -> set[str]:
        """Which of these records the list view shows."""
        ...

    def deleted(self, module: str, *, since: datetime | None) -> Iterator[list[Gone]]:
        """Records deleted at or after `since`, in pages."""
        ...

    def related(self, module: str, record_id: str, *, listed: str) -> list[str]:
        """The ids of what one related list of a record shows. One call, and one more for each further 200."""
        ...

    # --- writing -------------------------------------------------------------------------------------------------

    def create(self, module: str, items: Sequence[Row], *, trigger: Sequence[Automation] = ()) -> list[Outcome]:
        """Insert at most 100 rows. One outcome per item, in order. trigger: the automations that are set off by it.

        Raises `TryLater`, `StopRun` or `RequestRefused` when nothing happened at all. When the answer is lost every
        item is `Unknown`.
        """
        ...

    def update(
        self,
        module: str,
        items: Sequence[Row],
        *,
        unmodified_since: datetime | None,
        trigger: Sequence[Automation] = (),
        still: Callable[[], bool] | None = None,
    ) -> list[Outcome]:
        """Change the given fields of at most 100 rows (each with its `id`); otherwise as `create`.

        unmodified_since: refuse a row that was modified after this moment, where the product can (else ignored). still:
        asked before the call is repeated, after a pause in which nothing happened: whether what was decided before it
        holds still; if it does not, every item is `Overtaken`.
        """
        ...

    def relate(self, module: str, record_id: str, *, listed: str, ids: Sequence[str]) -> list[Outcome]:
        """Join at most 100 records with one, through one of its related lists; otherwise as `create`.

        Joining what is joined already changes nothing. There is no call that parts them.
        """
        ...

    def add_key_field(self, module: str, *, label: str, length: int) -> str | None:
        """Add a text field to a module in which no two records may hold the same. Why it was refused; None: it is made.

        Raises `RequestRefused` where the product has no call for that, and `MissingScope`.
        """
        ...

    # --- metadata ------------------------------------------------------------------------------------------------

    def org(self) -> Org:
        """The org behind the token."""
        ...

    def me(self) -> User:
        """The user behind the token."""
        ...

    def standing(self, user: User) -> Standing:
        """What the profile and the role of a user allow."""
        ...

    def users(self) -> list[User]:
        """All users, inactive ones too."""
        ...

    def modules(self) -> list[Row]:
        """`settings/modules` as answered."""
        ...

    def fields(self, module: str) -> list[Row]:
        """`settings/fields` of a module as answered."""
        ...

    def layouts(self, module: str) -> list[Row]:
        """`settings/layouts` of a module as answered."""
        ...

    def related_lists(self, module: str) -> list[Row]:
        """`settings/related_lists` of a module as answered."""
        ...

    def parent_words(self, module: str, *, lookup: str, key: str) -> list[str]:
        """The words by which records of a module name, under `key`, the modules that a lookup of theirs points to."""
        ...

    def pipelines(self, layout_id: str) -> list[Row]:
        """`settings/pipeline` of a layout as answered; none where the layouts themselves tell it."""
        ...

    def views(self, module: str) -> list[View]:
        """The list views of a module."""
        ...

    def view(self, module: str, view_id: str) -> View | None:
        """One list view with its criteria, which the inventory may leave out; None if it is gone."""
        ...

    def probe(self, modules: Mapping[str, Sequence[Row]]) -> Capabilities:
        """Find out, without writing anything, what this org's API can do. modules: API name -> fields, as answered."""
        ...
