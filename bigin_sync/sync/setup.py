"""Setup: everything one run needs, put together before it starts."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bigin_sync.clock import Clock
from bigin_sync.errors import Interrupted
from bigin_sync.model.automation import Automation
from bigin_sync.model.kind import Kind
from bigin_sync.model.policy import Policy
from bigin_sync.model.side import Side
from bigin_sync.pairing.carry import Carrier, Translate
from bigin_sync.pairing.catalog import KindSpec, Pairing
from bigin_sync.pairing.convert import RecordReader, RecordWriter
from bigin_sync.pairing.fields import FieldMeta
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.pairing.match_keys import Identify, MatchKeys
from bigin_sync.pairing.owners import OwnerMap
from bigin_sync.store import leases
from bigin_sync.store.db import Database, Session
from bigin_sync.sync.brakes import BrakeLimits
from bigin_sync.sync.fight import FightLimits
from bigin_sync.zoho.side import SideClient


@dataclass(frozen=True, slots=True)
class Joins:
    """Records of another kind that are joined with those of a kind, beside their lookups.

    lists: side -> the related list, of a record of this kind, that shows them. back: the one that leads back.
    """

    to: Kind
    lists: Mapping[Side, str]
    back: Mapping[Side, str]


@dataclass(frozen=True, slots=True)
class KindSetup:
    """One kind of a run.

    view: the id of the list view that admits records of `view_side`; None admits all. metas: the fields of both orgs.
    first: whether the module's first sync has not finished yet. joins: what both orgs join with its records.
    since: an unlinked record that was last changed before this moment is left alone; None: all are taken.
    trigger: the automations of a side that writing to it sets off. keys: side -> the field that holds sync keys there.
    """

    spec: KindSpec
    mapping: FieldMapping
    metas: Mapping[Side, Mapping[str, FieldMeta]]
    policy: Policy
    view: str | None
    view_side: Side
    first: bool
    limits: BrakeLimits = field(default_factory=BrakeLimits)
    since: datetime | None = None
    joins: tuple[Joins, ...] = ()
    trigger: tuple[Automation, ...] = ()
    keys: Mapping[Side, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The kind's name."""
        return self.spec.kind

    @property
    def lookups(self) -> list[tuple[str, Kind]]:
        """The fields that name another record, each with the kind of that."""
        return [(pair.name, pair.to) for pair in self.mapping.pairs if pair.to is not None]

    def module(self, side: Side) -> str:
        """The API name of the kind's module on a side."""
        return self.spec.on(side).module

    def reader(self, side: Side) -> RecordReader:
        """Turns a side's rows into records."""
        return RecordReader(self.spec, self.mapping, side=side, key=self.keys.get(side))

    def match_keys(self, region: str | None, *, identify: Identify | None = None) -> MatchKeys:
        """Makes the match keys of an org's records; `region` is its country."""
        return MatchKeys(self.spec, region=region, identify=identify)

    def writer(self, side: Side) -> RecordWriter:
        """Turns canonical values into what a side takes."""
        return RecordWriter(self.spec, self.mapping, side=side)


@dataclass(frozen=True, slots=True)
class Setup:
    """One run's surroundings.

    own_users: the user behind each side's token. regions: ISO country codes that phone numbers are read with.
    origins: what the sync keys of copies of a side's records begin with.
    kinds: parents first. fence: the lease's number, see `fenced`.
    stop: set from another thread to end the run: what is under way is finished and kept, nothing more is begun.
    fresh: the fields of both orgs were read just now, so that nothing is gained by reading them again.
    confirmed: side and module -> fields that were read again lately because they had been refused, and were as before.
    settle_after: how long a write may take effect after it was sent, whatever became of its connection.
    clock_tolerance: how far the clock of a side may be off from ours.
    """

    iid: int
    pairing: Pairing
    db: Database
    clock: Clock
    sides: Mapping[Side, SideClient]
    own_users: Mapping[Side, str]
    regions: Mapping[Side, str | None]
    origins: Mapping[Side, str]
    owners: OwnerMap
    kinds: tuple[KindSetup, ...]
    fence: int
    revisions: Mapping[str, int]
    stop: threading.Event = field(default_factory=threading.Event)
    fresh: bool = False
    confirmed: Mapping[tuple[Side, str], frozenset[str]] = field(default_factory=dict)
    settle_after: timedelta = timedelta(seconds=150)
    clock_tolerance: timedelta = timedelta(minutes=5)
    fights: FightLimits = field(default_factory=FightLimits)
    carriers: dict[Kind, Carrier] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Made when first needed: the rules of a kind are the same for the whole run."""

    glanced: set[tuple[Kind, Side]] = field(default_factory=set, init=False, repr=False, compare=False)
    """The kinds and sides that were asked in this run, after they had been read, what was made there since."""

    @contextmanager
    def fenced(self) -> Iterator[Session]:
        """A write transaction that only the holder of the lease can make: nobody else takes it over before its end.

        Raises `LeaseLost` when somebody else has taken it over already, or `DatabaseAway`.
        """
        with self.db.write(self.iid) as session:
            leases.check(session, self.iid, self.fence)
            yield session

    def time_on(self, side: Side) -> datetime:
        """The present moment by a side's own clock, as far as its answers in this run have told it."""
        return self.clock.now() + self.sides[side].clock_ahead

    def heed(self) -> None:
        """Raise `Interrupted` if the run was asked to stop. Called wherever nothing is under way."""
        if self.stop.is_set():
            raise stopped()

    def carrier(self, kind: KindSetup, translate: Translate) -> Carrier:
        """What carries a value of this kind from one side to the other, with the links known to `translate`."""
        if kind.kind not in self.carriers:
            self.carriers[kind.kind] = Carrier(
                self.pairing,
                kind.mapping,
                left=kind.metas[Side.LEFT],
                right=kind.metas[Side.RIGHT],
                owners=self.owners,
                translate=translate,
            )
        return self.carriers[kind.kind].knowing(translate)


def stopped() -> Interrupted:
    """What a run that was asked to stop ends with."""
    return Interrupted(
        "The run was asked to stop.",
        why="What was read and written so far is kept.",
        hint="The next run goes on from there.",
    )
