"""`/users` and `/org`."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from bigin_sync.emulator import users as people
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.replies import Reply, invalid_param, not_modified, nothing
from bigin_sync.emulator.users import User
from bigin_sync.emulator.wire import show_time

_DAY = 86_400
_TRIAL_DAYS = 30

_KINDS: Mapping[str, Callable[[User], bool]] = MappingProxyType(
    {
        "AllUsers": lambda user: user.status != "deleted",
        "ActiveUsers": lambda user: user.status == "active",
        "DeactiveUsers": lambda user: user.status == "disabled",
        "ConfirmedUsers": lambda user: user.confirmed and user.status != "deleted",
        "NotConfirmedUsers": lambda user: not user.confirmed,
        "DeletedUsers": lambda user: user.status == "deleted",
        "ActiveConfirmedUsers": lambda user: user.confirmed and user.status == "active",
        "AdminUsers": lambda user: user.profile.admin and user.status != "deleted",
        "ActiveConfirmedAdmins": lambda user: user.profile.admin and user.confirmed and user.status == "active",
    }
)


def list_users(ask: Ask) -> Reply:
    """`GET /users?type=`, `CurrentUser` being the one whose token it is."""
    kind = ask.params.get("type", "AllUsers")
    if kind != "CurrentUser" and kind not in _KINDS:
        raise invalid_param("type", supported_values=[*_KINDS, "CurrentUser"])
    admits = _KINDS.get(kind, partial(_is, ask.user))
    ids = set(ask.listed("ids"))
    found = [user for user in ask.org.users.values() if admits(user) and (not ids or user.id in ids)]
    since = ask.time_header("if-modified-since")
    if since is not None:
        found = [user for user in found if user.modified >= since]
        if not found:
            return not_modified()
    page, size = ask.page(), ask.per_page()
    shown = [_show(ask, user) for user in found[(page - 1) * size : page * size]]
    if not shown:
        return nothing()
    info = {"per_page": size, "count": len(shown), "page": page, "more_records": len(found) > page * size}
    return Reply(200, {"users": shown, "info": info})


def _is(one: User, other: User) -> bool:
    return one.id == other.id


def get_user(ask: Ask) -> Reply:
    """`GET /users/{id}`."""
    user = ask.org.users.get(ask.parts["id"])
    return nothing() if user is None else Reply(200, {"users": [_show(ask, user)]})


def _show(ask: Ask, user: User) -> dict[str, object]:
    return people.show(user, product=ask.org.product, zone=ask.user.zone, made_by=ask.org.admin(), version=ask.version)


def get_org(ask: Ask) -> Reply:
    """`GET /org`."""
    org, facts = ask.org, ask.org.facts
    admin = org.admin()
    licences = sum(1 for user in org.users.values() if user.status == "active")
    body: dict[str, object] = {
        "country": None,
        "hierarchy_preferences": {"type": "Role_Hierarchy"},
        "photo_id": None,
        "city": None,
        "description": None,
        "mc_status": False,
        "gapps_enabled": False,
        "lite_users_enabled": False,
        "domain_name": facts.domain_name,
        "translation_enabled": False,
        "street": None,
        "alias": None,
        "currency": facts.currency,
        "deletable_org_account": True,
        "id": org.ids.fixed(20_005),
        "state": None,
        "fax": None,
        "employee_count": None,
        "zip": None,
        "website": None,
        "currency_symbol": facts.currency_symbol,
        "mobile": None,
        "currency_locale": facts.iso_code,
        "primary_zuid": admin.zuid,
        "zia_portal_id": None,
        "time_zone": facts.zone,
        "zgid": facts.zgid,
        "country_code": facts.country_code,
        "license_details": _licence(ask, licences),
        "phone": None,
        "company_name": facts.company_name,
        "privacy_settings": False,
        "primary_email": admin.email,
        "hipaa_compliance_enabled": False,
        "iso_code": facts.iso_code,
    }  # fmt: skip -- one key a line would be a page of nothing
    if org.product == "crm":
        body["type"] = "production"
        body["created_time"] = show_time(admin.created, ask.user.zone)
    return Reply(200, {"org": [body]})


def _licence(ask: Ask, licences: int) -> dict[str, object]:
    expiry = ask.org.admin().created + _TRIAL_DAYS * _DAY
    return {
        "paid_expiry": None,
        "users_license_purchased": licences,
        "trial_type": ask.org.facts.edition,
        "trial_expiry": show_time(expiry, ask.user.zone),
        "paid": True,
        "paid_type": ask.org.facts.edition,
        "portal_users_license_purchased": 0,
    }
