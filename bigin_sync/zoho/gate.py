"""The last gate before the wire: what must never be sent is refused here, whoever asked for it.

Three promises hold whatever the rest of the house does: nothing is ever deleted, nobody's reminder or repetition is
touched, and no message is sent to anybody. A refusal is a `Bug`, because an earlier room has let it through.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from bigin_sync.errors import Bug
from bigin_sync.model.automation import Automation

_VERBS = frozenset({"GET", "POST", "PUT"})

_AUTOMATIONS = frozenset(map(str, Automation))

# `actions/count` reads; every other action (send_mail, mass_delete, change_owner) does more than we promise.
_ACTION = re.compile(r"/actions/(?!count$)")

# Joining records: `PUT /{module}/{id}/{related list}`, and nothing in it but ids. It sets off no automation that could
# be named, and neither product takes a `trigger` there.
_JOINING = re.compile(r"/[A-Za-z_]+/\d+/[A-Za-z_]+")

FIELDS = "/settings/fields"
"""Where fields are added to a module. Nothing that is there is changed by it, and no automation is set off."""

# Field names of both products: CRM v8 "Tasks", "Events", "Calls"; `_delete` takes link rows away inside an update.
_FORBIDDEN = re.compile(
    r"""^(
        remind.*                    # Remind_At, Reminder, Remind_Participants
      | event_reminder | multireminder | alarm
      | recurring.* | \$recurrence.* | rrule
      | .*send_notification.*       # $send_notification, Send_Notification_Email
      | notify                      # of change_owner
      | participants | invite.*     # of events: who is one gets an invitation
      | _delete.*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)


def check(verb: str, path: str, *, body: object = None) -> None:
    """Let a request pass, or raise `Bug`.

    verb: the HTTP method. path: below the product's own prefix (`/Contacts`). body: the JSON value to be sent; a body
    with records (`data`) must say which automations it sets off (`trigger`: none, or some that a module's settings may
    ask for), because leaving that out means all of them. A body that joins records holds their ids alone, and one that
    adds fields nothing but those.
    """
    if verb not in _VERBS:
        raise Bug(f"A {verb} request to {path} was stopped at the gate.", why="This product never deletes anything.")
    if _ACTION.search(path):
        raise Bug(f"The action {path} was stopped at the gate.", why="Only records are written, one field at a time.")
    if body is None or path == "/coql":
        return
    found = _forbidden_key(body)
    if found is not None:
        raise Bug(
            f"A write to {path} with {found!r} was stopped at the gate.",
            why="Reminders, repetitions, invitations, notifications and removals are never sent.",
        )
    if verb == "PUT" and _JOINING.fullmatch(path) and _only_ids(body):
        return
    if verb == "POST" and path == FIELDS and isinstance(body, Mapping) and set(body) == {"fields"}:
        return
    triggers = body.get("trigger") if isinstance(body, Mapping) else None
    if not isinstance(triggers, list) or any(each not in _AUTOMATIONS for each in map(str, triggers)):
        raise Bug(f"A write to {path} that does not name its triggers was stopped at the gate.")


def _only_ids(body: object) -> bool:
    """Whether a body names records and says nothing else of them."""
    items = body.get("data") if isinstance(body, Mapping) and len(body) == 1 else None
    return isinstance(items, list) and bool(items) and all(_only_an_id(item) for item in items)


def _only_an_id(item: object) -> bool:
    return isinstance(item, Mapping) and set(item) == {"id"} and isinstance(item["id"], str)


def _forbidden_key(value: object) -> str | None:
    """The first forbidden key anywhere inside a JSON value."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if _forbidden(str(key)):
                return str(key)
            if not isinstance(item, str) and (found := _forbidden_key(item)) is not None:
                return found
    elif isinstance(value, list | tuple):
        for item in value:
            if (found := _forbidden_key(item)) is not None:
                return found
    return None


@lru_cache(maxsize=1_024)
def _forbidden(key: str) -> bool:
    """Whether a key may never be sent; remembered, because the same few keys come by in every record."""
    return _FORBIDDEN.match(key) is not None
