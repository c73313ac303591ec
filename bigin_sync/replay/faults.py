"""What can go wrong in a scenario, as the rules the emulator understands."""

from collections.abc import Mapping

from bigin_sync.emulator.faults import Fault as Rule
from bigin_sync.emulator.faults import Kind
from bigin_sync.replay.moves import Fault

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
