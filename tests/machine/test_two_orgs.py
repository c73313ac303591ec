"""Two orgs whose people do what they like, in any order, while a sync runs now and then."""

from collections.abc import Mapping
from contextlib import ExitStack

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bigin_sync.admin.life import Verb
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from tests.machine.ledger import Ledger
from tests.machine.orgs import LABELS, two_orgs
from tests.machine.play import VIEWS, Play, spoken
from tests.machine.scene import look

SIDES = st.sampled_from(BOTH)
STRATEGIES = st.sampled_from(Strategy)
GRANULARITIES = st.sampled_from(Granularity)
MODULES = st.sampled_from((("contacts",), ("contacts", "pipelines"), ("contacts", "pipelines", "activities", "notes")))
ANY = st.integers(0, 60)
"""Which of those there are; counted around when there are fewer."""
FILLING = st.lists(st.tuples(ANY, ANY), min_size=1, max_size=3)
GAPS = st.sampled_from((0, 0, 0, 1, 30, 70, 200, 1_000))


class TwoOrgs(RuleBasedStateMachine):
    """People make, edit, delete and restore records on both sides; after every run the laws hold.

    database_url: where the sync remembers; None: in a file.
    """

    def __init__(self, database_url: str | None = None) -> None:
        super().__init__()
        self._database_url = database_url
        self._stack = ExitStack()
        self.play: Play

    @initialize(modules=MODULES, strategy=STRATEGIES, granularity=GRANULARITIES, tie=SIDES)
    def _open(self, modules: tuple[str, ...], strategy: Strategy, granularity: Granularity, tie: Side) -> None:
        changes = {"strategy": spoken(strategy), "granularity": granularity.value, "tie": LABELS[tie]}
        orgs = self._stack.enter_context(two_orgs(modules, changes, database_url=self._database_url))
        policy = Policy(strategy=strategy, granularity=granularity, tie=tie)
        self.play = Play(orgs, Ledger(dict.fromkeys(modules, policy)))

    def teardown(self) -> None:
        """Whatever people did, it comes to rest."""
        try:
            if hasattr(self, "play"):
                self.play.come_to_rest()
        finally:
            self._stack.close()

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(side=SIDES, kind=ANY, filling=FILLING, who=ANY)
    def make(self, side: Side, kind: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person makes a record."""
        forms = list(self.play.orgs.forms.values())
        self.play.make(side, forms[kind % len(forms)], {}, filling, who=who)

    @rule(which=ANY, filling=FILLING, who=ANY)
    def make_twin(self, which: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person makes a record on the side where it is not, from what is known of it on the other."""
        if live := self.play.refs():
            self.play.make_twin(live[which % len(live)], filling, who=who)

    @rule(which=ANY, filling=FILLING, who=ANY)
    def edit(self, which: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person changes, fills or empties fields of a record."""
        if live := self.play.refs():
            self.play.edit(live[which % len(live)], filling, who=who)

    @rule(which=ANY, field=ANY, values=st.tuples(ANY, ANY), gap=GAPS, first=SIDES, who=ANY)
    def edit_both(self, which: int, field: int, values: tuple[int, int], gap: int, first: Side, who: int) -> None:
        """Two people change the same field of the two records of a link."""
        scene = look(self.play.orgs)
        if whole := [link for link in scene.links.values() if scene.whole(link)]:
            link = whole[which % len(whole)]
            self.play.edit(link.ref(first), [(field, values[0])], who=who)
            self.play.orgs.clock.advance(gap)
            self.play.edit(link.ref(first.other), [(field, values[1])], who=who)

    @rule(which=ANY, who=ANY)
    def delete(self, which: int, who: int) -> None:
        """A person deletes a record."""
        if live := self.play.refs():
            self.play.delete(live[which % len(live)], who=who)

    @rule(which=ANY)
    def restore(self, which: int) -> None:
        """A person takes a record out of the recycle bin."""
        self.play.restore(which)

    @rule(which=ANY, winner=SIDES)
    def decide_field(self, which: int, winner: Side) -> None:
        """A person decides a contested field."""
        self.play.decide_field(which, winner)

    @rule(which=ANY, answer=ANY)
    def decide_record(self, which: int, answer: int) -> None:
        """A person says which record another one is, or that it is new."""
        self.play.decide_record(which, answer)

    @rule(seconds=GAPS)
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.play.orgs.clock.advance(seconds)

    # --- the one who set the sync up ---------------------------------------------------------------------------------

    @rule(module=ANY, strategy=STRATEGIES, granularity=GRANULARITIES, view=st.sampled_from(VIEWS))
    def set_terms(self, module: int, strategy: Strategy, granularity: Granularity, view: str | None) -> None:
        """A module gets other terms."""
        self.play.set_terms(self._module(module), strategy, granularity, view=view)

    @rule(module=ANY, verb=st.sampled_from((Verb.PAUSE, Verb.DISABLE)))
    def rest(self, module: int, verb: Verb) -> None:
        """A module is paused or disabled."""
        self.play.rest(self._module(module), verb)

    @rule(which=ANY, strategy=STRATEGIES)
    def take_up(self, which: int, strategy: Strategy) -> None:
        """A module at rest goes on."""
        if resting := sorted(self.play.resting):
            self.play.take_up(resting[which % len(resting)], strategy)

    # --- the sync ----------------------------------------------------------------------------------------------------

    @rule()
    def sync(self) -> None:
        """One run; the laws hold after it."""
        self.play.sync()

    @rule(side=SIDES, calls=st.integers(0, 7), which=ANY, filling=FILLING, who=ANY)
    def sync_while_a_person_edits(
        self, side: Side, calls: int, which: int, filling: list[tuple[int, int]], who: int
    ) -> None:
        """One run, during which a person changes a record of an org right before the run reads something there."""

        def act() -> Mapping[Ref, Mapping[str, object]]:
            live = [ref for ref in self.play.refs() if ref.side is side]
            ref = live[which % len(live)] if live else None
            return {} if ref is None else {ref: self.play.edit(ref, filling, who=who)}

        self.play.sync_while(side, calls, act)

    @rule()
    def plan(self) -> None:
        """A dry run writes nothing."""
        self.play.plan()

    def _module(self, which: int) -> str:
        names = list(self.play.ledger.policy)
        return names[which % len(names)]


TestTwoOrgs = TwoOrgs.TestCase
# An example costs a few seconds, not milliseconds; `make machine` plays as many as it is told to.
TestTwoOrgs.settings = settings(max_examples=settings().max_examples // 25, stateful_step_count=25)
