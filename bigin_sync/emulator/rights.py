"""What a profile lets its people do with the records of a module.

A right goes by the name that a refusal tells (Zoho CRM v8, 403 of "Get Records": `Crm_Implied_View_Contacts`), in which
deals are `Potentials`. The documents name rights to view and to create; those to edit and to delete are formed alike.
Who may not see a module is refused it by path, by related list and in COQL, there in dotted columns too, and the bin
has no rows of it for him; the names that lookups show he sees. Which records of a module are his is not judged here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bigin_sync.emulator import coql
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.users import Profile

Whose = Literal["path", "related", "notes", "query"]
"""The module of the path, that of the related list in the path, that of notes, or those a query reads."""

_VERBS: Mapping[str, str] = MappingProxyType({"READ": "View", "CREATE": "Create", "UPDATE": "Edit", "DELETE": "Delete"})
_TOLD_IN_DATA = frozenset({"list", "get", "insert", "update", "upsert", "add_notes"})
"""The routes whose 403 the description of CRM of 2026 has in a list under `data`; it has all others bare.

Most of those members it gives no details; here they have them, as every refusal that was recorded has."""
_CALLED: Mapping[str, str] = MappingProxyType({"Deals": "Potentials", "Pipelines": "Potentials"})


@dataclass(frozen=True, slots=True)
class Right:
    """What a route needs: an operation (`READ`, `CREATE`, `UPDATE`, `DELETE`) on the records of a module."""

    operation: str
    whose: Whose


def right_to(operation: str, module: str) -> str:
    """The name of a right."""
    return f"Crm_Implied_{_VERBS[operation]}_{_CALLED.get(module, module)}"


def may(profile: Profile, operation: str, module: str) -> bool:
    """Whether people with this profile may do that with the records of that module."""
    return right_to(operation, module) not in profile.withheld


def check(ask: Ask, needed: tuple[Right, ...]) -> None:
    """Raises `ApiError` 403 NO_PERMISSION, with the first right that the caller's profile lacks."""
    for right in needed:
        for module in _modules(ask, right.whose):
            if not may(ask.user.profile, right.operation, module):
                details = {"permissions": [right_to(right.operation, module)]}
                in_data = _times_in_data(ask)
                raise ApiError("NO_PERMISSION", "permission denied", details=details, status=403, in_data=in_data)


def _times_in_data(ask: Ask) -> int:
    wished = ask.org.switches.forbidden_in_data
    if wished == "no" or ask.route not in _TOLD_IN_DATA:
        return 0
    return ask.count("data") if wished == "each" else 1


def _modules(ask: Ask, whose: Whose) -> Iterator[str]:
    """The module meant; none where the call names none that there is, which its handler refuses."""
    if whose == "query":
        text = ask.json_body().get("select_query")
        if isinstance(text, str):
            yield from coql.modules_read(ask.org, text)
        return
    if whose == "notes":
        yield "Notes"
        return
    module = ask.module()
    if whose == "path":
        yield module.api_name
    else:
        yield from (one.module for one in module.related_lists if one.api_name == ask.parts["related"])
