"""Watch: who looked at which record when, who wrote it when, and what people wrote in between.

It stands at the web door of two emulated orgs. The sync comes through the door; people work in the orgs themselves, one
at a time with the door.
"""

import json
import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.records import Writer
from bigin_sync.emulator.recycle_bin import Gone
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.validate import Place
from bigin_sync.emulator.world import Answer
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.replay import worlds
from bigin_sync.replay.words import LABELS
from tests.process.small_world import SmallWorld
from tests.torture.past import Past, past

FIELDS: Mapping[str, tuple[str, ...]] = {"company": ("Phone", "Description"), "contact": ("Title", "Description")}
"""What people write into, kind by kind."""

NAMES: Mapping[str, str] = {"company": "Account_Name", "contact": "Last_Name"}
MADE = "Made as "
"""How the name of a record begins that a person has made."""

UNGUARDED = LABELS[0]
"""The org that writes over whatever is there. The other one refuses where an edit came before, if it is told since when
we have not looked: that it is told is on trial here, so this does not go by what the program knows of its orgs.
"""
REFUSED = "ALREADY_MODIFIED"
BETWEEN = 0.2
"""How often somebody writes into the other org right before a write of ours arrives there, into a field that it names.
By itself that comes so seldom that a campaign would not notice if the org were not told.
"""

_ID = re.compile(r"(?<!\d)\d{15,20}(?!\d)")


@dataclass(frozen=True, slots=True)
class Edit:
    """A person wrote something that can be told from all else into a field. moment: its place in all that happened."""

    moment: int
    ref: Ref
    field: str
    token: str


