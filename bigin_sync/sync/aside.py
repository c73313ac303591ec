"""Aside: how the inbox keeps a record that is not written now, whoever decided so."""

from collections.abc import Mapping
from types import MappingProxyType

from bigin_sync.model.step import Step, Verb
from bigin_sync.store.inbox import Parked, State

ASIDE: Mapping[Verb, State] = MappingProxyType(
    {
        Verb.HOLD: State.HELD,
        Verb.SKIP: State.SKIPPED,
        Verb.WAIT: State.WAITING,
        Verb.PROBLEM: State.PROBLEM,
    }
)
"""The verbs of steps that write nothing, and the state in which the record of such a step is set aside."""


def put_aside(entry_id: int, step: Step) -> Parked:
    """An inbox entry set aside by a step of `ASIDE`, with the reason for people and the cause for machines."""
    return Parked(entry_id, ASIDE[step.verb], step.why, step.payload.get("cause"), dict(step.payload) or None)
