"""`/emulator/...`: how people and tests look into the world and push it about. No token is needed."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.deletions import restore_record
from bigin_sync.emulator.faults import fault_from
from bigin_sync.emulator.merges import merge
from bigin_sync.emulator.oauth import Grant
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError, ItemError, Reply, invalid_url
from bigin_sync.emulator.scopes import all_scopes
from bigin_sync.emulator.users import User
from bigin_sync.emulator.wire import show_time

if TYPE_CHECKING:
    from bigin_sync.emulator.world import World

_Body = Mapping[str, object]


def control(world: "World", call: Call) -> Reply:
    """Answers one control call; errors have the envelope of the API."""
    actions: dict[str, Callable[[World, _Body], Reply]] = {
        "GET /emulator/state": lambda world, _body: Reply(200, state(world)),
        "POST /emulator/clock": _clock,
        "GET /emulator/faults": lambda world, _body: Reply(200, {"faults": world.faults.as_json()}),
        "POST /emulator/faults": _add_faults,
        "DELETE /emulator/faults": _clear_faults,
        "POST /emulator/switches": _switches,
        "POST /emulator/merge": _merge,
        "POST /emulator/restore": _restore,
        "POST /emulator/codes": _code,
        "POST /emulator/tokens": _token,
        "POST /emulator/reset_counters": _reset_counters,
    }
    action = actions.get(f"{call.method} {call.path.rstrip('/')}")
    try:
        if action is None:
            raise invalid_url()
        return action(world, _body(call))
    except ApiError as error:
        return error.reply()
    except ItemError as error:
        return Reply(error.status, error.result())


def state(world: "World") -> dict[str, object]:
    """What the world looks like: its time, and for each product records, calls, credits and calls at once."""
    shown: dict[str, object] = {"now": show_time(world.now(), "UTC"), "faults": world.faults.as_json()}
    for org in (world.bigin, world.crm):
        ledger, crowd = world.ledgers[org.product], world.crowds[org.product]
        shown[org.product] = {
            "records": {name: len(table) for name, table in org.tables.items()},
            "deleted": len(org.bin.everything()),
            "users": {user.email: user.id for user in org.users.values()},
            "calls": {name: count for (product, name), count in world.calls.items() if product == org.product},
            "credits": {"used": ledger.used(), "limit": ledger.limit(), "ever": ledger.ever},
            "concurrency": {"now": crowd.inside, "peak": crowd.peak, "refused": crowd.refused},
            "switches": org.switches.as_json(),
        }
    shown["calls"] = {name: count for (product, name), count in world.calls.items() if not product}
    return shown


def _body(call: Call) -> _Body:
    try:
        body = json.loads(call.body or b"{}")
    except ValueError as error:
        raise ApiError("INVALID_DATA", "the body is no JSON") from error
    if not isinstance(body, dict):
        raise ApiError("INVALID_DATA", "the body is no object")
    return body


def _clock(world: "World", body: _Body) -> Reply:
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
        raise ApiError("INVALID_DATA", "seconds must be a number, not below 0", details={"api_name": "seconds"})
    world.clock.advance(seconds)
    return Reply(200, {"now": show_time(world.now(), "UTC")})


def _add_faults(world: "World", body: _Body) -> Reply:
    given = body.get("faults", [body])
    if not isinstance(given, list):
        raise ApiError("INVALID_DATA", "faults must be a list", details={"api_name": "faults"})
    world.faults.add(*(fault_from(one) for one in given))
    return Reply(200, {"faults": world.faults.as_json()})


def _clear_faults(world: "World", _body: _Body) -> Reply:
    world.faults.clear()
    return Reply(200, {"faults": []})


def _switches(world: "World", body: _Body) -> Reply:
    org = _org(world, body)
    changes = body.get("switches")
    if not isinstance(changes, dict):
        raise ApiError("INVALID_DATA", "switches must be an object", details={"api_name": "switches"})
    org.switches.turn(changes)
    return Reply(200, {"switches": org.switches.as_json()})


def _merge(world: "World", body: _Body) -> Reply:
    org = _org(world, body)
    losers = body.get("losers")
    ids = [str(one) for one in losers] if isinstance(losers, list) else []
    module = org.module(str(body.get("module")))
    row = merge(org, module, str(body.get("winner")), loser_ids=ids, by=_user(org, body))
    return Reply(200, {"id": row.id})


def _restore(world: "World", body: _Body) -> Reply:
    row = restore_record(_org(world, body), str(body.get("id")))
    return Reply(200, {"id": row.id})


def _code(world: "World", body: _Body) -> Reply:
    return Reply(200, {"code": world.oauth.mint_code(_grant(world, body))})


def _token(world: "World", body: _Body) -> Reply:
    name = str(body.get("refresh_token", ""))
    if not name:
        raise ApiError("INVALID_DATA", "refresh_token must be given", details={"api_name": "refresh_token"})
    world.oauth.allow(name, _grant(world, body))
    return Reply(200, {"refresh_token": name})


def _grant(world: "World", body: _Body) -> Grant:
    org = _org(world, body)
    wished = body.get("scopes")
    scopes = frozenset(str(one) for one in wished) if isinstance(wished, list) else all_scopes(org.product)
    return Grant(product=org.product, user_id=_user(org, body).id, scopes=scopes)


def _reset_counters(world: "World", _body: _Body) -> Reply:
    world.calls.clear()
    for crowd in world.crowds.values():
        crowd.peak = crowd.inside
        crowd.refused = 0
    for ledger in world.ledgers.values():
        ledger.ever = 0
    return Reply(200, {"status": "success"})


def _org(world: "World", body: _Body) -> Org:
    product = body.get("product")
    if product not in {"bigin", "crm"}:
        raise ApiError("INVALID_DATA", "product must be bigin or crm", details={"api_name": "product"})
    return world.org(str(product))


def _user(org: Org, body: _Body) -> User:
    email = body.get("user")
    if email is None:
        return org.admin()
    user = org.user_by_email(str(email))
    if user is None:
        raise ApiError("INVALID_DATA", f"the org has no user {email}", details={"api_name": "user"})
    return user
