"""The tiny world: one contact in two orgs, two fields, a few values; what people do to it, and what the sync remembers.

Everything is a value: what happens makes another world, so that any number of ways can be gone from one moment. What is
remembered is what the store would keep; what only a run's process knows is lost when it is killed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bigin_sync.model.action import Write
from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Outcome
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import CONTACT
from bigin_sync.store.inbox import Entry
from bigin_sync.sync.merge import Both, Merged
from tests.unit.sync.copies import OURS, moment

FIELDS = ("Title", "Description")
VALUES: Mapping[str, tuple[str, ...]] = {"Title": ("Buyer", "Reader"), "Description": ("short", "long", "none")}
"""What people write into a field: the one after what is there. On the right they go backwards, so that a title comes to
the same on both sides, or back to what it was, and a description to another value on each.
"""
ALWAYS = {"Last_Name": "Lind", "Email": "ida@larkspur.example"}
"""What nobody edits, and by which it is recognised."""

Key = tuple[Side, int]
"""A record: its side and its place among those of that side."""


class Broken(AssertionError):
    """A promise does not hold."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record in an org. at: the second of its Modified_Time. ours: whether the sync was the last to write it. copy:
    whether the sync made it.
    """

    values: tuple[str, ...]
    at: int
    ours: bool = False
    binned: bool = False
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A creation that was sent and whose answer is not known. coming: it may still take effect."""

    source: Key
    write: Write
    coming: bool = False


@dataclass(frozen=True, slots=True)
class Flight:
    """A write under way: of a new record (`link` is None), or of a linked one as it was decided on its last reading.

    read: what that reading showed. decided: field -> who was to win, by what a person had decided until then.
    """

    side: Side
    write: Write
    source: Key
    link: Link | None = None
    both: Both | None = None
    merged: Merged | None = None
    entries: Mapping[Side, Entry] = field(default_factory=dict)
    seen_until: int = 0
    read: Row | None = None
    decided: Mapping[str, Side] = field(default_factory=dict)
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run's place: the stage that comes next, what is still to be written, and what is under way."""

    stage: str = "gather left"
    todo: tuple[tuple[str, Side, Key], ...] = ()
    flight: Flight | None = None
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A field that a person is asked about: the two values that are shown, and the side that wins, once decided."""

    left: str
    right: str
    winner: Side | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Both orgs, what the sync remembers, and the run under way.

    questions: (link, field) -> what a person is asked, or has decided and was not carried out yet.
    owed: (record, field) -> what a person wrote there last, until it is known to have been kept or overwritten by hand.
    base, held: (record, field) -> the value with which it was last settled, and all that it has held since.
    unseen: how many edits a write of ours went over without having seen them. unheard: (record, field) -> what it held
    before a write of which nobody heard any more, and what that carried.
    """

    now: int
    rows: tuple[tuple[Row, ...], tuple[Row, ...]]
    links: tuple[Link, ...] = ()
    inbox: Mapping[Key, Entry] = field(default_factory=dict)
    opened: tuple[Open, ...] = ()
    questions: Mapping[tuple[int, str], Question] = field(default_factory=dict)
    run: Run | None = None
    owed: Mapping[tuple[Key, str], str] = field(default_factory=dict)
    base: Mapping[tuple[Key, str], str] = field(default_factory=dict)
    held: Mapping[tuple[Key, str], frozenset[str]] = field(default_factory=dict)
    unheard: Mapping[tuple[Key, str], tuple[object, object]] = field(default_factory=dict)
    unseen: int = 0
    written: int = 0

    def row(self, key: Key) -> Row:
        """One record."""
        return self.rows[BOTH.index(key[0])][key[1]]

    def keys(self, side: Side) -> list[Key]:
        """All records of a side, deleted ones included."""
        return [(side, place) for place in range(len(self.rows[BOTH.index(side)]))]

    def value(self, key: Key, name: str) -> str:
        """What a field of a record holds."""
        return self.row(key).values[FIELDS.index(name)]

    def held_in(self, key: Key, name: str) -> frozenset[str]:
        """What a field of a record has held since it was last settled."""
        return self.held.get((key, name), frozenset({self.value(key, name)}))

    def link_of(self, key: Key) -> Link | None:
        """The link of a record."""
        return next((link for link in self.links if link.copy(key[0]).id == id_of(key)), None)

    def with_row(self, key: Key, row: Row) -> "World":
        """One record changed, or a new one put behind the others of its side."""
        number = BOTH.index(key[0])
        rows = list(self.rows[number])
        rows[key[1] :] = [row, *rows[key[1] + 1 :]]
        left, right = (tuple(rows), self.rows[1]) if number == 0 else (self.rows[0], tuple(rows))
        return replace(self, rows=(left, right))

    def with_link(self, link: Link) -> "World":
        """A link as it is now known."""
        return replace(self, links=(*(one for one in self.links if one.id != link.id), link))

    def with_entry(self, key: Key, entry: Entry | None) -> "World":
        """What the inbox holds of a record; None: nothing."""
        inbox = {one: each for one, each in self.inbox.items() if one != key}
        return replace(self, inbox=inbox if entry is None else {**inbox, key: entry})


def id_of(key: Key) -> str:
    """A record's id."""
    return f"{key[0].value}-{key[1]}"


def key_of(ref: Ref) -> Key:
    """The record an id names."""
    return ref.side, int(ref.id.rpartition("-")[2])


def record_of(world: World, key: Key) -> Record:
    """A record as its org tells it now."""
    row = world.row(key)
    values = {**ALWAYS, **dict(zip(FIELDS, row.values, strict=True))}
    who = OURS if row.ours else "somebody"
    return Record(Ref(key[0], CONTACT, id_of(key)), values, "Ida Lind", moment(row.at), modified_by=who)


def people(world: World) -> Iterator[tuple[str, World]]:
    """Everything a person can do next: a second later, or in the same second as what happened last."""
    for side in BOTH:
        for key in world.keys(side):
            row = world.row(key)
            later = replace(world, now=world.now + 1)
            if row.binned:
                yield f"restore {side}", later.with_row(key, replace(row, binned=False))
                continue
            # A copy that nobody has recognised yet, and that is deleted, is its finder's own when it comes back, and
            # meets what it was made of as if for the first time.
            copy = row.copy and world.link_of(key) is not None
            base = {place: value for place, value in world.base.items() if place[0] != key or copy == row.copy}
            yield f"delete {side}", replace(later, base=base).with_row(key, replace(row, binned=True, copy=copy))
            for place, name in enumerate(FIELDS):
                other = _next(side, name, row.values[place])
                values = (*row.values[:place], other, *row.values[place + 1 :])
                for when, moved in (("", later), (" at once", world)):
                    edited = moved.with_row(key, replace(row, values=values, at=moved.now, ours=False))
                    owed = {**world.owed, (key, name): other}
                    held = {**world.held, (key, name): world.held_in(key, name) | {other}}
                    yield f"edit {side} {name}{when}", replace(edited, owed=owed, held=held)


def _next(side: Side, name: str, value: str) -> str:
    among = VALUES[name]
    step = 1 if side is Side.LEFT else -1
    return among[(among.index(value) + step) % len(among)]
