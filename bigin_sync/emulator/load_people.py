"""The people of a recorded org: those its user list tells, and those its records name."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from bigin_sync.emulator.org import Org
from bigin_sync.emulator.recordings import Json, Recorded
from bigin_sync.emulator.times import parse_moment
from bigin_sync.emulator.users import Profile, Role, User

Rename: TypeAlias = Callable[[object], str]
"""Recorded id -> the id it has here."""

_PEOPLE = ("Owner", "Created_By", "Modified_By")


def load_people(org: Org, recorded: Recorded, *, rename: Rename) -> None:
    """Puts the recorded people in the place of the org's own; the first administrator becomes the one who set it up.

    The org takes the time zone of that administrator, or the one it was recorded with. Without a recorded user list
    the org keeps its own people, and whoever a record names is added.
    """
    if recorded.users:
        org.users.clear()
        for told in recorded.users:
            org.add_user(_user(org, told, rename=rename))
        people = list(org.users.values())
        admins = [one for one in people if one.profile.admin and one.status == "active"]
        org.admin_id = (admins or people)[0].id
        org.facts = replace(org.facts, zone=org.admin().zone)
    if recorded.org is not None:
        _take_facts(org, recorded.org)
    for ref in _named(recorded):
        if rename(ref["id"]) not in org.users:
            org.add_user(_stranger(org, ref, rename=rename))


def _user(org: Org, told: Json, *, rename: Rename) -> User:
    profile, role = _ref(told.get("profile")), _ref(told.get("role"))
    profile_id, role_id = rename(profile["id"]), rename(role["id"])
    admin = str(profile["name"]).startswith("Administrator")
    org.profiles[profile_id] = Profile(profile_id, str(profile["name"]), admin=admin)
    org.roles[role_id] = Role(role_id, str(role["name"]))
    return User(
        id=rename(told["id"]),
        first_name=str(told.get("first_name") or ""),
        last_name=str(told.get("last_name") or ""),
        email=str(told.get("email") or ""),
        profile=org.profiles[profile_id],
        role=org.roles[role_id],
        zone=str(told.get("time_zone") or org.facts.zone),
        zuid=str(told.get("zuid") or ""),
        status=str(told.get("status") or "active"),
        confirmed=told.get("confirm") is not False,
        created=_epoch(told.get("created_time")),
        modified=_epoch(told.get("Modified_Time")),
    )


def _stranger(org: Org, ref: Json, *, rename: Rename) -> User:
    """Somebody a record names who is in no user list: with the least rights the org has."""
    first, _, last = str(ref.get("name") or "").rpartition(" ")
    profiles = sorted(org.profiles.values(), key=lambda one: one.admin)
    return User(
        id=rename(ref["id"]),
        first_name=first,
        last_name=last,
        email=str(ref.get("email") or ""),
        profile=profiles[0],
        role=next(reversed(org.roles.values())),
        zone=org.facts.zone,
        zuid="",
    )


def _named(recorded: Recorded) -> Iterable[Json]:
    for rows in recorded.rows.values():
        for row in rows.values():
            for key in _PEOPLE:
                held = row.get(key)
                if isinstance(held, dict) and "id" in held:
                    yield held


def _take_facts(org: Org, told: Json) -> None:
    keys = {"company_name", "domain_name", "zgid", "currency", "currency_symbol", "iso_code", "country_code"}
    facts = {key: str(told[key]) for key in keys if told.get(key)}
    zone = told.get("time_zone")
    org.facts = replace(org.facts, **facts, **({"zone": str(zone)} if zone else {}))


def _ref(value: object) -> Json:
    return value if isinstance(value, dict) and "id" in value else {"id": "0", "name": "Standard"}


def _epoch(value: object) -> int:
    moment = parse_moment(value) if isinstance(value, str) else None
    return 0 if moment is None else int(moment.timestamp())
