"""Steps: actions as the lines the journal keeps and people read. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bigin_sync.model import action
from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Step, Verb


def step_for_record(act: action.Create | action.Hold | action.Skip | action.Wait | action.Problem, label: str) -> Step:
    """The line for a record without a link."""
    if isinstance(act, action.Create):
        return _step(act.source, Verb.CREATE, label, act.why, target=act.write.target, payload=write_json(act.write))
    if isinstance(act, action.Hold):
        candidates = {"candidates": [_ref(ref) for ref in act.candidates], "cause": str(act.cause)}
        return _step(act.ref, Verb.HOLD, label, act.why, payload=candidates)
    if isinstance(act, action.Wait):
        awaited = {"awaited": [_ref(ref) for ref in act.awaited], "cause": str(act.cause)}
        return _step(act.ref, Verb.WAIT, label, act.why, payload=awaited)
    if isinstance(act, action.Problem):
        return _step(act.ref, Verb.PROBLEM, label, act.why, payload={"cause": str(act.cause)})
    return _step(act.ref, Verb.SKIP, label, act.why, payload={"cause": str(act.cause)} if act.cause else {})


def steps_for_link(act: action.Link, label: str) -> list[Step]:
    """The lines for two records found to be the same: the link itself, then what is written to either side."""
    head = Step(act.left.kind, Verb.LINK, label, act.why, left_id=act.left.id, right_id=act.right.id)
    writes = [_met(write, act) for write in _writes(head, act.to_left, act.to_right)]
    settled = {one["field"] for write in writes for one in write.payload["contested"]}
    rest = [one for one in act.contested if one.field not in settled]
    return [replace(head, payload={"matched_by": act.matched_by, **_disputed(rest)}), *writes]


def _met(write: Step, act: action.Link) -> Step:
    """What is written at a first meeting: blanks are filled in, and what both sides had is settled."""
    fields = {*write.payload["values"], *write.payload["pointers"]}
    settled = [one for one in act.contested if one.field in fields]
    how = ["filled in"] * (len(settled) < len(fields)) + ["settled"] * bool(settled)
    payload = {**write.payload, "matched_by": act.matched_by, **_disputed(settled)}
    return replace(write, why=f"{' and '.join(how)} at their first meeting", payload=payload)


def steps_for_linked(act: action.Update | action.Merge | action.Part, link: Link, label: str) -> list[Step]:
    """The lines for a link of which a side moved."""
    if isinstance(act, action.Part):
        return [_linked(link, Verb.PART, label, act.why, target=None)]
    if isinstance(act, action.Update):
        if act.write.empty:
            return [_linked(link, Verb.AGREE, label, act.why, payload={"left_out": dict(act.write.left_out)})]
        return [_linked(link, Verb.UPDATE, label, act.why, target=act.write.target, payload=write_json(act.write))]
    about = _linked(link, Verb.UPDATE, label, act.why)
    writes = _writes(about, act.to_left, act.to_right, contested=act.contested)
    if writes:
        return writes
    return [_linked(link, Verb.AGREE, label, act.why, payload=_disputed(act.contested))]


def step_for_fight(link: Link, label: str, *, why: str, cause: str) -> Step:
    """The line for a link that is left alone as a whole."""
    return _linked(link, Verb.HOLD, label, why, payload={"cause": cause})


def write_json(write: action.Write) -> dict[str, Any]:
    """A write as plain JSON."""
    return {
        "values": dict(write.values),
        "before": dict(write.before),
        "pointers": {name: _ref(ref) for name, ref in write.pointers.items()},
        "left_out": dict(write.left_out),
        **({"kept": sorted(write.kept)} if write.kept else {}),
        **({"source": dict(write.source)} if write.source else {}),
    }


def contested_json(contested: Sequence[action.Contested]) -> list[dict[str, Any]]:
    """Contested fields as plain JSON."""
    return [
        {
            "field": one.field,
            "left": one.left,
            "right": one.right,
            "winner": one.winner,
            "rule": one.rule,
            **({"held": True} if one.held else {}),
        }
        for one in contested
    ]


def _disputed(contested: Sequence[action.Contested]) -> dict[str, Any]:
    """What was contested; the record is held as long as a person has to decide some of it."""
    held = {"cause": str(action.HoldCause.CONFLICT)} if any(one.held for one in contested) else {}
    return {"contested": contested_json(contested), **held}


def _writes(
    about: Step, to_left: action.Write, to_right: action.Write, *, contested: Sequence[action.Contested] = ()
) -> list[Step]:
    """The lines for what is written to either side; with both, they are the two halves of a merge."""
    writes = [write for write in (to_right, to_left) if not write.empty]
    verb = Verb.MERGE if len(writes) == len(BOTH) else Verb.UPDATE
    extra = _disputed(contested) if contested else {}
    return [replace(about, verb=verb, target=write.target, payload={**write_json(write), **extra}) for write in writes]


def _step(
    ref: Ref, verb: Verb, label: str, why: str, *, target: Side | None = None, payload: dict[str, Any] | None = None
) -> Step:
    return Step(
        ref.kind,
        verb,
        label,
        why,
        target=target,
        left_id=ref.id if ref.side is Side.LEFT else None,
        right_id=ref.id if ref.side is Side.RIGHT else None,
        payload=payload or {},
    )


def _linked(
    link: Link, verb: Verb, label: str, why: str, *, target: Side | None = None, payload: dict[str, Any] | None = None
) -> Step:
    return Step(
        link.kind,
        verb,
        label,
        why,
        target=target,
        link_id=link.id,
        left_id=link.left.id,
        right_id=link.right.id,
        payload=payload or {},
    )


def _ref(ref: Ref) -> list[str]:
    return [str(ref.side), str(ref.kind), ref.id]
