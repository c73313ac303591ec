"""`POST /__composite_requests` of CRM: up to five calls in one, later ones able to use what earlier ones answered."""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from bigin_sync.emulator.calls import Ask, Call
from bigin_sync.emulator.replies import ApiError, ItemError, Reply, success

_MOST = 5
_REFERENCE = re.compile(r"@\{(\w+):\$((?:\.\w+|\[\d+\])+)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def run_composite(ask: Ask) -> Reply:
    """Runs the calls in their order, each with its own answer.

    A call that was run has succeeded, whatever it answered; only one that could not be run (it refers to nothing, it
    writes too much) is an error. `rollback_on_fail` is refused: nothing here can be undone.
    """
    body = ask.json_body()
    if body.get("rollback_on_fail") is True:
        raise ApiError("NOT_SUPPORTED", "rollback is not supported here", details={"api_name": "rollback_on_fail"})
    answers: dict[str, object] = {}
    wishes = ask.members("__composite_requests", most=_MOST, too_many=("INVALID_DATA", "invalid data"))
    results = [_run(ask, one, answers) for one in wishes]
    failed = sum(1 for one in results if one["status"] == "error")
    status = 200 if not failed else 207 if failed < len(results) else 400
    return Reply(status, {"__composite_requests": results})


def _run(ask: Ask, wish: Mapping[str, object], answers: dict[str, object]) -> dict[str, object]:
    name = str(wish.get("sub_request_id", len(answers) + 1))
    try:
        reply = ask.world.answer_inner(_call(ask, wish, answers))
    except ItemError as error:
        return {**error.result(), "sub_request_id": name}
    content = json.loads(reply.payload() or b"null")
    answers[name] = content
    response = {"status_code": reply.status, "headers": dict(reply.headers), "body": content}
    return success("composite request executed", details={"response": response}, sub_request_id=name)


def _call(ask: Ask, wish: Mapping[str, object], answers: Mapping[str, object]) -> Call:
    uri, headers, params = str(wish.get("uri", "")), wish.get("headers"), wish.get("params")
    body = _filled(wish.get("body"), answers)
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(data, list) and len(data) > 1:
        details = {"maximum_length": 1, "api_name": "data"}
        raise ItemError("INVALID_DATA", "an inner call may write one record", details=details)
    given = headers if isinstance(headers, dict) else {}
    inner = {str(key).lower(): str(value) for key, value in given.items()}
    query = {str(key): str(value) for key, value in params.items()} if isinstance(params, dict) else {}
    return Call(
        method=str(wish.get("method", "GET")).upper(),
        path=uri,
        query=urlencode(query),
        headers={**inner, "authorization": ask.call.headers.get("authorization", "")},
        body=b"" if body is None else json.dumps(body).encode(),
        base_url=ask.call.base_url,
    )


def _filled(value: object, answers: Mapping[str, object]) -> object:
    """The body with every `@{a:$.data[0].details.id}` replaced by what call `a` answered there."""
    if isinstance(value, dict):
        return {key: _filled(inner, answers) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, answers) for inner in value]
    if isinstance(value, str) and (found := _REFERENCE.fullmatch(value)) is not None:
        return _looked_up(answers.get(found[1]), found[2])
    return value


def _looked_up(value: object, path: str) -> object:
    for name, index in _STEP.findall(path):
        if name and isinstance(value, dict) and name in value:
            value = value[name]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            raise ItemError("INVALID_REFERENCE", "the reference leads nowhere", details={"reference": path})
    return value
