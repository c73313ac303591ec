"""Lines: journal entries as people read them, with names in place of ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bigin_sync.jobs.kinds import mapping_in_force, metas
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref, by_side_and_kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.catalog import FieldPair, FieldType
from bigin_sync.store import inbox, journal, links, modules, orgs
from bigin_sync.store.db import Session

EMPTY = Terms()


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a write: what the side held before, and what it is to hold. Records and users by their names."""

    field: str
    label: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class WriteLine:
    """One journal entry. product: where it is written, empty if nowhere. remarks: what was left out, who won.

    cause: a short word for why it was set aside or refused.
    """

    id: int
    run: int
    kind: str
    action: str
    product: str
    record: str
    fields: tuple[FieldLine, ...]
    why: str
    outcome: str
    at: datetime
    left_id: str | None
    right_id: str | None
    remarks: tuple[str, ...]
    cause: str = ""


class Teller:
    """Turns journal entries and values into lines; asks the database once per slice for the names it needs."""

    def __init__(self, room: Room, iid: int, session: Session) -> None:
        self._room = room
        self._iid = iid
        self._session = session
        self._users = {
            (side, user.id): user.name or user.email for side in BOTH for user in orgs.users(session, iid, side=side)
        }
        self._labels: dict[Ref, str] = {}
        self._pairs: dict[Kind, dict[str, FieldPair]] = {}
        self._field_labels: dict[Kind, dict[str, str]] = {}

    def lines(self, entries: Sequence[journal.Entry]) -> list[WriteLine]:
        """The entries as lines, in their order."""
        self._learn(ref for entry in entries for ref in self._mentioned(entry.line))
        return [self._line(entry) for entry in entries]

    def values(self, kind: Kind, side: Side, values: Mapping[str, Value]) -> dict[str, Value]:
        """A record's values with names in place of ids."""
        self._learn(self._pointed(kind, side, values))
        return {name: self._named(kind, side, name, value) for name, value in values.items()}

    def label_of(self, kind: Kind, name: str) -> str:
        """What people call a field."""
        self._pairs_of(kind)
        return self._field_labels[kind].get(name, name)

    def fields_of(self, kind: Kind) -> Mapping[str, str]:
        """The fields of a kind that are kept the same, by name, and what people call them."""
        return {name: self.label_of(kind, name) for name in self._pairs_of(kind)}

    def _line(self, entry: journal.Entry) -> WriteLine:
        line = entry.line
        return WriteLine(
            id=entry.id,
            run=entry.run_id,
            kind=line.kind,
            action=line.verb,
            product="" if line.target is None else self._room.pairing.title(line.target),
            record=line.label,
            fields=tuple(self._fields(line)),
            why=self._why(entry),
            outcome=_outcome(entry),
            at=entry.settled_at or entry.intended_at or entry.planned_at,
            left_id=line.left_id,
            right_id=line.right_id,
            remarks=tuple(self._remarks(line)),
            cause=str(entry.code or (line.payload or {}).get("cause") or ""),
        )

    def _why(self, entry: journal.Entry) -> str:
        """Why it was to be written; of what was refused, the refusal."""
        if entry.state is not journal.State.REFUSED or entry.line.target is None:
            return entry.line.why
        said = entry.message or entry.code or "no reason was given"
        return f"{self._room.pairing.title(entry.line.target)} refused it: {said}"

    def _fields(self, line: journal.Line) -> Iterable[FieldLine]:
        if line.target is None:
            return
        payload = line.payload or {}
        before = payload.get("before") or {}
        for name, value in (payload.get("values") or {}).items():
            yield FieldLine(
                name,
                self.label_of(line.kind, name),
                self._named(line.kind, line.target, name, before.get(name)),
                self._named(line.kind, line.target, name, value),
            )
        for name, pointer in (payload.get("pointers") or {}).items():
            after = self._labels.get(_ref(pointer), pointer[2])
            was = self._named(line.kind, line.target, name, before.get(name))
            yield FieldLine(name, self.label_of(line.kind, name), was, after)

    def _remarks(self, line: journal.Line) -> Iterable[str]:
        payload = line.payload or {}
        for name, reason in (payload.get("left_out") or {}).items():
            yield f"{self.label_of(line.kind, name)} is left out: {reason}"
        how = "contested at their first meeting" if "matched_by" in payload else "changed on both sides"
        for one in payload.get("contested") or ():
            winner = one.get("winner")
            waits = "it waits" if one.get("held") else "both stay"
            won = waits if winner is None else f"{self._room.pairing.title(Side(winner))} wins"
            yield f"{self.label_of(line.kind, one['field'])} was {how}: {won} ({one['rule']})"
        for candidate in payload.get("candidates") or ():
            ref = _ref(candidate)
            yield f"may be {self._labels.get(ref, '')} ({self._room.pairing.title(ref.side)} {ref.id})"

    def _mentioned(self, line: journal.Line) -> Iterable[Ref]:
        payload: Mapping[str, Any] = line.payload or {}
        yield from (_ref(pointer) for pointer in (payload.get("pointers") or {}).values())
        yield from (_ref(candidate) for candidate in payload.get("candidates") or ())
        if line.target is not None:
            for part in ("values", "before"):
                yield from self._pointed(line.kind, line.target, payload.get(part) or {})

    def _pointed(self, kind: Kind, side: Side, values: Mapping[str, Value]) -> Iterable[Ref]:
        pairs = self._pairs_of(kind)
        for name, value in values.items():
            pair = pairs.get(name)
            if pair is not None and pair.to is not None and isinstance(value, str):
                yield Ref(side, pair.to, value)

    def _named(self, kind: Kind, side: Side, name: str, value: Value) -> Value:
        pair = self._pairs_of(kind).get(name)
        if pair is None or not isinstance(value, str):
            return value
        if pair.type is FieldType.OWNER:
            return self._users.get((side, value), value)
        return value if pair.to is None else self._labels.get(Ref(side, pair.to, value), value)

    def _learn(self, refs: Iterable[Ref]) -> None:
        """Look up the names of records that are not known yet: by what was seen of them, else by what was just read."""
        wanted = [ref for ref in dict.fromkeys(refs) if ref not in self._labels]
        for ref, entry in inbox.by_refs(self._session, self._iid, refs=wanted).items():
            self._labels[ref] = entry.record.label
        for (side, kind), ids in by_side_and_kind(ref for ref in wanted if ref not in self._labels).items():
            for id, link in links.by_records(self._session, self._iid, side=side, kind=kind, ids=ids).items():
                self._labels[Ref(side, kind, id)] = self.name_of(kind, link.copy(side).seen) or id

    def name_of(self, kind: Kind, values: Mapping[str, Value]) -> str:
        """What a record is called, from its values."""
        return " ".join(str(values[name]) for name in self._room.pairing.kind(kind).label_fields if values.get(name))

    def _pairs_of(self, kind: Kind) -> dict[str, FieldPair]:
        if kind not in self._pairs:
            spec = self._room.pairing.kind(kind)
            revision = modules.revision(self._session, self._iid, module=spec.module)
            fields = metas(self._session, self._iid, spec=spec)
            terms = EMPTY if revision is None else Terms.stored(revision.settings)
            mapping = mapping_in_force(self._room.pairing, spec, terms=terms, fields=fields)
            self._pairs[kind] = {pair.name: pair for pair in mapping.pairs}
            known = fields[Side.RIGHT]
            self._field_labels[kind] = {
                pair.name: known[pair.right].label for pair in mapping.pairs if pair.right in known
            }
        return self._pairs[kind]


def _ref(stored: Sequence[str]) -> Ref:
    side, kind, id = stored
    return Ref(Side(side), Kind(kind), id)


def _outcome(entry: journal.Entry) -> str:
    said = ": ".join(part for part in (entry.code, entry.message) if part)
    return f"{entry.state.value} ({said})" if said else entry.state.value
