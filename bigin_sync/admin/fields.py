"""Fields: what is kept the same of every kind of a module, what is not, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bigin_sync.jobs.kinds import joins, mapping_in_force, metas
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import FieldType, KindSpec
from bigin_sync.pairing.drift import thawed
from bigin_sync.pairing.fields import FieldMeta, unmappable
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.pairing.mapping import left_over, propose
from bigin_sync.pairing.mapping_check import Explained, Finding, explain, validate
from bigin_sync.pairing.stages import stage_lines
from bigin_sync.store import modules as stored_modules
from bigin_sync.store.db import Session


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two fields that are kept the same. direction: an arrow (↔, →, ←, or ⇢⇠ where only blanks are filled)."""

    name: str
    left: str
    right: str
    type: str
    direction: str
    remarks: str


@dataclass(frozen=True, slots=True)
class UnmappedLine:
    """A field that is not synced. could_be_mapped: a person may put it into the mapping."""

    product: str
    field: str
    label: str
    reason: str
    could_be_mapped: bool


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of one product, and what a deal in it becomes in the other; `becomes` None: nothing stands for it there.

    by: `same name`, or `your map`.
    """

    product: str
    stage: str
    becomes: str | None
    by: str


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """What is joined with the records beside their lookups. remark: what of it is not synced."""

    kind: str
    label: str
    synced: bool
    remark: str


@dataclass(frozen=True, slots=True)
class KindFields:
    """The mapping of one kind, what is left over, what is lossy (findings) or wrong (blocked) about it.

    stages: the stage map, for kinds that have stages.
    """

    kind: str
    label: str
    pairs: tuple[PairLine, ...]
    unmapped: tuple[UnmappedLine, ...]
    findings: tuple[str, ...]
    blocked: tuple[str, ...]
    stages: tuple[StageLine, ...] = ()
    joined: tuple[JoinedLine, ...] = ()


def mapping(room: Room, name: str) -> list[KindFields]:
    """The mapping of a module, as configured or, before that, as it would be proposed; both orgs must be connected."""
    spec = room.pairing.module(name)
    iid = room.connected()
    with room.db.read() as session:
        revision = stored_modules.revision(session, iid, module=spec.name)
        terms = Terms() if revision is None else Terms.stored(revision.settings)
        module = stored_modules.get(session, iid, name=spec.name)
        frozen = {} if module is None else module.frozen
        kinds = room.pairing.kinds_of(spec.name)
        fields = {kind.kind: metas(session, iid, spec=kind) for kind in kinds}
        joined = {kind.kind: _joined(room, session, iid, kind) for kind in kinds}
    return [
        replace(_kind(room, kind, terms, fields[kind.kind], frozen=frozen.get(kind.kind, {})), joined=joined[kind.kind])
        for kind in kinds
    ]


def _joined(room: Room, session: Session, iid: int, spec: KindSpec) -> tuple[JoinedLine, ...]:
    synced = {each.to for each in joins(session, iid, pairing=room.pairing, spec=spec)}
    return tuple(
        JoinedLine(one.to, room.pairing.kind(one.to).on(Side.LEFT).plural, one.to in synced, one.remark)
        for one in spec.associates
    )


def _kind(
    room: Room,
    spec: KindSpec,
    terms: Terms,
    fields: dict[Side, dict[str, FieldMeta]],
    *,
    frozen: Mapping[str, str],
) -> KindFields:
    left, right = fields[Side.LEFT], fields[Side.RIGHT]
    in_force = mapping_in_force(room.pairing, spec, terms=terms, fields=fields)
    reasons = {each.field: each.reason for each in propose(room.pairing, spec.kind, left=left, right=right).unmapped}
    unmapped = left_over(room.pairing, in_force, left=left, right=right, reasons=reasons)
    found = validate(room.pairing, thawed(in_force, frozen), left=left, right=right)
    return KindFields(
        kind=spec.kind,
        label=spec.on(Side.LEFT).plural,
        pairs=tuple(
            PairLine(each.name, each.left, each.right, each.holds, each.arrow, _remarks(each, frozen))
            for each in explain(room.pairing, in_force)
        ),
        unmapped=tuple(
            UnmappedLine(
                room.pairing.title(each.side),
                each.field,
                each.label,
                each.reason,
                unmappable(room.pairing, fields[each.side][each.field], side=each.side) is None,
            )
            for each in unmapped
        ),
        findings=tuple(worded(spec, each) for each in found if not each.blocking),
        blocked=tuple(worded(spec, each) for each in found if each.blocking),
        stages=tuple(_stages(room, in_force, fields)),
    )


def _remarks(pair: Explained, frozen: Mapping[str, str]) -> str:
    stands_still = [f"stands still: {frozen[pair.name]}"] if pair.name in frozen else []
    return "; ".join([*stands_still, *pair.notes])


def _stages(room: Room, in_force: FieldMapping, fields: Mapping[Side, Mapping[str, FieldMeta]]) -> Iterator[StageLine]:
    for pair in in_force.pairs:
        for side in BOTH if pair.type is FieldType.STAGE else ():
            for line in stage_lines(pair, fields, side=side):
                yield StageLine(room.pairing.title(side), line.stage, line.becomes, line.by)


def worded(spec: KindSpec, finding: Finding) -> str:
    """A finding about a mapping, in a sentence."""
    return " ".join(part for part in (f"{spec.kind} {finding.field}:", finding.message, finding.hint) if part)
