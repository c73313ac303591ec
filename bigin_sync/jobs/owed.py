"""Owed: what the next run of a module does before anything else, because its terms or its orgs have changed.

A person may change terms while a run is going on. So nothing is done at once: it is written down beside the module, and
the next run, which has the right to write, carries it out in one transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.action import SkipCause
from bigin_sync.model.kind import Kind
from bigin_sync.pairing.catalog import Direction, FieldPair, Unknown
from bigin_sync.pairing.mapping_file import from_json
from bigin_sync.store import conflicts, cursors, inbox, links, modules, renewal
from bigin_sync.store.db import Session
from bigin_sync.sync.setup import Setup


@dataclass(frozen=True, slots=True)
class Owed:
    """read: kinds to be read from the start. ask: kinds of which unlinked records are admitted anew. retry: kinds whose
    problems and left-out edits are tried again. forget: kind -> fields whose seen values mean nothing any more.
    """

    read: frozenset[str] = frozenset()
    ask: frozenset[str] = frozenset()
    retry: frozenset[str] = frozenset()
    forget: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def stored(cls, told: Mapping[str, Any]) -> "Owed":
        """What `to_json` wrote; an empty object is nothing."""
        read, ask, retry = (frozenset(told.get(name, ())) for name in ("read", "ask", "retry"))
        return cls(read, ask, retry, {kind: frozenset(names) for kind, names in told.get("forget", {}).items()})

    def to_json(self) -> dict[str, Any]:
        """A plain object, empty if nothing is owed."""
        told: dict[str, Any] = {name: sorted(getattr(self, name)) for name in ("read", "ask", "retry")}
        told["forget"] = {kind: sorted(names) for kind, names in self.forget.items() if names}
        return {name: value for name, value in told.items() if value}

    def joined(self, other: "Owed") -> "Owed":
        """Both together."""
        kinds = self.forget.keys() | other.forget.keys()
        nothing: frozenset[str] = frozenset()
        return Owed(
            self.read | other.read,
            self.ask | other.ask,
            self.retry | other.retry,
            {kind: self.forget.get(kind, nothing) | other.forget.get(kind, nothing) for kind in kinds},
        )


def owed_by(kinds: Iterable[Kind], before: Terms, after: Terms) -> Owed:
    """What a change of terms asks of the next run. Nothing is ever undone by it: what is linked stays linked.

    A field that is mapped now is read of every record. One whose place changed is met as if for the first time.
    """
    found = Owed()
    for kind in kinds:
        old, new = _pairs(before, kind), _pairs(after, kind)
        moved = frozenset(name for name in old.keys() & new.keys() if _place(old[name]) != _place(new[name]))
        other_view = before.views.get(kind) != after.views.get(kind) or before.since != after.since
        found = found.joined(
            Owed(
                read=_one(kind, told=bool(old) and bool(moved or new.keys() - old.keys())),
                ask=_one(kind, told=other_view),
                retry=_one(kind, told=before.mappings.get(kind) != after.mappings.get(kind)),
                forget={kind: moved},
            )
        )
    return found


def owe(session: Session, iid: int, *, module: str, what: Owed) -> None:
    """Add to what the next run of a module has to do first."""
    known = modules.get(session, iid, name=module)
    before = Owed() if known is None else Owed.stored(known.owed)
    modules.owe(session, iid, name=module, what=before.joined(what).to_json())


def retry(room: Room, session: Session, iid: int, *, kinds: Iterable[Kind] | None = None) -> None:
    """Let the next run try again what could not be written of these kinds, or of all: its cause may be gone."""
    wanted = None if kinds is None else frozenset(kinds)
    for module in modules.listing(session, iid):
        mine = frozenset(room.pairing.module(module.name).kinds)
        due = mine if wanted is None else mine & wanted
        if due:
            owe(session, iid, module=module.name, what=Owed(retry=due))


def carry_out(room: Room, setup: Setup, *, full: bool) -> None:
    """Do what is owed to the modules of a run that is about to begin. full: everything is read from the start."""
    iid = setup.iid
    with setup.fenced() as session:
        for name in setup.revisions:
            module = modules.get(session, iid, name=name)
            owed = Owed() if module is None else Owed.stored(module.owed)
            every = frozenset(room.pairing.module(name).kinds)
            _do(session, setup, owed.joined(Owed(read=every)) if full else owed)
            modules.owe(session, iid, name=name, what={})


def _do(session: Session, setup: Setup, owed: Owed) -> None:
    iid = setup.iid
    for kind, names in owed.forget.items():
        links.forget_fields(session, iid, kind=Kind(kind), names=sorted(names))
    for kind in owed.read:
        cursors.reset(session, iid, kind=Kind(kind))
    for kind in owed.ask:
        inbox.forget_admissions(session, iid, kind=Kind(kind))
        renewal.renew_unlinked(session, iid, kind=Kind(kind))
    for kind in owed.retry:
        renewal.renew_problems(session, iid, kind=Kind(kind))
        renewal.renew_waiting(session, iid, kind=Kind(kind), cause=SkipCause.LEFT_OUT)
    for one in setup.kinds:
        if one.kind in owed.retry:
            # Nobody is asked any more about a field that is not mapped now.
            mapped = [pair.name for pair in one.mapping.pairs]
            unmapped = conflicts.of_other_fields(session, iid, kind=one.kind, fields=mapped)
            renewal.renew_links(session, iid, link_ids=unmapped)


def _pairs(terms: Terms, kind: Kind) -> dict[str, FieldPair]:
    stored = terms.mappings.get(kind)
    return {} if stored is None else {pair.name: pair for pair in from_json(stored).pairs}


def _place(pair: FieldPair) -> FieldPair:
    """Where a pair's values are read and what they are; not what is made of them on the way."""
    return replace(
        pair,
        direction=Direction.BOTH,
        master=None,
        value_map=(),
        unknown=Unknown.LEAVE_OUT,
        default_left=None,
        default_right=None,
        needed=False,
    )


def _one(kind: Kind, *, told: bool) -> frozenset[str]:
    return frozenset({kind}) if told else frozenset()
