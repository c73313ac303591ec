"""The emulated data centre: two orgs, their accounts server, limits and faults, behind one method."""

import threading
from collections import Counter
from dataclasses import dataclass

from bigin_sync.clock import Clock
from bigin_sync.emulator.calls import Ask, Call
from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.control import control
from bigin_sync.emulator.credits import Ledger, heavy
from bigin_sync.emulator.crowd import Crowd
from bigin_sync.emulator.faults import BEFORE, Fault, Faults
from bigin_sync.emulator.oauth import Grant, OAuth
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.page_tokens import PageTokens
from bigin_sync.emulator.replies import ApiError, Reply, invalid_url
from bigin_sync.emulator.router import Router
from bigin_sync.emulator.scopes import all_scopes
from bigin_sync.emulator.stock import stock_org
from bigin_sync.emulator.stock_activities import LinkStyle
from bigin_sync.emulator.workflows import run_workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back through a door. Without a reply the connection broke; torn: half the body arrives."""

    reply: Reply | None
    torn: bool = False
    delay: float = 0.0


class World:
    """Two orgs and everything around them. `answer` is safe to call from several threads."""

    def __init__(self, *, bigin: Org, crm: Org, clock: ShiftedClock) -> None:
        self.bigin = bigin
        self.crm = crm
        self.clock = clock
        self.lock = threading.RLock()
        self.oauth = OAuth(self.now)
        self.faults = Faults()
        self.page_tokens = PageTokens()
        self.ledgers = {org.product: Ledger(org, now=self.now) for org in (bigin, crm)}
        self.crowds = {org.product: Crowd(org) for org in (bigin, crm)}
        self.calls: Counter[tuple[str, str]] = Counter()
        """(product, name of the route) -> calls answered."""
        self._router = Router(self)
        for org in (bigin, crm):
            self.allow_people(org)

    @classmethod
    def default(
        cls,
        clock: Clock | None = None,
        *,
        crm_pipelines: bool = False,
        bigin_links: LinkStyle = "related_to",
        crm_links: LinkStyle = "what_who",
    ) -> "World":
        """Two stock orgs without a record, in different time zones, whose people mostly are the same.

        crm_pipelines: whether CRM has several pipelines. *_links: how activities are linked to records.
        """
        shifted = clock if isinstance(clock, ShiftedClock) else ShiftedClock(clock)
        return cls(
            bigin=stock_org("bigin", shifted, links=bigin_links),
            crm=stock_org("crm", shifted, links=crm_links, pipelines=crm_pipelines),
            clock=shifted,
        )

    def now(self) -> int:
        """The world's clock, whole epoch seconds."""
        return int(self.clock.now().timestamp())

    def org(self, product: str) -> Org:
        """The org of a product."""
        return self.bigin if product == "bigin" else self.crm

    def allow_people(self, org: Org) -> None:
        """Gives every active user a refresh token: `1000.emulator.<product>`, others with `.<first name>` behind it."""
        for user in org.users.values():
            if user.status != "active":
                continue
            grant = Grant(product=org.product, user_id=user.id, scopes=all_scopes(org.product))
            own = "" if user.id == org.admin_id else f".{user.first_name.lower()}"
            self.oauth.allow(f"1000.emulator.{org.product}{own}", grant)

    def answer(self, call: Call) -> Answer:
        """Answers one call, faults included."""
        with self.lock:
            return self._answer(call)

    def answer_inner(self, call: Call) -> Reply:
        """Answers a call inside a composite one: free of charge and of faults."""
        try:
            aim = self._router.aim(call)
            return self._router.run(self._router.ask(call, aim), aim, free=True)
        except ApiError as error:
            return error.reply()

    def weigh(self, call: Call) -> tuple[Crowd, bool] | None:
        """For a door where calls overlap: whose crowd this call joins, and whether it is a heavy one."""
        with self.lock:
            try:
                aim = self._router.aim(call)
                return self.crowds[aim.org.product], heavy(self._router.ask(call, aim))
            except ApiError:
                return None

    def _answer(self, call: Call) -> Answer:
        if call.path.startswith("/emulator/"):
            return Answer(reply=control(self, call))
        product = next((name for name in ("bigin", "crm") if call.path.startswith(f"/{name}/")), "")
        striking = self.faults.striking(call, product)
        delay = sum(rule.seconds for rule in striking if rule.kind == "delay")
        first = next((rule for rule in striking if rule.kind in BEFORE), None)
        if first is not None:
            return self._struck_before(call, first, product=product, delay=delay)
        reply, ask = self._effect(call)
        return self._struck_after(self._router.finish(reply, product), ask, striking, delay=delay)

    def _struck_before(self, call: Call, rule: Fault, *, product: str, delay: float) -> Answer:
        if rule.kind == "drop_before":
            return Answer(reply=None, delay=delay)
        if rule.kind == "expired_token":
            self.oauth.expire(call.headers.get("authorization", "").partition(" ")[2])
        return Answer(reply=self._router.finish(rule.reply(), product), delay=delay)

    def _struck_after(self, reply: Reply, ask: Ask | None, striking: list[Fault], *, delay: float) -> Answer:
        kinds = {rule.kind: rule for rule in reversed(striking)}
        for rule in striking:
            if rule.kind == "workflow" and ask is not None:
                run_workflow(ask, rule)
        if "drop_after" in kinds:
            return Answer(reply=None, delay=delay)
        if "fail_after" in kinds:
            product = ask.org.product if ask is not None else ""
            return Answer(reply=self._router.finish(kinds["fail_after"].reply(), product), delay=delay)
        return Answer(reply=reply, torn="torn" in kinds, delay=delay)

    def _effect(self, call: Call) -> tuple[Reply, Ask | None]:
        if call.path.startswith("/oauth/"):
            self.calls["", "token"] += 1
            return self._accounts(call), None
        try:
            aim = self._router.aim(call)
            ask = self._router.ask(call, aim)
        except ApiError as error:
            self.calls["", "refused"] += 1
            return error.reply(), None
        self.calls[aim.org.product, aim.route.name] += 1
        return self._router.run(ask, aim), ask

    def _accounts(self, call: Call) -> Reply:
        if call.method == "POST" and call.path == "/oauth/v2/token":
            return self.oauth.token(call)
        if call.method == "POST" and call.path == "/oauth/v2/token/revoke":
            return self.oauth.revoke(call)
        return invalid_url().reply()
