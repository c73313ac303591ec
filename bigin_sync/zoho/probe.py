"""What an org's API can do, found out without writing anything.

Probed is what the documents leave open: COQL may lack its scope, `ids=` is not confirmed for Bigin v2, and the list of
deleted records may not be permitted.
"""

from collections.abc import Callable, Mapping, Sequence

from bigin_sync.errors import AccessLost, BiginSyncError, MissingScope, ModuleMissing, NotAdministrator, RequestRefused
from bigin_sync.zoho import metadata
from bigin_sync.zoho.coql import EVERYTHING, query
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.side import Capabilities, Row

_MOST_QUERIES = 10
"""Simultaneous queries and large writes in every edition (Zoho CRM v8 "Concurrency": the sub-limit)."""

_LONG_TEXTS = frozenset({"textarea", "mediumtext"})

_CANNOT: tuple[type[BiginSyncError], ...] = (RequestRefused, AccessLost, NotAdministrator, MissingScope, ModuleMissing)
"""Refusals that say "not here", while a failing network says nothing."""


def probe(wire: Wire, modules: Mapping[str, Sequence[Row]]) -> Capabilities:
    """The capabilities of the org; a handful of calls. Raises what the calls raise when the org can't be reached.

    modules: API name -> its fields, as answered.
    """
    org = metadata.org(wire)
    unqueried = tuple(name for module, fields in modules.items() for name in _unqueried(wire, module, fields=fields))
    edition = wire.product.editions.of(org.edition)
    return Capabilities(
        concurrency=min(edition.concurrency, _MOST_QUERIES),
        ids=any(_can(_answers_ids, wire, module=module) for module in modules),
        coql=not unqueried or any(f"{module}.*" not in unqueried for module in modules),
        deleted=any(_can(_lists_deleted, wire, module=module) for module in modules),
        daily_credits=edition.daily_credits(org.users_licensed),
        unqueried=unqueried,
    )


def _unqueried(wire: Wire, module: str, *, fields: Sequence[Row]) -> list[str]:
    """What COQL does not answer of a module: the module as such, or its texts of several lines (Bigin v2 "COQL")."""
    if not _can(_answers_coql, wire, module=module):
        return [f"{module}.*"]
    texts = [str(row.get("api_name")) for row in fields if row.get("data_type") in _LONG_TEXTS]
    if not texts or _can(lambda wire, module: _answers_coql(wire, module, select=texts[:1]), wire, module=module):
        return []
    return [f"{module}.{name}" for name in texts]


def _can(attempt: Callable[[Wire, str], bool], wire: Wire, *, module: str) -> bool:
    try:
        return attempt(wire, module)
    except _CANNOT:
        return False


def _answers_coql(wire: Wire, module: str, *, select: Sequence[str] = ()) -> bool:
    query(wire, module, select=select, where=EVERYTHING, limit=1, operation="probe")
    return True


def _answers_ids(wire: Wire, module: str) -> bool:
    """Ask for one of two records: a side that heeds `ids=` leaves out the other. With fewer it is not known: no."""
    listed = wire.send(_list(wire, module, per_page=2)).rows
    if len(listed) < 2:
        return False
    chosen = str(listed[1]["id"])
    answer = wire.send(_list(wire, module, per_page=2, ids=chosen))
    return [str(row.get("id")) for row in answer.rows] == [chosen]


def _list(wire: Wire, module: str, *, per_page: int, ids: str | None = None) -> Call:
    params = {**wire.product.list_params, "fields": "id", "per_page": str(per_page)}
    return Call("GET", f"/{module}", "probe", params={**params, "ids": ids} if ids else params)


def _lists_deleted(wire: Wire, module: str) -> bool:
    params = {"type": "all", "page": "1", "per_page": "1"}
    wire.send(Call("GET", f"/{module}/deleted", "probe", credits=wire.product.prices.deleted, params=params))
    return True
