"""Why: everything known of one record, and the way out where it is not synced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bigin_sync.admin.lines import Teller, WriteLine
from bigin_sync.errors import UnknownRecord
from bigin_sync.jobs.room import Room
from bigin_sync.model.action import SkipCause
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.model.vector import Order
from bigin_sync.pairing.catalog import Pairing
from bigin_sync.store import finding, inbox, journal, links, renewal, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, State
from bigin_sync.sync import again, pending

HISTORY = 50
BY_ITSELF = frozenset({again.CAUSE, pending.CAUSE, pending.MAYBE})
"""Causes for which a record waits without another record having to come first."""

WAYS_OUT = {
    Cause.MANDATORY: "Fill the field in the record, or map a default for it "
    "(bigin-sync module edit {module} --map FILE); the next sync tries again.",
    Cause.DUPLICATE: "The other org already has a record with this unique value: change one of them. {again} when this "
    "record is edited, or the other one is edited or deleted.",
    Cause.INVALID: "Correct the value in the record; the next sync tries again.",
    Cause.UNMAPPED: "Give the value a counterpart (bigin-sync fields {module} shows those there are, bigin-sync module "
    "edit {module} --map FILE names others), or change it in the record; the next sync tries again.",
    Cause.TOO_LONG: "Shorten the value in the record; the next sync tries again.",
    Cause.FORBIDDEN: "Give the connected user the right to write this record; bigin-sync doctor shows who that is. "
    "{again} when either of the two records is modified.",
    Cause.LOCKED: "Wait until the approval or process that locks the record has ended. {again} when either of the two "
    "records is modified.",
    Cause.MISSING: "The record was deleted meanwhile; nothing is to be done.",
    Cause.LIMIT: "A limit of the org is reached: make room there. {again} when the record is edited.",
    Cause.TRANSIENT: "The other org failed each time. {again} when the record is edited.",
}
AGAIN = "It is tried again once a day, with the next sync after bigin-sync problems retry, and at once"


@dataclass(frozen=True, slots=True)
class Hit:
    """One record, or one pair of linked records, that fits what was typed."""

    kind: str
    label: str
    left_id: str | None
    right_id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One field as it was last seen on both sides."""

    field: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of one record. state: a sentence; lines: newest first; way_out: what to do, if anything."""

    kind: str
    label: str
    state: str
    left_title: str
    right_title: str
    facts: tuple[tuple[str, str], ...]
    fields: tuple[SeenLine, ...]
    lines: tuple[WriteLine, ...]
    way_out: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that fits; explained when it is one record."""

    hits: tuple[Hit, ...]
    explanation: Explanation | None


def why(room: Room, text: str) -> Answer:
    """Explain the record with this id, e-mail address or name; raises `UnknownRecord`. Several hits are only listed."""
    iid = room.integration()
    with room.db.read() as session:
        asked = _Asked(room, session, iid)
        cases = asked.cases(text)
        if not cases:
            raise UnknownRecord(
                f"No record is known by {text!r}.",
                why="It was never read: it may be new, outside the modules that are synced, or spelt in another way.",
                hint="Sync first, or give its id, its e-mail address or a piece of its name.",
            )
        exact = [case for case in cases if case.named(text)]
        chosen = exact if len(exact) == 1 else cases
        hits = tuple(asked.hit(case) for case in chosen)
        return Answer(hits, asked.explained(chosen[0]) if len(chosen) == 1 else None)


@dataclass(frozen=True, slots=True)
class _Case:
    """A link or a lone record, with what waits in the inbox of it."""

    kind: Kind
    label: str
    link: Link | None
    entries: dict[Side, Entry]
    refs: tuple[Ref, ...]

    def named(self, text: str) -> bool:
        """Whether the text is the whole of an id, the name or a value of it."""
        wanted = text.strip().casefold()
        values = [value for entry in self.entries.values() for value in entry.record.values.values()]
        if self.link is not None:
            values += [*self.link.left.seen.values(), *self.link.right.seen.values()]
        known = {self.label, *(ref.id for ref in self.refs), *(value for value in values if isinstance(value, str))}
        return wanted in {each.casefold() for each in known}


