"""The keys that begin with `$`: sent when no `fields` are asked for, and a few of them on request."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from bigin_sync.emulator.java_order import ordered
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.table import Row

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org

Show = Callable[[Row], object]

ON_REQUEST = frozenset(
    {
        "$approval_state",
        "$currency_symbol",
        "$editable",
        "$sharing_permission",
        "$se_module",
        "$related_module",
        "$layout_id",
        "$locked_for_me",
        "$in_merge",
        "$attachments",
    }
)
"""Names that a `fields` list may hold; any other `$` name in it is dropped without a word."""

_THREE = {"approve": False, "reject": False, "resubmit": False}
_FIVE = {"delegate": False, "takeover": False, "approve": False, "reject": False, "resubmit": False}
_EVERYWHERE: dict[str, object] = {
    "$field_states": None,
    "$process_flow": False,
    "$approval": ordered(_FIVE),
    "$review": None,
    "$state": "save",
    "$editable": True,
    "$in_merge": False,
    "$approval_state": "approved",
}
_NOTES: dict[str, object] = {
    "$attachments": None,
    "$field_states": None,
    "$editable": True,
    "$is_shared_to_client": False,
    "$size": None,
    "$state": "save",
    "$voice_note": False,
}
_MODERN: dict[str, object] = {"$sharing_permission": "full_access", "$pathfinder": None, "$zia_visions": None}


def dollar_keys(org: "Org", module: ModuleDef, *, version: int) -> dict[str, Show]:
    """Every `$` key of a module of a product at an API version, with what shows it.

    CRM of generation 2 sends `$approved` and lacks three keys that Bigin and later generations send.
    """
    fixed = _fixed(org, module, modern=org.product == "bigin" or version > 2)
    shown: dict[str, Show] = {name: _always(value) for name, value in fixed.items()}
    if module.activity or module.api_name == "Notes":
        key = parent_key(module)
        shown[key] = lambda row: parent_word(org, row)
    if module.api_name in {"Tasks", "Events"}:
        shown["$u_id"] = _calendar_id if module.api_name == "Events" else _always(None)
    return shown


def parent_key(module: ModuleDef) -> str:
    """The key that tells the module of an activity's or a note's parent."""
    return "$related_module" if "Related_To" in module.fields else "$se_module"


def parent_word(org: "Org", row: Row) -> object:
    """How the parent's module is called on the wire; a Bigin org may say `Deals` for its Pipelines."""
    return module_word(org, row.values.get("$se_module"))


def module_word(org: "Org", name: object) -> object:
    """How links call a module of this org."""
    return org.switches.deal_word if name == "Pipelines" else name


def _calendar_id(row: Row) -> object:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, row.id))


def _always(value: object) -> Show:
    return lambda _row: value


def _fixed(org: "Org", module: ModuleDef, *, modern: bool) -> dict[str, object]:
    if module.api_name == "Notes":
        return dict(_NOTES)
    keys: dict[str, object] = dict(_EVERYWHERE)
    keys["$currency_symbol"] = org.facts.currency_symbol
    keys["$orchestration"] = None if org.product == "bigin" else False
    keys["$review_process"] = None if module.activity else ordered(_THREE)
    keys.update(_MODERN if modern else {"$approved": True})
    if not module.activity and module.layouts:
        layout = module.layouts[0]
        label = layout.display_label or layout.name
        keys["$layout_id"] = ordered({"display_label": label, "name": layout.name, "id": layout.id})
    if module.api_name not in {"Events", "Calls"}:
        keys["$locked_for_me"] = False
    if module.api_name not in {"Events", "Calls", "Products"}:
        keys["$zia_owner_assignment"] = "owner_recommendation_unavailable"
    keys.update(_by_module(module.api_name))
    return keys


def _by_module(api_name: str) -> dict[str, object]:
    if api_name in {"Accounts", "Contacts", "Leads"}:
        return {"$is_duplicate": False}
    if api_name == "Products":
        return {"$taxable": True}
    if api_name == "Events":
        return {
            "$calendar_booking_event": False,
            "$meeting_details": None,
            "$recurrence_id": None,
            "$send_notification": False,
        }
    if api_name == "Calls":
        return {"$calendar_booking_call": False}
    return {}
