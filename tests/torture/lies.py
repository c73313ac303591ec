"""Lies: each writing call of a story's runs is answered by something other than what happened."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

import httpx

from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.stage import Stage
from tests.torture.branch import Scene, branch
from tests.torture.kills import judge
from tests.torture.power import Forward
from tests.torture.stories import Way, drawn_runs, make_up, stumble, up_to, way
from tests.torture.table import Tally

STATUSES = (200, 201, 202, 207, 400)
"""What mixed batches are documented to come with (Zoho CRM v8 and Bigin v2, insert and update)."""

STORED, REFUSED = "stored", "refused"
FATES = (STORED, REFUSED, "unknown", f"unknown, {STORED}")
"""What may become of one record of a batch. Unknown: the org stumbled, and does not say whether it had stored it."""

WRONG = "wrong"
"""Refused for what is in it: such a record may wait until it is edited, so that no story comes to rest with one."""

PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

Count = Mapping[tuple[str, str], int]
"""Writing calls by side label and method."""


def lie_in(
    scenario: Scenario, *, name: str, luck: Random, lies: int | None, tally: Tally, runs: int | None = None
) -> None:
    """Lie about this many writes of every run of a story, or about all in every way (None).

    runs: in how many of its runs, if not in all.
    """
    for stage, number in up_to(scenario, drawn_runs(scenario, luck, runs=runs)):
        _lie_in_run(stage, scenario, number, name=name, luck=luck, lies=lies, tally=tally)


def _lie_in_run(
    stage: Stage, scenario: Scenario, number: int, *, name: str, luck: Random, lies: int | None, tally: Tally
) -> None:
    grown = branch(stage, partial(_lied, scenario=scenario, number=number, lies={}))
    if grown.result is None:
        tally.failed(f"{name}, step {number + 1}, undisturbed", [str(grown.failure)])
        return
    plain, counted = grown.result
    told = [
        (label, method, nth, what)
        for (label, method), count in sorted(counted.items())
        for nth in range(1, count + 1)
        for what in LIES
    ]
    for label, method, nth, what in told if lies is None else luck.sample(told, min(lies, len(told))):
        lie = {(label, method, nth): (what, luck.randrange(1 << 30))}
        one = branch(stage, partial(_lied, scenario=scenario, number=number, lies=lie))
        where = f"{name}, step {number + 1}: {what}: {method} {nth} of {label}, drawn {lie}"
        judge(where, plain, one.result and one.result[0], one.failure, tally)


def _lied(
    scene: Scene, *, scenario: Scenario, number: int, lies: Mapping[tuple[str, str, int], tuple[str, int]]
) -> tuple[Way, Count]:
    """A run with lies and how much it wrote, and those that make up for it. Without any lies it takes as long."""
    told = scenario.steps[number].sync
    assert told is not None
    full = told.full
    stage = scene.stage
    counted: dict[tuple[str, str], int] = {}

    def trouble() -> tuple[Stage, str | None]:
        struck = None
        for (label, method, nth), (what, drawn) in lies.items():
            scene.lines[label].lie(method, nth, partial(LIES[what], stage=stage, luck=Random(drawn)))
            struck = f"{'create' if method == 'POST' else 'update'}: {what}"
        stumble(stage, full=full)
        for label, line in scene.lines.items():
            counted.update({(label, method): count for method, count in line.writes.items()})
        make_up(stage, full=full)
        return stage, struck if any(line.lied for line in scene.lines.values()) else None

    return way(scene, scenario, number, trouble=trouble, on=False), counted


def _before(request: httpx.Request, _forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    raise httpx.ReadError("the connection was closed", request=request)


def _after(request: httpx.Request, forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    forward(request)
    raise httpx.ReadError("the connection was closed", request=request)


def _late(request: httpx.Request, forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    forward(request)
    stage.clock.advance(stage.room.settings.read_timeout)
    raise httpx.ReadTimeout("the answer came too late", request=request)


def _cut(request: httpx.Request, forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    whole = forward(request)
    body = whole.read()
    return httpx.Response(whole.status_code, content=body[: luck.randrange(len(body))])


def _gateway(request: httpx.Request, forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    if luck.random() < 0.5:
        forward(request)
    return httpx.Response(502, html=PAGE)


def _too_many(request: httpx.Request, _forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    return httpx.Response(429, json=_failure("TOO_MANY_REQUESTS", "too many requests"))


def _expired(request: httpx.Request, _forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    stage.world.oauth.expire(request.headers["authorization"].partition(" ")[2])
    return httpx.Response(401, json=_failure("INVALID_TOKEN", "invalid oauth token"))


def _some_refused(request: httpx.Request, forward: Forward, *, stage: Stage, luck: Random) -> httpx.Response:
    """Any subset of a batch fails, with or without having been stored, under any of the statuses of mixed batches."""
    rows: list[object] = json.loads(request.read()).get("data", [])
    fates = [luck.choice(FATES) for _ in rows]
    if all(fate == STORED for fate in fates):
        fates[luck.randrange(len(fates))] = REFUSED
    return mixed(request, forward, fates=fates, status=luck.choice(STATUSES))


def mixed(request: httpx.Request, forward: Forward, *, fates: Sequence[str], status: int) -> httpx.Response:
    """The answer to a batch of which each record has a fate of its own, under this status."""
    body = json.loads(request.read())
    through = [row for row, fate in zip(body.get("data", []), fates, strict=True) if fate.endswith(STORED)]
    answers = iter(_answers(request, forward, {**body, "data": through})) if through else iter(())
    return httpx.Response(status, json={"data": list(_verdicts(fates, answers))})


def _answers(request: httpx.Request, forward: Forward, body: object) -> list[dict[str, Any]]:
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    answer = forward(httpx.Request(request.method, request.url, headers=headers, content=json.dumps(body)))
    told: list[dict[str, Any]] = json.loads(answer.read())["data"]
    return told


def _verdicts(fates: Sequence[str], answers: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for fate in fates:
        answer = next(answers) if fate.endswith(STORED) else None
        if fate == STORED and answer is not None:
            yield answer
        elif fate == REFUSED:
            yield _failure("DEPENDENT_SERVICE_ERROR", "a service this one needs has failed")
        elif fate == WRONG:
            yield _failure("INVALID_DATA", "invalid data") | {"details": {"api_name": "Title"}}
        else:
            yield _failure("INTERNAL_ERROR", "internal error")


def _failure(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "details": {}, "message": message, "status": "error"}


LIES: Mapping[str, Callable[..., httpx.Response]] = {
    "the connection died before it arrived": _before,
    "the connection died after it took effect": _after,
    "the answer came after our time-out": _late,
    "the answer was cut": _cut,
    "a gateway's 502": _gateway,
    "429": _too_many,
    "401, the token expired": _expired,
    "some of a batch failed": _some_refused,
}
