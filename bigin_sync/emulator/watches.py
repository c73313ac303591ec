"""Notification channels: they can be enabled, listed, changed, dropped, and they expire.

Nothing is ever sent to the address of a channel: a sync that polls needs no callback to be right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.org import Channel, Org
from bigin_sync.emulator.replies import ItemError, Reply, missing_param, nothing, success
from bigin_sync.emulator.times import parse_moment
from bigin_sync.emulator.wire import show_time, zone_of

_MOST = 50
_URL_MAX, _TOKEN_MAX = 255, 50
_OPERATIONS = frozenset({"create", "edit", "delete", "all"})
_UNWATCHED = frozenset({"Notes", "Associated_Products"})


def enable(ask: Ask) -> Reply:
    """`POST /actions/watch`; the same channel number again renews it."""
    return _each(ask, fine=201, message="Successfully subscribed for actions-watch of the given module", fresh=True)


def replace_channels(ask: Ask) -> Reply:
    """`PUT /actions/watch`: other subscriptions of the channel go."""
    for wish in ask.members("watch", most=_MOST):
        for key in [key for key in ask.org.channels if key[0] == str(wish.get("channel_id"))]:
            del ask.org.channels[key]
    return _each(ask, fine=200, message="Successfully updated the subscribe details", fresh=True)


def change_channels(ask: Ask) -> Reply:
    """`PATCH /actions/watch`: changes what is sent; `_delete_events` drops the events named."""
    return _each(ask, fine=200, message="Successfully updated the subscribe details", fresh=False)


def _each(ask: Ask, *, fine: int, message: str, fresh: bool) -> Reply:
    results: list[dict[str, object]] = []
    for index, wish in enumerate(ask.members("watch", most=_MOST)):
        try:
            channels = list(_enabled(ask.org, wish, index)) if fresh else _patched(ask.org, wish, index)
            shown = [_event(ask, one) for one in channels]
            results.append(success(message, details={"events": shown}))
        except ItemError as error:
            results.append(error.result())
    failed = sum(1 for one in results if one["status"] == "error")
    status = fine if not failed else ask.org.switches.mixed_status if failed < len(results) else 400
    return Reply(status, {"watch": results})


def _enabled(org: Org, wish: Mapping[str, object], index: int) -> Iterator[Channel]:
    url, token = wish.get("notify_url"), wish.get("token")
    if not isinstance(url, str) or not 0 < len(url) <= _URL_MAX:
        raise _wrong("notify_url", index)
    if token is not None and (not isinstance(token, str) or len(token) > _TOKEN_MAX):
        raise _wrong("token", index)
    number = str(wish.get("channel_id", ""))
    if not number.isdigit():
        raise _wrong("channel_id", index)
    for module, events in _events(org, wish.get("events"), index).items():
        channel = Channel(
            channel_id=number,
            module=module,
            events=tuple(events),
            notify_url=url,
            token=token,
            expires=_expiry(org, wish.get("channel_expiry")),
            related=wish.get("notify_on_related_action") is True,
            values=wish.get("return_affected_field_values") is True,
        )
        org.channels[(number, module)] = channel
        yield channel


def _events(org: Org, given: object, index: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in given if isinstance(given, list) else []:
        name, _, operation = str(one).partition(".")
        module = org.modules.get(name)
        if module is None or name in _UNWATCHED or operation not in _OPERATIONS:
            raise _wrong("events", index)
        found.setdefault(name, []).append(str(one))
    if not found:
        raise _wrong("events", index)
    return found


def _expiry(org: Org, given: object) -> int:
    now, switches = org.now(), org.switches
    moment = parse_moment(given) if isinstance(given, str) else None
    wanted = int(moment.timestamp()) if moment is not None else now + switches.watch_default
    return wanted if now < wanted <= now + switches.watch_limit else now + switches.watch_default


def _patched(org: Org, wish: Mapping[str, object], index: int) -> list[Channel]:
    live = _live(org)
    mine = [one for one in live if one.channel_id == str(wish.get("channel_id"))]
    if not mine:
        raise ItemError("NOT_SUBSCRIBED", "Not subscribed for actions-watch of the given module")
    changed: list[Channel] = []
    dropped = _events(org, wish["events"], index) if wish.get("_delete_events") is True else {}
    for one in mine:
        key = (one.channel_id, one.module)
        events = tuple(event for event in one.events if event not in dropped.get(one.module, []))
        if not events:
            del org.channels[key]
            continue
        url, token = wish.get("notify_url", one.notify_url), wish.get("token", one.token)
        expires = _expiry(org, wish["channel_expiry"]) if "channel_expiry" in wish else one.expires
        patched = replace(
            one,
            events=events,
            notify_url=str(url),
            token=None if token is None else str(token),
            expires=expires,
        )
        org.channels[key] = patched
        changed.append(patched)
    return changed


def list_channels(ask: Ask) -> Reply:
    """`GET /actions/watch`, live channels only."""
    wanted, module = ask.params.get("channel_id"), ask.params.get("module")
    found = [
        one
        for one in _live(ask.org)
        if (wanted is None or one.channel_id == wanted) and (module is None or one.module == module)
    ]
    page, size = ask.page(), ask.per_page()
    shown = [_listed(ask, one) for one in found[(page - 1) * size : page * size]]
    if not shown:
        return nothing()
    info = {"per_page": size, "count": len(shown), "page": page, "more_records": len(found) > page * size}
    return Reply(200, {"watch": shown, "info": info})


def drop_channels(ask: Ask) -> Reply:
    """`DELETE /actions/watch?channel_ids=`; an unknown one gives 202 with `NOT_SUBSCRIBED` on Bigin, 400 on CRM."""
    numbers = ask.listed("channel_ids")
    if not numbers:
        raise missing_param("channel_ids")
    results: list[dict[str, object]] = []
    for number in numbers:
        mine = [one for one in _live(ask.org) if one.channel_id == number]
        if not mine:
            results.append(ItemError("NOT_SUBSCRIBED", "Not subscribed for actions-watch").result())
        for one in mine:
            del ask.org.channels[(one.channel_id, one.module)]
            event = _event(ask, one)
            del event["channel_expiry"], event["resource_name"]
            results.append(success("Successfully un-subscribed from actions-watch", details=event))
    failed = all(one["status"] == "error" for one in results)
    return Reply(200 if not failed else 202 if ask.org.product == "bigin" else 400, {"watch": results})


def _live(org: Org) -> list[Channel]:
    now = org.now()
    for key in [key for key, one in org.channels.items() if one.expires <= now]:
        del org.channels[key]
    return list(org.channels.values())


def _event(ask: Ask, one: Channel) -> dict[str, object]:
    # Bigin v2 still writes v1 here.
    version = "v1" if ask.org.product == "bigin" else f"v{ask.version}"
    return {
        "channel_expiry": show_time(one.expires, zone_of(ask.org, ask.user)),
        "resource_uri": f"{ask.call.base_url}/{ask.org.product}/{version}/{one.module}",
        "resource_id": ask.org.modules[one.module].id,
        "resource_name": one.module,
        "channel_id": one.channel_id,
    }


def _listed(ask: Ask, one: Channel) -> dict[str, object]:
    shown = {
        **_event(ask, one),
        "notify_on_related_action": one.related,
        "return_affected_field_values": one.values,
        "notify_url": one.notify_url,
        "events": list(one.events),
        "token": one.token,
    }
    if ask.org.product == "bigin":
        return {**shown, "fields": None}
    return {**shown, "notification_condition": None}


def _wrong(name: str, index: int) -> ItemError:
    details = {"api_name": name, "json_path": f"$.watch[{index}].{name}"}
    return ItemError("INVALID_DATA", "invalid data", details=details)
