"""One org of one product: its people, its shape, its records. Everything the API of that product shows or changes."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from bigin_sync.clock import Clock
from bigin_sync.emulator.ids import Ids
from bigin_sync.emulator.index_lag import IndexLag
from bigin_sync.emulator.links import Links
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.recycle_bin import RecycleBin
from bigin_sync.emulator.replies import invalid_module
from bigin_sync.emulator.switches import Switches
from bigin_sync.emulator.table import Row, Table, Values
from bigin_sync.emulator.users import Profile, Role, User

Product = Literal["bigin", "crm"]
_KEPT_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of one module."""

    id: str
    name: str
    module: str
    color_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgFacts:
    """What `/org` tells."""

    company_name: str
    domain_name: str
    zgid: str
    zone: str
    currency: str = "Euro - EUR"
    currency_symbol: str = "€"
    iso_code: str = "EUR"
    country_code: str = "DE"
    edition: str = "enterprise"


@dataclass(frozen=True, slots=True)
class Edited:
    """One entry of a record's timeline."""

    at: int
    by: str
    action: str
    fields: tuple[tuple[str, object, object], ...] = ()
    """(api_name, old, new), as stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One subscription: one channel number for one module."""

    channel_id: str
    module: str
    events: tuple[str, ...]
    notify_url: str
    token: str | None
    expires: int
    related: bool = False
    values: bool = False


@dataclass(slots=True, kw_only=True)
class Org:
    """All of one org. Modules and users are keyed by api_name and id; every module has a table, even if empty."""

    product: Product
    facts: OrgFacts
    clock: Clock
    ids: Ids
    switches: Switches
    profiles: dict[str, Profile] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    admin_id: str = ""
    """The user who set the org up."""
    modules: dict[str, ModuleDef] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    index_lags: dict[str, IndexLag] = field(default_factory=dict)
    """What the search index of each module has not taken in yet."""
    tags: dict[str, Tag] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    bin: RecycleBin = field(default_factory=RecycleBin)
    history: dict[str, list[Edited]] = field(default_factory=dict)
    """Record id -> what was done to it through the API, oldest first."""
    triggers: deque[tuple[str, str, tuple[str, ...] | None]] = field(default_factory=lambda: deque(maxlen=_KEPT_EVENTS))
    """(module, record id, automations asked for) of the latest writes; `None` means all of them."""
    channels: dict[tuple[str, str], Channel] = field(default_factory=dict)
    """Notification channels by (number, module)."""
    revision: int = 0
    """Grows whenever the shape or the people change; what is derived from them is kept per revision."""
    shapes: dict[tuple[object, ...], list[tuple[str, Callable[[Row], object] | None, object]]] = field(
        default_factory=dict
    )
    """Kept plans of how rows are shown; see `wire`."""

    def now(self) -> int:
        """The org's clock, whole epoch seconds."""
        return int(self.clock.now().timestamp())

    def module(self, api_name: str) -> ModuleDef:
        """The module of that api_name; names are case-sensitive. Raises `ApiError` INVALID_MODULE."""
        found = self.modules.get(api_name)
        if found is None or not found.api_supported:
            raise invalid_module(api_name)
        return found

    def install(self, module: ModuleDef) -> None:
        """Adds a module, and an empty table for it."""
        self.modules[module.api_name] = module
        self.tables[module.api_name] = Table(self._lagging)
        self.index_lags[module.api_name] = IndexLag()
        self.changed_shape()

    def listed(self, module: str) -> Table:
        """The table of a module as lists and COQL show it, which is as it is unless the switch `read_lag` is on."""
        table, lag = self.tables[module], self.switches.read_lag
        return table.as_of(self.now() - lag) if lag else table

    def _lagging(self) -> int | None:
        return self.now() if self.switches.read_lag else None

    def changed_shape(self) -> None:
        """To be called after any change of modules, fields or people."""
        self.revision += 1
        self.shapes.clear()

    def admin(self) -> User:
        """The user who set the org up."""
        return self.users[self.admin_id]

    def add_profile(self, name: str, *, like: Profile, withheld: Iterable[str]) -> Profile:
        """Makes a profile that lacks some rights (see `rights.right_to`) beside those that another one lacks."""
        lacks = like.withheld.union(withheld)
        made = Profile(self.ids.setting(), name, admin=like.admin, withheld=lacks, custom=True)
        self.profiles[made.id] = made
        self.changed_shape()
        return made

    def user_by_email(self, email: str) -> User | None:
        """The user with that address, whatever its case."""
        return next((one for one in self.users.values() if one.email.casefold() == email.casefold()), None)

    def add_user(self, user: User) -> User:
        """Adds or replaces a person."""
        self.users[user.id] = user
        self.changed_shape()
        return user

    def tag_named(self, module: str, name: str) -> Tag:
        """The tag of that name in that module, made if it is missing."""
        for tag in self.tags.values():
            if tag.module == module and tag.name.casefold() == name.casefold():
                return tag
        made = Tag(self.ids.setting(), name, module)
        self.tags[made.id] = made
        return made

    def seed(
        self,
        module: str,
        rows: Iterable[Mapping[str, object]],
        *,
        created: int | Iterable[int] | None = None,
        modified: int | Iterable[int] | None = None,
        created_by: str | None = None,
        modified_by: str | None = None,
        ids: Iterable[str] | None = None,
    ) -> list[str]:
        """Puts many records in at once, unchecked, and returns their ids in order.

        Values are given as a table stores them (see `table.Values`), `None` for none. `created` and `modified` are
        epoch seconds, one for all or one for each; without `modified` it equals `created`, without both it is now.
        `created_by` is also the owner where a record names none. What is seeded can be searched for at once.
        """
        given = [dict(values) for values in rows]
        now, author = self.now(), created_by or self.admin_id
        born = _spread(created, len(given), otherwise=[now] * len(given))
        moved = _spread(modified, len(given), otherwise=born)
        new_ids = list(ids) if ids is not None else [self.ids.record() for _ in given]
        names = {name: name for name in self.module(module).fields}
        made: list[Row] = []
        for position, values in enumerate(given):
            stored: Values = {names.get(name, name): value for name, value in values.items() if value is not None}
            stored.setdefault("Owner", author)
            made.append(
                Row(
                    new_ids[position],
                    stored,
                    created=born[position],
                    created_by=author,
                    modified=moved[position],
                    modified_by=modified_by or author,
                )
            )
        self.tables[module].put_many(made)
        return new_ids

    def index_later(self, module: str, row_id: str, *, before: Row | None) -> None:
        """To be called before a record is written: search will know after a while, and goes by `before` until then."""
        lag = self.switches.search_lag
        kept = before.copy() if before is not None and lag > 0 else None
        self.index_lags[module].wrote(row_id, kept, now=self.now(), lag=lag)

    def live(self, module: str, row_id: object) -> Row | None:
        """A live record, by an id of whatever type."""
        table = self.tables.get(module)
        return table.get(str(row_id)) if table is not None else None


def utc(epoch: int) -> datetime:
    """Epoch seconds as an aware UTC time."""
    return datetime.fromtimestamp(epoch, UTC)


def _spread(given: int | Iterable[int] | None, count: int, *, otherwise: list[int]) -> list[int]:
    if given is None:
        return otherwise
    if isinstance(given, int):
        return [given] * count
    return list(given)
