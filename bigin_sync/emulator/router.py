"""From a request to its handler: path, caller, scope, price, and the headers of the answer."""

import re
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bigin_sync.emulator import rights, scopes
from bigin_sync.emulator.calls import Ask, Call
from bigin_sync.emulator.credits import price
from bigin_sync.emulator.oauth import Access
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import JSON_TYPE, ApiError, Reply, invalid_param, invalid_url
from bigin_sync.emulator.routes import Route, all_routes
from bigin_sync.emulator.wire import show_time

if TYPE_CHECKING:
    from bigin_sync.emulator.world import World

_PATH = re.compile(r"/(crm|bigin)/v(\d+)/(.+?)/?")
_VERSIONS = {"crm": range(2, 11), "bigin": range(1, 3)}
_SCHEME = "Zoho-oauthtoken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Where a call is going, before anything is known of its caller."""

    org: Org
    version: int
    route: Route
    parts: dict[str, str]


class Router:
    """Finds what answers a call and runs it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._routes = all_routes()

    def aim(self, call: Call) -> Aim:
        """The route of a call. Raises `ApiError` for a path nobody answers, or a method it does not take."""
        found = _PATH.fullmatch(call.path)
        if found is None or int(found[2]) not in _VERSIONS[found[1]]:
            raise invalid_url()
        org = self._world.org(found[1])
        known = False
        for route in self._routes:
            match = route.pattern.fullmatch(found[3])
            if match is None or org.product not in route.products:
                continue
            known = True
            if route.method == call.method:
                parts = {name: unquote(part) for name, part in match.groupdict().items()}
                return Aim(org=org, version=int(found[2]), route=route, parts=parts)
        if not known:
            raise invalid_url()
        status = 405 if org.product == "bigin" else 400
        raise ApiError("INVALID_REQUEST_METHOD", "The http request method type is not a valid one", status=status)

    def ask(self, call: Call, aim: Aim) -> Ask:
        """The call with its caller. Raises `ApiError` 401 and the like."""
        access = self._access(call, aim.org)
        scopes.check(access.grant.scopes, aim.route.need(aim.parts.get("module", "")), product=aim.org.product)
        return Ask(
            world=self._world,
            org=aim.org,
            user=aim.org.users[access.grant.user_id],
            call=call,
            version=aim.version,
            scopes=access.grant.scopes,
            route=aim.route.name,
            parts=aim.parts,
            params=call.params(),
        )

    def run(self, ask: Ask, aim: Aim, *, free: bool = False) -> Reply:
        """The answer. free: no credits are taken, as inside a composite call."""
        ledger = self._world.ledgers[ask.org.product]
        try:
            if not free:
                ledger.charge(price(ask))
            rights.check(ask, aim.route.rights)
            _resolve_external(ask)
            reply = aim.route.handler(ask)
        except ApiError as error:
            reply = error.reply()
        headers = dict(reply.headers)
        access = self._world.oauth.access(_token(ask.call))
        silent = reply.status == 204 and ask.org.product == "crm"
        if access is not None and not silent:
            headers["x-accesstoken-reset"] = show_time(access.expires, ask.user.zone)
        limit, used = ledger.limit(), ledger.used()
        if ask.org.product == "crm" and used * 2 >= limit:
            headers["x-api-credits-remaining"] = str(limit - used)
        return replace(reply, headers=headers)

    def finish(self, reply: Reply, product: str) -> Reply:
        """The answer with the headers that every answer has."""
        headers = {
            "server": "ZGS",
            "date": format_datetime(self._world.clock.now(), usegmt=True),
            "cache-control": "no-store, no-cache, must-revalidate, private",
            **reply.headers,
        }
        if reply.body is not None or (reply.status == 204 and product == "bigin"):
            headers.setdefault("content-type", JSON_TYPE)
        if reply.status == 204 and product == "crm":
            # As recorded: a 204 of CRM tells neither its type nor the token's end.
            headers.pop("x-accesstoken-reset", None)
        return replace(reply, headers=headers)

    def _access(self, call: Call, org: Org) -> Access:
        header = call.headers.get("authorization")
        if not header:
            raise ApiError("AUTHENTICATION_FAILURE", "Authentication failed", status=401)
        if not header.startswith(f"{_SCHEME} "):
            if org.product == "bigin":
                raise ApiError("INVALID_REQUEST", "unable to process your request")
            raise ApiError("AUTHENTICATION_FAILURE", "Authentication failed", status=401)
        access = self._world.oauth.access(_token(call))
        if access is None or (access.grant.product == org.product and not _present(org, access)):
            raise ApiError("INVALID_TOKEN", "invalid oauth token", status=401)
        if access.grant.product != org.product:
            raise ApiError("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", status=401)
        return access


def _token(call: Call) -> str:
    return call.headers.get("authorization", "").removeprefix(_SCHEME).strip()


def _present(org: Org, access: Access) -> bool:
    user = org.users.get(access.grant.user_id)
    return user is not None and user.status == "active"


def _resolve_external(ask: Ask) -> None:
    """With `X-EXTERNAL: Module.Field` the ids of the path and of `ids` are values of that external field."""
    header = ask.call.headers.get("x-external")
    if header is None or "module" not in ask.parts:
        return
    name, _, field_name = header.partition(".")
    module = ask.module()
    field = module.fields.get(field_name)
    if name != module.api_name or field is None or field.external is None:
        raise ApiError("INVALID_DATA", "The value of the external field is invalid.", details={"header": "X-EXTERNAL"})
    table = ask.org.tables[module.api_name]
    if "id" in ask.parts:
        found = table.find(field_name, ask.parts["id"])
        if not found:
            raise invalid_param("id")
        ask.parts = {**ask.parts, "id": found[0]}
    if "ids" in ask.params:
        ids = [one for value in ask.listed("ids") for one in table.find(field_name, value)]
        ask.params = {**ask.params, "ids": ",".join(ids)}
