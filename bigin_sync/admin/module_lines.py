"""Module lines: a module as it is shown: its state, its terms, what is linked, and what a person should know of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bigin_sync.jobs.drift import demanded, fill
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.jobs.views import VIEW_SIDE
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import KindSpec, ModuleSpec
from bigin_sync.store import inbox, links, orgs
from bigin_sync.store import modules as stored
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import State
from bigin_sync.store.modules import Module, ModuleState

ALL = "all records"


@dataclass(frozen=True, slots=True)
class KindLine:
    """The records of one kind, counted: pairs that are linked, and what was set aside.

    parted: pairs that were linked until one of the two was deleted; the other one is kept.
    view: the list view that says which are synced; views: the names of those there are.
    """

    kind: str
    plural: str
    linked: int
    parted: int
    waiting: int
    held: int
    problems: int
    skipped: int
    view: str = ALL
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module as it stands. settings: as a person would type them; views: kind -> name of its list view.

    troubles: why it is stopped, and which fields stand still. remarks: what its next run does otherwise than usual,
    and without which mapped fields no record is made.
    findings: what is lossy about a mapping that was just set.
    """

    name: str
    label: str
    state: str
    stopped_why: str | None
    revision: int | None
    last_run: datetime | None
    views: Mapping[str, str]
    settings: Mapping[str, str]
    kinds: tuple[KindLine, ...]
    troubles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    findings: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One change of settings: when, by whom, what."""

    number: int
    at: datetime
    by: str
    what: str


def line(room: Room, session: Session, iid: int, spec: ModuleSpec, *, findings: Iterable[str] = ()) -> ModuleLine:
    """One module as it stands now."""
    module = stored.get(session, iid, name=spec.name)
    revision = stored.revision(session, iid, module=spec.name)
    terms = Terms() if revision is None else Terms.stored(revision.settings)
    paired = {count.kind: count for count in links.count(session, iid)}
    aside = inbox.counts(session, iid)
    views: dict[str, str] = {kind: terms.views[kind].name if kind in terms.views else ALL for kind in spec.kinds}
    kinds = room.pairing.kinds_of(spec.name)
    return ModuleLine(
        name=spec.name,
        label=spec.label,
        state=said(ModuleState.AVAILABLE if module is None else module.state),
        stopped_why=None if module is None else module.stopped_why,
        revision=None if revision is None else revision.number,
        last_run=None if module is None else module.last_run_at,
        views=views if spec.needs_view else {},
        settings=terms.settings(room.pairing),
        kinds=tuple(
            _kind_line(
                kind, paired.get(kind.kind), aside, view=views[kind.kind], views=tuple(_names(session, iid, spec, kind))
            )
            for kind in kinds
        ),
        troubles=() if module is None else tuple(_troubles(spec, kinds, module)),
        remarks=() if module is None else (*_remarks(spec, module), *_demands(session, iid, spec, kinds)),
        findings=tuple(findings),
    )


def said(state: ModuleState) -> str:
    """A state as people read it."""
    return state.value.replace("_", " ")


def _names(session: Session, iid: int, spec: ModuleSpec, kind: KindSpec) -> Iterator[str]:
    """The list views one may choose from."""
    if spec.needs_view:
        known = orgs.metadata(session, iid, side=VIEW_SIDE, module=kind.on(VIEW_SIDE).module, what="views") or []
        yield from (str(view["name"]) for view in known)


def _troubles(spec: ModuleSpec, kinds: Sequence[KindSpec], module: Module) -> Iterator[str]:
    if module.stopped_why is not None:
        yield f"{spec.name} is stopped: {module.stopped_why}"
    for kind in kinds:
        for name, why in sorted(module.frozen.get(kind.kind, {}).items()):
            yield f"{spec.name}: {name} of {kind.on(Side.LEFT).plural} stands still: {why}"


def _remarks(spec: ModuleSpec, module: Module) -> Iterator[str]:
    if module.released:
        yield f"{spec.name}: its next run passes the brakes."
    if module.catch_up is not None:
        yield f"{spec.name}: its next run settles what both sides changed meanwhile."
    if module.owed.get("read"):
        yield f"{spec.name}: its next run reads all records again."


def _demands(session: Session, iid: int, spec: ModuleSpec, kinds: Sequence[KindSpec]) -> Iterator[str]:
    for kind in kinds:
        for side in BOTH:
            for _name, why in sorted(demanded(session, iid, kind, side).items()):
                yield f"{spec.name}: {why} {fill(spec)}"


def _kind_line(
    spec: KindSpec,
    paired: links.Count | None,
    aside: Sequence[inbox.Count],
    *,
    view: str,
    views: tuple[str, ...],
) -> KindLine:
    def number(state: State) -> int:
        return sum(count.entries for count in aside if count.kind == spec.kind and count.state is state)

    return KindLine(
        kind=spec.kind,
        plural=spec.on(Side.LEFT).plural,
        linked=0 if paired is None else paired.linked,
        parted=0 if paired is None else paired.parted,
        waiting=number(State.WAITING),
        held=number(State.HELD),
        problems=number(State.PROBLEM),
        skipped=number(State.SKIPPED),
        view=view,
        views=views,
    )
