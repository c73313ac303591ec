"""What is set aside keeps why, for people and for machines."""

import pytest

from bigin_sync.model import action
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import COMPANY, CONTACT
from bigin_sync.store.inbox import Parked, State
from bigin_sync.sync.aside import put_aside
from bigin_sync.sync.steps import step_for_record

ANA, NORDWIND = Ref(Side.LEFT, CONTACT, "1"), Ref(Side.LEFT, COMPANY, "7")


@pytest.mark.parametrize(
    ("act", "state", "cause"),
    [
        (action.Problem(ANA, Cause.MANDATORY, "why"), State.PROBLEM, "mandatory"),
        (action.Skip(ANA, "why", action.SkipCause.OUTSIDE_VIEW), State.SKIPPED, "outside_view"),
        (action.Skip(ANA, "why"), State.SKIPPED, None),
    ],
)
def test_a_record_that_is_set_aside_keeps_its_cause(
    act: action.Problem | action.Skip, state: State, cause: str | None
) -> None:
    detail = None if cause is None else {"cause": cause}
    assert put_aside(5, step_for_record(act, "Ana")) == Parked(5, state, "why", cause=cause, detail=detail)


def test_a_record_that_waits_or_is_held_also_keeps_the_others_it_is_about() -> None:
    wait = action.Wait(ANA, (NORDWIND,), "why")
    waiting = put_aside(5, step_for_record(wait, "Ana"))
    assert (waiting.state, waiting.cause) == (State.WAITING, str(wait.cause))
    assert waiting.detail == {"awaited": [["left", "company", "7"]], "cause": str(wait.cause)}
    held = put_aside(5, step_for_record(action.Hold(ANA, (ANA,), "why", action.HoldCause.AMBIGUOUS), "Ana"))
    assert (held.state, held.cause) == (State.HELD, "ambiguous")
    assert held.detail == {"candidates": [["left", "contact", "1"]], "cause": "ambiguous"}
