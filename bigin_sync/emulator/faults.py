"""Things that go wrong on purpose, as plain data: which request, how, and how often."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Literal, get_args

from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.replies import ApiError, Reply, failure

Kind = Literal[
    "refuse",
    "drop_before",
    "drop_after",
    "fail_after",
    "delay",
    "too_many",
    "torn",
    "html_502",
    "expired_token",
    "workflow",
]
"""refuse: an error instead of an effect. drop_before, drop_after: the connection breaks before, or after, the effect.
 fail_after: an error after the effect. delay: the answer comes late. too_many: 429. torn: the effect takes
place, half the answer arrives. html_502: a gateway's page. expired_token: the token is killed and refused.
workflow: after a write, an automation of the org edits the written records."""
BEFORE = frozenset({"refuse", "drop_before", "too_many", "html_502", "expired_token"})
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule. Empty conditions match everything; it strikes from the `nth` match on, `times` times (0: for ever)."""

    kind: Kind
    product: str = ""
    method: str = ""
    path: str = ""
    """A regular expression searched for in the path."""
    nth: int = 1
    times: int = 1
    status: int = 500
    code: str = "INTERNAL_ERROR"
    seconds: float = 0.0
    values: dict[str, object] = field(default_factory=dict)
    """For `workflow`: what it writes, as an API call would; for one that appends, what it adds to which text."""
    does: str = "sets"
    """For `workflow`: `sets` values, `reverts` what was written, or `appends` to texts."""
    listens: bool = False
    """For `workflow`: it is an app that hears of every write, also where the call left workflows out."""
    of: str = ""
    """For `workflow`: the e-mail of the user whose writes set it off; anybody's if empty."""
    user: str = ""
    """For `workflow`: the e-mail of the user it writes as; the caller if empty."""
    seen: int = 0
    struck: int = 0

    def matches(self, call: Call, product: str) -> bool:
        """Counts the call if the conditions fit it, and tells whether the rule strikes now."""
        if self.product and self.product != product:
            return False
        if self.method and self.method.upper() != call.method:
            return False
        if self.path and re.search(self.path, call.path) is None:
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times and self.struck >= self.times):
            return False
        self.struck += 1
        return True

    def reply(self) -> Reply:
        """The answer of a rule that answers itself."""
        if self.kind == "html_502":
            return Reply(502, _PAGE, {"content-type": "text/html"})
        if self.kind == "too_many":
            return Reply(429, failure("TOO_MANY_REQUESTS", "too many requests", details={}))
        if self.kind == "expired_token":
            return Reply(401, failure("INVALID_TOKEN", "invalid oauth token", details={}))
        return Reply(self.status, failure(self.code, "Internal server error occurred.", details={}))


class Faults:
    """The rules in force, in the order they were added; the first that strikes in a phase decides it."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, *rules: Fault) -> None:
        """Puts rules in force."""
        self.rules.extend(rules)

    def clear(self) -> None:
        """Takes all rules away."""
        self.rules.clear()

    def lift(self, kind: Kind, *, product: str) -> None:
        """Takes the rules of a kind away from a product."""
        self.rules = [rule for rule in self.rules if (rule.kind, rule.product) != (kind, product)]

    def striking(self, call: Call, product: str) -> list[Fault]:
        """The rules that strike this call; each is counted once."""
        return [rule for rule in self.rules if rule.matches(call, product)]

    def as_json(self) -> list[dict[str, object]]:
        """The rules and how often each struck."""
        return [asdict(rule) for rule in self.rules]


def fault_from(data: Mapping[str, object]) -> Fault:
    """A rule from plain data. Raises `ApiError` for unknown keys or a value of another type."""
    known = {one.name: one for one in fields(Fault)}
    if data.get("kind") not in get_args(Kind):
        raise ApiError("INVALID_DATA", "a fault needs a kind", details={"supported_values": list(get_args(Kind))})
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise ApiError("INVALID_DATA", f"a fault has no {unknown[0]}", details={"known": sorted(known)})
    model = Fault(kind="delay")
    for name, value in data.items():
        wanted = type(getattr(model, name))
        if not isinstance(value, (int, float) if wanted is float else wanted):
            raise ApiError("INVALID_DATA", f"{name} of a fault takes a {wanted.__name__}", details={"api_name": name})
    return Fault(**dict(data))  # type: ignore[arg-type]  # -- names and types were checked above
