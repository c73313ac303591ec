"""Fields: what is kept the same of every kind of a module, what is not, and why."""

from dataclasses import dataclass

from bigin_sync.jobs.kinds import mapping_in_force, metas
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.terms import Terms
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.pairing.fields import FieldMeta, unmappable
from bigin_sync.pairing.mapping import left_over, propose
from bigin_sync.pairing.mapping_check import Finding, explain, validate
from bigin_sync.store import modules as stored_modules


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
class KindFields:
    """The mapping of one kind, what is left over, what is lossy (findings) or wrong (blocked) about it."""

    kind: str
    label: str
    pairs: tuple[PairLine, ...]
    unmapped: tuple[UnmappedLine, ...]
    findings: tuple[str, ...]
    blocked: tuple[str, ...]


def mapping(room: Room, name: str) -> list[KindFields]:
    """The mapping of a module, as configured or, before that, as it would be proposed; both orgs must be connected."""
    spec = room.pairing.module(name)
    iid = room.connected()
    with room.db.read() as session:
        revision = stored_modules.revision(session, iid, module=spec.name)
        terms = Terms() if revision is None else Terms.stored(revision.settings)
        fields = {kind.kind: metas(session, iid, spec=kind) for kind in room.pairing.kinds_of(spec.name)}
    return [_kind(room, kind, terms, fields[kind.kind]) for kind in room.pairing.kinds_of(spec.name)]


def _kind(room: Room, spec: KindSpec, terms: Terms, fields: dict[Side, dict[str, FieldMeta]]) -> KindFields:
    left, right = fields[Side.LEFT], fields[Side.RIGHT]
    in_force = mapping_in_force(room.pairing, spec, terms=terms, fields=fields)
    reasons = {each.field: each.reason for each in propose(room.pairing, spec.kind, left=left, right=right).unmapped}
    unmapped = left_over(room.pairing, in_force, left=left, right=right, reasons=reasons)
    found = validate(room.pairing, in_force, left=left, right=right)
    return KindFields(
        kind=spec.kind,
        label=spec.on(Side.LEFT).plural,
        pairs=tuple(
            PairLine(each.name, each.left, each.right, each.holds, each.arrow, "; ".join(each.notes))
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
    )


def worded(spec: KindSpec, finding: Finding) -> str:
    """A finding about a mapping, in a sentence."""
    return " ".join(part for part in (f"{spec.kind} {finding.field}:", finding.message, finding.hint) if part)
