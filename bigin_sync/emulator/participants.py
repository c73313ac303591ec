"""The people of an event: sent as a kind and an id or address, shown with name, address and what they said."""

from typing import TYPE_CHECKING

from bigin_sync.emulator.metadata import FieldDef
from bigin_sync.emulator.validate import Place, refuse, unknown_id
from bigin_sync.emulator.wire import name_of

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org

_MODULES = {"contact": "Contacts", "lead": "Leads"}
_MOST = 50


def invite(org: "Org", field: FieldDef, value: object, *, place: Place) -> object:
    """What is stored for `Participants`; nobody is written to. Raises `ItemError`.

    Zoho CRM v8, events: at most fifty, each `{participant, type}` with type user, contact, lead or email; a read adds
    `name`, `Email`, `invited`, `status` and `id`.
    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise refuse(field, place, expected_data_type="jsonarray")
    if len(value) > _MOST:
        raise refuse(field, place, maximum_length=_MOST)
    return [_shown(org, field, one, place=place) for one in value] or None


def _shown(org: "Org", field: FieldDef, one: dict[str, object], *, place: Place) -> dict[str, object]:
    kind, who = one.get("type"), str(one.get("participant", ""))
    name, address = _known(org, field, kind, who=who, place=place)
    return {
        "Email": address,
        "invited": False,
        "name": name,
        "id": str(one.get("id") or org.ids.record()),
        "type": kind,
        "participant": who,
        "status": "not_known",
    }


def _known(org: "Org", field: FieldDef, kind: object, *, who: str, place: Place) -> tuple[object, object]:
    if kind == "email" and "@" in who:
        return who, who
    if kind == "user" and who in org.users:
        return org.users[who].full_name, org.users[who].email
    module = _MODULES.get(str(kind))
    row = org.live(module, who) if module is not None else None
    if module is None or row is None:
        raise unknown_id(field, place)
    return name_of(org, module, row), row.values.get("Email")