class _Asked:
    """One question, answered inside one reading transaction."""

    def __init__(self, room: Room, session: Session, iid: int) -> None:
        self._room = room
        self._session = session
        self._iid = iid
        self._teller = Teller(room, iid, session)

    def cases(self, text: str) -> list[_Case]:
        """What fits, each pair of linked records once."""
        found: dict[object, _Case] = {}
        for hit in finding.find_record(self._session, self._iid, text=text):
            link = self._link(hit)
            key: object = hit.ref if link is None else link.id
            if key not in found:
                found[key] = self._case(hit, link)
        return list(found.values())

    def hit(self, case: _Case) -> Hit:
        """The case in one line."""
        ids = {ref.side: ref.id for ref in case.refs}
        return Hit(case.kind, case.label, ids.get(Side.LEFT), ids.get(Side.RIGHT), self._state(case))

    def explained(self, case: _Case) -> Explanation:
        """The case in full."""
        room, link = self._room, case.link
        seen = {} if link is None else {side: self._seen(link, side) for side in BOTH}
        entries = self._history(case)
        names = sorted({name for values in seen.values() for name in values})
        return Explanation(
            kind=case.kind,
            label=case.label,
            state=self._state(case),
            left_title=room.pairing.title(Side.LEFT),
            right_title=room.pairing.title(Side.RIGHT),
            facts=tuple(self._facts(case)),
            fields=tuple(
                SeenLine(self._teller.label_of(case.kind, name), seen[Side.LEFT].get(name), seen[Side.RIGHT].get(name))
                for name in names
            ),
            lines=tuple(self._teller.lines(entries)),
            way_out=self._way_out(case),
        )

    def _history(self, case: _Case) -> list[journal.Entry]:
        """The latest journal entries, newest first. What was planned before the link existed names the records only."""
        found = {
            entry.id: entry
            for ref in case.refs
            for entry in journal.history(self._session, self._iid, ref=ref, limit=HISTORY)
        }
        if case.link is not None:
            linked = journal.history(self._session, self._iid, link_id=case.link.id, limit=HISTORY)
            found |= {entry.id: entry for entry in linked}
        return [found[id] for id in sorted(found, reverse=True)[:HISTORY]]

    def _link(self, hit: finding.Found) -> Link | None:
        known = links.by_records(self._session, self._iid, side=hit.ref.side, kind=hit.ref.kind, ids=[hit.ref.id])
        return known.get(hit.ref.id)

    def _case(self, hit: finding.Found, link: Link | None) -> _Case:
        if link is None:
            entries = inbox.by_refs(self._session, self._iid, refs=[hit.ref])
            return _Case(hit.ref.kind, hit.label, None, {ref.side: entry for ref, entry in entries.items()}, (hit.ref,))
        waiting = inbox.by_links(self._session, self._iid, link_ids=[link.id]).get(link.id, {})
        label = self._teller.name_of(link.kind, link.left.seen) or hit.label
        return _Case(link.kind, label, link, waiting, (link.ref(Side.LEFT), link.ref(Side.RIGHT)))

    def _seen(self, link: Link, side: Side) -> dict[str, Value]:
        return self._teller.values(link.kind, side, link.copy(side).seen)

    def _state(self, case: _Case) -> str:
        titles = self._room.pairing.titles
        if case.link is not None and case.link.parted:
            gone = next(side for side in BOTH if case.link.copy(side).gone)
            return f"was deleted in {titles[gone]}; the other record is kept, and nothing crosses any more"
        for entry in case.entries.values():
            if entry.state is not State.NEW:
                return f"{entry.state.value}: {entry.why or entry.cause or 'no reason was kept'}"
        if any(entry.cause == renewal.RETRIED for entry in case.entries.values()):
            return "will be tried again with the next sync"
        if case.entries:
            return "has changed; the next sync looks at it"
        return "not linked" if case.link is None else "linked, and the same on both sides as far as is known"

    def _facts(self, case: _Case) -> Iterator[tuple[str, str]]:
        for ref in case.refs:
            yield f"{self._room.pairing.title(ref.side)} id", ref.id
        link = case.link
        if link is not None:
            made = links.making(self._session, link.id)
            if made is not None:
                yield "Linked", f"in run {made.run_id}, by {made.by}"
            for side in BOTH:
                copy = link.copy(side)
                yield f"{self._room.pairing.title(side)} modified", f"{copy.modified_at:%Y-%m-%d %H:%M:%S} UTC"
            yield "Versions", self._versions(link)
            if link.held:
                yield "Held fields", ", ".join(sorted(link.held))
        for entry in case.entries.values():
            if entry.state is State.PROBLEM and (next_try := next_try_of(entry)) is not None:
                yield "Next try", f"{next_try:%Y-%m-%d %H:%M:%S} UTC"
            for ref in waits.awaited_by(self._session, [entry.id]).get(entry.id, []):
                yield "Waits for", f"{ref.kind} {ref.id} of {self._room.pairing.title(ref.side)}"

    def _versions(self, link: Link) -> str:
        left, right = (self._room.pairing.title(side) for side in BOTH)
        meaning = {
            Order.EQUAL: "in sync but for the held fields" if link.held else "in sync",
            Order.AFTER: f"{left} is ahead",
            Order.BEFORE: f"{right} is ahead",
            Order.CONCURRENT: "both were edited since they last agreed",
        }
        copies = (
            f"{title} {copy.vector.left}:{copy.vector.right}"
            for title, copy in ((left, link.left), (right, link.right))
        )
        return f"{', '.join(copies)} ({meaning[link.left.vector.compared(link.right.vector)]})"

    def _way_out(self, case: _Case) -> str:
        for entry in case.entries.values():
            if entry.state is State.HELD:
                return "bigin-sync conflicts lists what waits for your decision."
            if entry.state is State.WAITING and entry.cause in BY_ITSELF:
                return "It goes on by itself in one of the next runs."
            if entry.state is State.WAITING and entry.cause == SkipCause.LEFT_OUT:
                return (
                    "It crosses once the users are paired (bigin-sync owners), or the field mapping or the other org "
                    "knows the value."
                )
            if entry.state is State.WAITING:
                return "It goes on by itself in the run in which the record it waits for is linked."
            if entry.state is State.PROBLEM:
                return way_out_of(entry, self._room.pairing)
        return ""


def way_out_of(problem: Entry, pairing: Pairing) -> str:
    """What a person can do about a record that could not be written."""
    known = WAYS_OUT.get(Cause(problem.cause)) if problem.cause in set(Cause) else None
    module = pairing.kind(problem.record.ref.kind).module
    return (known or "The next sync tries again once the record is changed.").format(module=module, again=AGAIN)


def next_try_of(problem: Entry) -> datetime | None:
    """When a record that could not be written is tried again if nothing changes; None: not before something does."""
    return problem.next_try_at if problem.cause in again.DAILY else None
