"""`GET /{module}/{id}/__timeline` of CRM: who changed what, from which value, the latest first."""

from datetime import datetime

from bigin_sync.emulator import wire
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.org import Edited
from bigin_sync.emulator.replies import Reply, nothing
from bigin_sync.emulator.table import Row


def show_timeline(ask: Ask) -> Reply:
    """What was done to one record through the API since the emulator began, and its creation."""
    module = ask.module()
    row = ask.org.live(module.api_name, ask.parts["id"])
    if row is None:
        return nothing()
    entries = [Edited(row.created, row.created_by, "added"), *ask.org.history.get(row.id, [])]
    page, size = ask.page(), ask.per_page()
    latest = entries[::-1]
    shown = [_show(ask, module, row, entry=one) for one in latest[(page - 1) * size : page * size]]
    if not shown:
        return nothing()
    info = {
        "per_page": size,
        "next_page_token": None,
        "count": len(shown),
        "page": page,
        "previous_page_token": None,
        "more_records": len(entries) > page * size,
    }
    return Reply(200, {"__timeline": shown, "info": info})


def _show(ask: Ask, module: ModuleDef, row: Row, *, entry: Edited) -> dict[str, object]:
    zone = wire.zone_of(ask.org, ask.user)
    author = ask.org.users[entry.by]
    history = [
        {
            "data_type": module.fields[name].data_type,
            "enable_colour_code": False,
            "pick_list_values": [],
            "field_label": module.fields[name].label,
            "api_name": name,
            "id": module.fields[name].id,
            "_value": {"new": _text(new, zone), "old": _text(old, zone)},
        }
        for name, old, new in entry.fields
        if name in module.fields
    ]
    return {
        "id": str(int(row.id) + entry.at),
        "audited_time": wire.show_time(entry.at, zone),
        "action": entry.action,
        "source": "crm_api",
        "type": "timeline",
        "extension": None,
        "automation_details": None,
        "related_record": None,
        "done_by": {"name": author.full_name, "id": author.id, "profile": None, "type__s": None},
        "record": {
            "name": wire.name_of(ask.org, module.api_name, row),
            "id": row.id,
            "module": {"api_name": module.api_name, "id": module.id},
        },
        "field_history": history or None,
    }


def _text(value: object, zone: str) -> object:
    if isinstance(value, datetime):
        return wire.show_time(int(value.timestamp()), zone)
    return value if value is None or isinstance(value, (str, bool)) else str(value)
