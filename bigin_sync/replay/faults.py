"""What can go wrong in a scenario, as the rules the emulator understands."""

from collections.abc import Mapping

from bigin_sync.emulator.faults import Fault as Rule
from bigin_sync.emulator.faults import Kind
from bigin_sync.emulator.org import Org
from bigin_sync.replay.moves import Automation, Fault

_KINDS: Mapping[str, Kind] = {
    "fails before": "drop_before",
    "answer lost": "drop_after",
    "too many requests": "too_many",
    "server error": "refuse",
}
_CALLS: Mapping[str, tuple[str, str]] = {
    "create": ("POST", r"/v\d+/[A-Z]\w+$"),
    "update": ("PUT", r"/v\d+/[A-Z]\w+$"),
    "read": ("POST", r"/coql$"),
}
"""What the sync does -> method and path of its calls; it reads by query."""


def rule_of(told: Fault) -> Rule:
    """The rule for what a scenario tells."""
    method, path = _CALLS[told.call]
    return Rule(kind=_KINDS[told.what], product=told.in_, method=method, path=path, nth=told.nth, times=told.times)


def automation_of(told: Automation, *, org: Org, by: str) -> Rule | None:
    """The rule for an app that watches what the sync writes to an org; None for no app. by: the user it works as."""
    does = {"sets": dict(told.sets), "appends": dict(told.appends), "reverts": told.reverts == "yes"}
    found = next((name for name, what in does.items() if what), None)
    if found is None:
        return None
    return Rule(
        kind="workflow",
        product=org.product,
        path=_CALLS["create"][1],
        times=0,
        does=found,
        values=dict(told.sets or told.appends),
        listens=told.workflow == "no",
        of=org.users[org.admin_id].email,
        user=org.users[by].email,
    )