@dataclass
class Watch:
    """What happened, in its order.

    made: the names of the records that people made; no two are the same. deleted: how many they deleted. window:
    seconds from the last look at each record to our write.
    unseen: the edits that a write of ours to the unguarded org went over, so soon did it come after our last look.
    run_over: those that one to the other org did, which must not be. refused: how many of our writes the other org did
    not take because a person had been there since we looked. quick: people come between a look and a write on purpose.
    """

    small: SmallWorld
    luck: Random
    edits: list[Edit] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    deleted: int = 0
    unseen: set[str] = field(default_factory=set)
    run_over: set[str] = field(default_factory=set)
    refused: int = 0
    quick: bool = False
    window: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._clock = SystemClock()
        self._moment = 0
        self._looked: dict[tuple[str, str], tuple[int, float]] = {}
        self._answer = self.small.world.answer
        self._began = {label: place.org.now() for label, place in self.small.places.items()}

    def answer(self, call: Call) -> Answer:
        """Answer one call of the sync."""
        label = call.path.split("/")[1]
        with self._lock:
            answer = self._written(label, call) if call.method == "PUT" else self._answer(call)
            self._moment += 1
            if call.method == "GET" or call.path.endswith("/coql"):
                asked = _ID.findall(call.query) + _ID.findall(call.body.decode())
                self._looked.update({(label, id): (self._moment, self._clock.elapsed()) for id in asked})
        return answer

    def _written(self, label: str, call: Call) -> Answer:
        """Answer a call that writes, and see over whose edits it went."""
        items = json.loads(call.body)["data"]
        if self.quick and label != UNGUARDED and self.luck.random() < BETWEEN:
            self._come_between(label, call.path.rpartition("/")[2], items)
        late = [edit for item in items for edit in self._since_looked(label, item)]
        answer = self._answer(call)
        self.refused += _refused(answer)
        gone = {one.token for one in late if self.value(one.ref, one.field) != one.token}
        (self.unseen if label == UNGUARDED else self.run_over).update(gone)
        return answer

    def _come_between(self, label: str, module: str, items: Sequence[Mapping[str, Any]]) -> None:
        place = self.small.places[label]
        for kind, names in FIELDS.items():
            for item in items if place.module(kind).api_name == module else ():
                ref = Ref(place.side, Kind(kind), item["id"])
                for name in item.keys() & names if self.gone(ref) is None else ():
                    self._enter(ref, name, person="Ben")

    def _since_looked(self, label: str, item: Mapping[str, Any]) -> list[Edit]:
        """What people wrote, after our last look at a record, into fields that we are about to write."""
        moment, at = self._looked[label, item["id"]]
        self.window.append(self._clock.elapsed() - at)
        late: dict[str, Edit] = {}
        for one in self.edits:
            if one.moment > moment and one.ref.side is BOTH[LABELS.index(label)] and one.ref.id == item["id"]:
                late[one.field] = one
        return [one for name, one in late.items() if name in item]

    def edit(self) -> None:
        """A person writes into a field of some record."""
        place, kind, person = self._somewhere()
        name = self.luck.choice(FIELDS[kind])
        with self._lock:
            if ids := sorted(self.ids(place, kind)):
                self._enter(Ref(place.side, kind, self.luck.choice(ids)), name, person=person)

    def delete(self) -> None:
        """A person deletes some record."""
        place, kind, person = self._somewhere()
        with self._lock:
            if ids := sorted(self.ids(place, kind)):
                self.bury(Ref(place.side, kind, self.luck.choice(ids)), person=person)

    def bury(self, ref: Ref, *, person: str) -> None:
        """A person deletes this record."""
        place = self._place(ref)
        by = place.org.users[place.people[person]]
        self._moment += 1
        self.deleted += delete_record(place.org, place.module(ref.kind), ref.id, by=by)

    def make(self) -> None:
        """A person makes a record, and writes into a field of it at once."""
        place, kind, person = self._somewhere()
        with self._lock:
            token = self._next()
            self.made.append(f"{MADE}{token}")
            values = {NAMES[kind]: self.made[-1], FIELDS[kind][-1]: token}
            row = self._writer(place, kind, person).insert(values, place=Place(0))
            self.edits.append(Edit(self._moment, Ref(place.side, kind, row.id), FIELDS[kind][-1], token))

    def edit_of(self, ref: Ref, name: str) -> None:
        """A person writes into this field of this record."""
        with self._lock:
            self._enter(ref, name, person="Ana")

    def _enter(self, ref: Ref, name: str, *, person: str) -> None:
        place = self._place(ref)
        token = self._next()
        self._writer(place, ref.kind, person).update(self._row(ref), {name: token}, place=Place(0))
        self.edits.append(Edit(self._moment, ref, name, token))

    def _next(self) -> str:
        """A moment later: what is written now, and can be told from all else."""
        self._moment += 1
        return f"t{len(self.edits)}"

    def _somewhere(self) -> tuple[worlds.Place, Kind, str]:
        """Some org and kind, and who works there."""
        place, kind = self.small.places[self.luck.choice(LABELS)], Kind(self.luck.choice(sorted(FIELDS)))
        return place, kind, self.luck.choice(("Ana", "Ben"))

    def _writer(self, place: worlds.Place, kind: Kind, person: str) -> Writer:
        user = place.org.users[place.people[person]]
        return Writer(org=place.org, module=place.module(kind), user=user, now=place.org.now(), version=8, trigger=())

    def later(self, edit: Edit) -> bool:
        """Whether a person wrote into the same field of the same record afterwards."""
        return any(one.moment > edit.moment and (one.ref, one.field) == (edit.ref, edit.field) for one in self.edits)

    def value(self, ref: Ref, name: str) -> object:
        """What a record holds now, or held when it was deleted."""
        return self._row(ref).values.get(name)

    def past(self, ref: Ref, name: str) -> Past:
        """All that a field has held."""
        return past(self._place(ref), self._row(ref), name, since=self._began[LABELS[BOTH.index(Side(ref.side))]])

    def gone(self, ref: Ref) -> Gone | None:
        """Who deleted a record, and what it held then; None if it is there."""
        return self._place(ref).org.bin.found(ref.id)

    def ids(self, place: worlds.Place, kind: Kind) -> Collection[str]:
        """The records of an org that are there now."""
        return place.org.tables[place.module(kind).api_name].rows.keys()

    def _row(self, ref: Ref) -> Row:
        place = self._place(ref)
        gone, rows = self.gone(ref), place.org.tables[place.module(ref.kind).api_name].rows
        return rows[ref.id] if gone is None or gone.row is None else gone.row

    def _place(self, ref: Ref) -> worlds.Place:
        return self.small.places[LABELS[BOTH.index(Side(ref.side))]]


def _refused(answer: Answer) -> int:
    """How many records of a batch were not written because they had been edited since a moment that we named."""
    body = answer.reply.body if answer.reply is not None else None
    results = body.get("data", ()) if isinstance(body, Mapping) else ()
    return sum(isinstance(one, Mapping) and one.get("code") == REFUSED for one in results)
