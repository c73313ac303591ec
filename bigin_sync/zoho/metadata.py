"""What an org says of itself: who it is, who works there, its modules, fields, layouts and list views."""

from collections.abc import Mapping
from datetime import datetime

from bigin_sync.errors import AccessLost, Unavailable
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.profiles import is_for_administrators
from bigin_sync.zoho.side import Named, Org, Row, User, View
from bigin_sync.zoho.times import from_wire

_PER_PAGE = 200


def org(wire: Wire) -> Org:
    """The org behind the token (`GET /org`)."""
    row, at = _first(wire, "/org", key="org")
    licence = row.get("license_details")
    licence = licence if isinstance(licence, dict) else {}
    return Org(
        id=str(row["id"]),
        name=str(row.get("company_name") or row["id"]),
        zone=_text(row.get("time_zone")),
        country=_text(row.get("country_code")),
        edition=_edition(licence, at=at),
        users_licensed=_number(licence.get("users_license_purchased")),
    )


def _edition(licence: Row, *, at: datetime) -> str:
    """What the org may use now: a trial that still runs counts for more than the free edition behind it."""
    ends = from_wire(licence.get("trial_expiry"))
    trial = licence.get("trial_type")
    if trial and not licence.get("paid") and ends is not None and ends > at:
        return str(trial)
    return str(licence.get("paid_type") or trial or "unknown")


def me(wire: Wire) -> User:
    """The user behind the token (`GET /users?type=CurrentUser`, the cheapest check of credentials there is)."""
    row, _ = _first(wire, "/users", key="users", params={"type": "CurrentUser"})
    return _user(row)


def users(wire: Wire) -> list[User]:
    """All users, inactive ones too."""
    return [_user(row) for row in _all_pages(wire, "/users", key="users", params={"type": "AllUsers"})]


def modules(wire: Wire) -> list[Row]:
    """`settings/modules` as answered."""
    return wire.send(Call("GET", "/settings/modules", "metadata")).listed("modules")


def fields(wire: Wire, module: str) -> list[Row]:
    """`settings/fields` of a module as answered."""
    return wire.send(Call("GET", "/settings/fields", "metadata", params={"module": module})).listed("fields")


def layouts(wire: Wire, module: str) -> list[Row]:
    """`settings/layouts` of a module as answered."""
    return wire.send(Call("GET", "/settings/layouts", "metadata", params={"module": module})).listed("layouts")


def views(wire: Wire, module: str) -> list[View]:
    """The list views of a module.

    `ALLVIEWS` is the system name of the view that admits everything, but two views can share it (Zoho CRM v8 "Custom
    Views"); then each is read on its own, and the one without criteria is meant.
    """
    rows = list(_all_pages(wire, "/settings/custom_views", key="custom_views", params={"module": module}))
    alike = [row for row in rows if row.get("system_name") == "ALLVIEWS"]
    if len(alike) > 1:
        whole = {str(row["id"]): _whole_view(wire, module, row=row) for row in alike}
        rows = [whole.get(str(row["id"]), row) for row in rows]
    return [_view(row) for row in rows]


def view(wire: Wire, module: str, view_id: str) -> View | None:
    """One list view with its criteria; None when there is none of that id, or the user may not see it."""
    answer = wire.send(Call("GET", f"/settings/custom_views/{view_id}", "metadata", params={"module": module}))
    return next(map(_view, answer.listed("custom_views")), None)


def _whole_view(wire: Wire, module: str, *, row: Row) -> Row:
    """A view with its criteria, which the inventory leaves out."""
    answer = wire.send(Call("GET", f"/settings/custom_views/{row['id']}", "metadata", params={"module": module}))
    return {**row, **next(iter(answer.listed("custom_views")), {})}


def _view(row: Row) -> View:
    criteria = row.get("criteria")
    return View(
        id=str(row["id"]),
        name=str(row.get("display_value") or row.get("name") or row["id"]),
        everything=row.get("system_name") == "ALLVIEWS" and not criteria,
        default=row.get("default") is True,
        criteria=criteria if isinstance(criteria, dict) else None,
    )


def _user(row: Row) -> User:
    profile = _named(row.get("profile"))
    full = row.get("full_name") or " ".join(filter(None, (row.get("first_name"), row.get("last_name"))))
    return User(
        id=str(row["id"]),
        name=str(full or row["id"]),
        email=str(row.get("email") or ""),
        active=row.get("status") == "active",
        administrator=is_for_administrators(profile.name),
        profile=profile,
        role=_named(row.get("role")),
    )


def _named(ref: object) -> Named:
    row = ref if isinstance(ref, dict) else {}
    return Named(str(row.get("id") or ""), str(row.get("name") or ""))


def _all_pages(wire: Wire, path: str, *, key: str, params: Mapping[str, str]) -> list[Row]:
    """The rows of all pages of a metadata list."""
    rows: list[Row] = []
    number = 1
    while True:
        paging = {"page": str(number), "per_page": str(_PER_PAGE)}
        answer = wire.send(Call("GET", path, "metadata", params={**params, **paging}))
        rows.extend(answer.listed(key))
        if not answer.listed(key) or not answer.info.get("more_records"):
            return rows
        number += 1


def _first(wire: Wire, path: str, *, key: str, params: Mapping[str, str] | None = None) -> tuple[Row, datetime]:
    """The one object of a list of one, and when it was answered."""
    answer = wire.send(Call("GET", path, "metadata", params=params or {}))
    if answer.body is None:
        raise AccessLost(
            f"The {wire.product.title} org shows nothing of itself ({path}).",
            label=wire.product.label,
            why="The connected user may not see it.",
            hint=f"Connect a user with an administrator's profile: bigin-sync connect {wire.product.label}",
        )
    found = answer.listed(key)
    if not found or not found[0].get("id"):
        raise Unavailable(f"The {wire.product.title} org's answer to {path} cannot be read.")
    return found[0], answer.at


def _text(value: object) -> str | None:
    return str(value) if value else None


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdigit() else None
