"""Writing records: batches of at most 100, silently unless automations are named, with one outcome per record.

`trigger` names the automations of the other side that a write sets off; an empty one keeps all of them quiet. A batch
is no transaction: each record stands alone. Neither product knows an idempotency key, so a write whose answer is lost
is never repeated here; its records come back as `Unknown`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bigin_sync.errors import AnswerLost, BiginSyncError, Bug
from bigin_sync.model.automation import Automation
from bigin_sync.model.outcome import Outcome, Overtaken, Unknown
from bigin_sync.zoho.http import Assure, Call, Wire
from bigin_sync.zoho.side import Row
from bigin_sync.zoho.times import to_wire
from bigin_sync.zoho.verdicts import outcomes

MOST_RECORDS = 100
_OPERATIONS = {"POST": "create", "PUT": "update"}


class NotWantedAnyMore(BiginSyncError):
    """What is to be sent once more was decided on what is not so any more; nothing was written."""


def create(wire: Wire, module: str, *, items: Sequence[Row], trigger: Sequence[Automation]) -> list[Outcome]:
    """Insert rows; the contract is `SideClient.create`."""
    if any("id" in item for item in items):
        raise Bug(f"A new record of {module} was given an id; only the other side gives ids.")
    return _write(wire, "POST", module=module, items=items, trigger=trigger)


def update(
    wire: Wire,
    module: str,
    *,
    items: Sequence[Row],
    unmodified_since: datetime | None,
    trigger: Sequence[Automation],
    still: Callable[[], bool] | None,
) -> list[Outcome]:
    """Change rows; the contract is `SideClient.update`.

    Zoho CRM "Update Records": `If-Unmodified-Since` refuses what was modified after that moment with 412. Bigin knows
    no such guard, so there the moment is not sent.
    """
    ids = [str(item.get("id") or "") for item in items]
    if not all(ids) or len(set(ids)) != len(ids):
        raise Bug(f"Updates of {module} must name each record once, by its id.")
    guarded = unmodified_since is not None and wire.product.guards_updates
    headers = {"If-Unmodified-Since": to_wire(unmodified_since)} if guarded and unmodified_since is not None else {}

    def again() -> None:
        if still is not None and not still():
            raise NotWantedAnyMore(f"Updates of {module} were not sent once more.", why="Somebody has edited a record.")

    try:
        return _write(wire, "PUT", module=module, items=items, trigger=trigger, headers=headers, again=again)
    except NotWantedAnyMore:
        return [Overtaken(id) for id in ids]


def _write(
    wire: Wire,
    verb: str,
    *,
    module: str,
    items: Sequence[Row],
    trigger: Sequence[Automation],
    headers: Mapping[str, str] | None = None,
    again: Assure | None = None,
) -> list[Outcome]:
    """One call for all items."""
    if len(items) > MOST_RECORDS:
        raise Bug(f"{len(items)} records of {module} were to be written at once; at most {MOST_RECORDS} can be.")
    if not items:
        return []
    call = Call(
        verb,
        f"/{module}",
        _OPERATIONS[verb],
        credits=wire.product.prices.write(len(items)),
        headers=headers or {},
        body={"data": list(items), "trigger": [str(one) for one in trigger]},
        writes=True,
        again=again,
    )
    try:
        answer = wire.send(call)
    except AnswerLost as error:
        return [Unknown(str(error)) for _ in items]
    return outcomes(answer, [str(item["id"]) if "id" in item else None for item in items])
