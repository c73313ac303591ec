"""Listening in: a line to the emulated services that notices what would have reached a person.

A sync writes records and nothing else. Whatever rings, repeats, is mailed or deletes is heard here, whoever let it
through; what people themselves do goes over other lines.
"""

import json
from collections.abc import Iterator
from threading import Lock

import httpx

_LOUD = frozenset(
    {
        "remind_at",
        "reminder",
        "remind_participants",
        "event_reminder",
        "multireminder",
        "alarm",
        "recurring_activity",
        "$recurrence_id",
        "rrule",
        "participants",
        "send_notification_email",
        "send_notification",
        "$send_notification",
        "notify",
    }
)
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_READING = ("/coql", "/oauth/v2/token")


class Listener(httpx.BaseTransport):
    """Passes requests on. `writes`: those that could change something; `heard`: what none of them should have said.

    wanted: automations that somebody has asked the sync to set off.
    """

    def __init__(self, inner: httpx.BaseTransport, *, wanted: frozenset[str] = frozenset()) -> None:
        self._inner = inner
        self.wanted = wanted
        self._lock = Lock()
        self.writes: list[str] = []
        self.heard: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on. Tokens are asked for and COQL is read by POST; neither changes a record."""
        path = request.url.path
        if request.method in _CHANGING and not path.endswith(_READING):
            line = f"{request.method} {path}"
            heard = [f"{line} {what}" for what in complaints(request.method, path, request.read(), self.wanted)]
            with self._lock:
                self.writes.append(line)
                self.heard += heard
        return self._inner.handle_request(request)


def complaints(method: str, path: str, body: bytes, wanted: frozenset[str]) -> list[str]:
    """What a write says that a sync must not say; empty when it is quiet.

    Joining records (`PUT /{module}/{id}/Products`) knows no automations that could be asked for or not.
    """
    if method == "DELETE":
        return ["deletes"]
    told = json.loads(body) if body else {}
    found = [f"says {key}" for key in dict.fromkeys(_loud_keys(told))]
    joins = method == "PUT" and path.endswith("/Products") and path.rsplit("/", 2)[-2].isdigit()
    triggers = told.get("trigger") if isinstance(told, dict) else None
    if not joins and (not isinstance(triggers, list) or not wanted.issuperset(triggers)):
        found.append("sets off automations")
    return found


def _loud_keys(told: object) -> Iterator[str]:
    """Every key, however deep, by which something rings, repeats or is mailed; its value does not matter."""
    if isinstance(told, dict):
        for key, inner in told.items():
            if key.casefold() in _LOUD:
                yield key
            yield from _loud_keys(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from _loud_keys(inner)
