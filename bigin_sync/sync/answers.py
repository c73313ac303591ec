"""Answers: what a call's future holds, as outcomes, as journal lines, or as a reason to stop."""

from concurrent.futures import Future
from http import HTTPStatus
from typing import Any

from bigin_sync.errors import AnswerLost, RequestRefused, StopRun, TryLater
from bigin_sync.model.outcome import NOT_WRITTEN, Cause, Outcome, Refused, Stored, Unknown
from bigin_sync.model.side import Side
from bigin_sync.store.journal import Settled, State


def outcomes_of(answer: "Future[list[Outcome]]", items: int) -> list[Outcome]:
    """The outcomes of a write call, whatever became of it. An error of ours says that nothing happened, or that nobody
    knows; any other means that nobody knows.
    """
    error = answer.exception()
    if error is None:
        return answer.result()
    if isinstance(error, RequestRefused):
        return [Refused(Cause.UNKNOWN, error.code, error.what)] * items
    if isinstance(error, (TryLater, StopRun)):
        return [Refused(Cause.TRANSIENT, NOT_WRITTEN, str(error))] * items
    return [Unknown(str(error))] * items


def trouble_of(answer: "Future[Any]") -> BaseException | None:
    """The error that must stop the run: one that concerns more than the records of this call."""
    error = answer.exception()
    if isinstance(error, RequestRefused) and error.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return None
    return None if isinstance(error, AnswerLost) else error


def judged(step_id: int, outcome: Outcome, target: Side) -> Settled:
    """The journal line's end for an outcome."""
    if isinstance(outcome, Stored):
        left, right = (outcome.id, None) if target is Side.LEFT else (None, outcome.id)
        return Settled(step_id, State.DONE, left_id=left, right_id=right)
    if isinstance(outcome, Refused):
        state = State.DROPPED if outcome.cause is Cause.TRANSIENT else State.REFUSED
        return Settled(step_id, state, code=outcome.code, message=outcome.message)
    if isinstance(outcome, Unknown):
        return Settled(step_id, State.UNKNOWN, message=outcome.reason)
    return Settled(step_id, State.OVERTAKEN)
