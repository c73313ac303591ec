"""Two orgs whose people do what they like, in any order, while a sync runs now and then."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import wraps
from typing import ClassVar, TypeVar, cast

import hypothesis.strategies as st
import pytest
from hypothesis import seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bigin_sync.admin.life import Verb
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import COMPANY, CONTACT
from bigin_sync.pairing.bigin_crm.pipelines import DEAL, PRODUCT
from tests import chance
from tests.machine.forms import forms_of
from tests.machine.ledger import Ledger
from tests.machine.orgs import two_orgs
from tests.machine.play import VIEWS, Play, terms_of
from tests.machine.scene import joined, look

ALL = ("contacts", "pipelines", "activities", "notes")
SIDES = st.sampled_from(BOTH)
STRATEGIES = st.sampled_from(Strategy)
GRANULARITIES = st.sampled_from(Granularity)
MODULES = st.sampled_from((*(ALL,) * 8, ALL[:2], ALL[:1]))
ANY = st.integers(0, 60)
"""Which of those there are; counted around when there are fewer."""
FILLING = st.lists(st.tuples(ANY, ANY), min_size=1, max_size=3)
EDIT = st.tuples(ANY, ANY, SIDES, FILLING, ANY)
GAPS = st.sampled_from((0, 0, 0, 1, 30, 70, 200, 1_000, 30_000))

MERGED = (COMPANY, CONTACT, DEAL, PRODUCT)
"""What the products offer to merge."""

MOVES: list[str] = []
"""The names of all rules."""

DONE = (
    *(f"edit a {kind}" for kind in forms_of(ALL)),
    *("make a twin", "change an owner", "delete a record", "restore a record", "merge two records", "join a product"),
    *("part a product", "change a view", "pause a module", "resume a module", "disable a module"),
    "reconfigure a module",
)
"""What must have come of the moves when all examples were played."""

STEPS = 25
EXAMPLES = settings().max_examples // chance.A_SHARE
"""An example costs a few seconds, not milliseconds; `make machine` plays as many as it is told to."""
FEW, ROUNDS = 3, 12
"""So many are played in every run of the tests, and so many more, so often at the most, until every move was made."""

Rule = TypeVar("Rule", bound=Callable[..., None])


def move(**given: st.SearchStrategy[object]) -> Callable[[Rule], Rule]:
    """A rule that counts how often it was drawn."""
    as_rule = cast(Callable[..., Callable[[Callable[..., None]], object]], rule)

    def counting(rule_of: Rule) -> Rule:
        @wraps(rule_of)
        def counted(self: "TwoOrgs", **drawn: object) -> None:
            self.drawn[rule_of.__name__] += 1
            rule_of(self, **drawn)

        MOVES.append(rule_of.__name__)
        return cast(Rule, as_rule(**given)(counted))

    return counting


class TwoOrgs(RuleBasedStateMachine):
    """People make, edit, delete and restore records on both sides; after every run the laws hold.

    database_url: where the sync remembers; None: in a file. drawn, done: over all examples, which rules were drawn how
    often, and what came of it.
    """

    drawn: ClassVar[Counter[str]] = Counter()
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self, database_url: str | None = None) -> None:
        super().__init__()
        self._database_url = database_url
        self._stack = ExitStack()
        self.play: Play

    @initialize(
        modules=MODULES,
        strategy=STRATEGIES,
        granularity=GRANULARITIES,
        tie=SIDES,
        alike=st.lists(st.booleans(), min_size=8, max_size=8),
        begun=st.sampled_from((True, True, True, False)),
    )
    def _open(
        self,
        modules: tuple[str, ...],
        strategy: Strategy,
        granularity: Granularity,
        tie: Side,
        alike: list[bool],
        begun: bool,
    ) -> None:
        """Both orgs have a record of each kind, some of which match; mostly they have been synced once."""
        policy = Policy(strategy=strategy, granularity=granularity, tie=tie)
        orgs = self._stack.enter_context(two_orgs(modules, terms_of(policy), database_url=self._database_url))
        self.play = Play(orgs, Ledger(dict.fromkeys(modules, policy)))
        self.play.furnish(alike)
        self.play.done = self.done
        if begun:
            self.play.orgs.clock.advance(60)
            self.play.sync()
            self.play.orgs.clock.advance(60)

    def teardown(self) -> None:
        """Whatever people did, it comes to rest."""
        try:
            if hasattr(self, "play"):
                self.play.come_to_rest()
        finally:
            self._stack.close()

    # --- people ------------------------------------------------------------------------------------------------------

    @move(side=SIDES, kind=ANY, filling=FILLING, who=ANY)
    def make(self, side: Side, kind: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person makes a record."""
        forms = list(self.play.orgs.forms.values())
        self.play.make(side, forms[kind % len(forms)], {}, filling, who=who)

    @move(which=ANY, filling=FILLING, who=ANY)
    def make_twin(self, which: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person makes a record on the side where it is not, from what is known of it on the other."""
        if live := self.play.refs():
            self.play.make_twin(live[which % len(live)], filling, who=who)

    @move(which=ANY, filling=FILLING, who=ANY)
    def edit(self, which: int, filling: list[tuple[int, int]], who: int) -> None:
        """A person changes, fills or empties fields of a record."""
        if live := self.play.refs():
            self.play.edit(live[which % len(live)], filling, who=who)

    @move(kind=ANY, which=ANY, side=SIDES, filling=FILLING, who=ANY)
    def edit_a_linked_one(self, kind: int, which: int, side: Side, filling: list[tuple[int, int]], who: int) -> None:
        """A person changes fields of a record that has a counterpart; no kind more often than another."""
        if link := self._linked(kind, which):
            self.play.edit(link[side], filling, who=who)

    @move(kind=ANY, which=ANY, field=ANY, values=st.tuples(ANY, ANY), gap=GAPS, first=SIDES, who=ANY)
    def edit_both(
        self, kind: int, which: int, field: int, values: tuple[int, int], gap: int, first: Side, who: int
    ) -> None:
        """Two people change the same field of the two records of a link."""
        if link := self._linked(kind, which):
            self.play.edit(link[first], [(field, values[0])], who=who)
            self.play.orgs.clock.advance(gap)
            self.play.edit(link[first.other], [(field, values[1])], who=who)

    @move(which=ANY, to=ANY, who=ANY)
    def edit_owner(self, which: int, to: int, who: int) -> None:
        """A person hands a record over to another user."""
        owned = [(ref, place) for ref in self.play.refs() if (place := self._owner(ref)) is not None]
        if owned:
            ref, place = owned[which % len(owned)]
            self.play.edit(ref, [(place, to)], who=who)

    @move(which=ANY, who=ANY)
    def delete(self, which: int, who: int) -> None:
        """A person deletes a record."""
        if live := self.play.refs():
            self.play.delete(live[which % len(live)], who=who)

    @move(which=ANY)
    def restore(self, which: int) -> None:
        """A person takes a record out of the recycle bin."""
        self.play.restore(which)

    @move(which=ANY, other=ANY, who=ANY)
    def merge(self, which: int, other: int, who: int) -> None:
        """A person makes two records of a kind one, where the products offer it."""
        live = [ref for ref in self.play.refs() if ref.kind in MERGED]
        alike = {
            one: [two for two in live if (two.kind, two.side) == (one.kind, one.side) and two != one] for one in live
        }
        if winners := [one for one, others in alike.items() if others]:
            winner = winners[which % len(winners)]
            self.play.merge(winner, alike[winner][other % len(alike[winner])], who=who)

    @move(side=SIDES, deal=ANY, product=ANY, who=ANY)
    def join(self, side: Side, deal: int, product: int, who: int) -> None:
        """A person puts a product on a deal."""
        live = [ref for ref in self.play.refs() if ref.side is side]
        deals, products = ([ref for ref in live if ref.kind == kind] for kind in (DEAL, PRODUCT))
        if deals and products:
            self.play.join(deals[deal % len(deals)], products[product % len(products)], who=who)

    @move(side=SIDES, which=ANY, who=ANY)
    def part(self, side: Side, which: int, who: int) -> None:
        """A person takes a product from a deal."""
        pairs = sorted(joined(self.play.orgs, side), key=lambda pair: [int(ref.id) for ref in pair])
        if pairs:
            self.play.part(*pairs[which % len(pairs)], who=who)

    @move(which=ANY, winner=SIDES)
    def decide_field(self, which: int, winner: Side) -> None:
        """A person decides a contested field."""
        self.play.decide_field(which, winner)

    @move(which=ANY, answer=ANY)
    def decide_record(self, which: int, answer: int) -> None:
        """A person says which record another one is, or that it is new."""
        self.play.decide_record(which, answer)

    @move(seconds=GAPS)
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.play.orgs.clock.advance(seconds)

    # --- the one who set the sync up ---------------------------------------------------------------------------------

    @move(module=ANY, strategy=STRATEGIES, granularity=GRANULARITIES)
    def set_terms(self, module: int, strategy: Strategy, granularity: Granularity) -> None:
        """A module gets other terms."""
        self.play.set_terms(self._module(module), strategy, granularity, view=None)

    @move(view=st.sampled_from(VIEWS))
    def set_view(self, view: str) -> None:
        """Contacts get another list view."""
        policy = self.play.ledger.policy["contacts"]
        self.play.set_terms("contacts", policy.strategy, policy.granularity, view=view)

    @move(module=ANY, verb=st.sampled_from((Verb.PAUSE, Verb.DISABLE)))
    def rest(self, module: int, verb: Verb) -> None:
        """A module is paused or disabled."""
        self.play.rest(self._module(module), verb)

    @move(which=ANY, strategy=STRATEGIES)
    def take_up(self, which: int, strategy: Strategy) -> None:
        """A module at rest goes on."""
        if resting := sorted(self.play.resting):
            self.play.take_up(resting[which % len(resting)], strategy)

    # --- the sync ----------------------------------------------------------------------------------------------------

    @move(edits=st.lists(EDIT, min_size=2, max_size=5), after=GAPS)
    def sync(self, edits: list[tuple[int, int, Side, list[tuple[int, int]], int]], after: int) -> None:
        """One run, after some edits of linked records; the laws hold after it."""
        for kind, which, side, filling, who in edits:
            self.edit_a_linked_one(kind=kind, which=which, side=side, filling=filling, who=who)
        self.play.orgs.clock.advance(after)
        self.play.sync()

    @move(side=SIDES, calls=st.integers(0, 7), which=ANY, filling=FILLING, who=ANY)
    def sync_while_a_person_edits(
        self, side: Side, calls: int, which: int, filling: list[tuple[int, int]], who: int
    ) -> None:
        """One run, during which a person changes a record of an org right before the run reads something there."""

        def act() -> Mapping[Ref, Mapping[str, object]]:
            live = [ref for ref in self.play.refs() if ref.side is side]
            ref = live[which % len(live)] if live else None
            return {} if ref is None else {ref: self.play.edit(ref, filling, who=who)}

        self.play.sync_while(side, calls, act)

    @move(after=GAPS)
    def see_the_plan(self, after: int) -> None:
        """A dry run, some time later, writes nothing."""
        self.play.orgs.clock.advance(after)
        self.play.plan()

    def _module(self, which: int) -> str:
        names = list(self.play.ledger.policy)
        return names[which % len(names)]

    def _linked(self, kind: int, which: int) -> dict[Side, Ref] | None:
        """The two records of a link, of a kind that has some."""
        scene = look(self.play.orgs)
        whole = [link for link in scene.links.values() if scene.whole(link)]
        if not whole:
            return None
        kinds = sorted({link.kind for link in whole})
        those = [link for link in whole if link.kind == kinds[kind % len(kinds)]]
        return {side: those[which % len(those)].ref(side) for side in BOTH}

    def _owner(self, ref: Ref) -> int | None:
        """The place of the owner in a record's form."""
        fields = self.play.orgs.forms[ref.kind].fields
        return next((place for place, one in enumerate(fields) if one.owner), None)


def played(machine: type[TwoOrgs], *, examples: int, steps: int = STEPS, number: int = 0) -> None:
    """Play the machine; what is drawn follows from its seed, and from nothing that was found before."""
    drawing = settings(max_examples=examples, stateful_step_count=steps, derandomize=False, database=None)
    run_state_machine_as_test(seed(f"{chance.of_the_machine()} {number}")(machine), settings=drawing)


def missing() -> list[str]:
    """What did not come up in the examples that were played, or came up more often than edits did: a machine that does
    nothing proves nothing.
    """
    verbs: Counter[str] = Counter()
    for what, count in TwoOrgs.done.items():
        verbs[what.partition(" ")[0]] += count
    often = [verb for verb, count in verbs.items() if count > verbs["edit"]]
    never = [name for name in MOVES if not TwoOrgs.drawn[name]] + [what for what in DONE if not TwoOrgs.done[what]]
    return [*(f"never: {what}" for what in never), *(f"more often than edit: {verb}" for verb in often)]


def test_people_who_do_little_lose_nothing_and_double_nothing() -> None:
    class Little(TwoOrgs):
        drawn, done = Counter(), Counter()

    played(Little, examples=FEW, number=-1)
    assert {"make", "edit"} <= {what.partition(" ")[0] for what in Little.done}


@pytest.mark.long
def test_people_who_do_what_they_like_lose_nothing_and_double_nothing(tell: Callable[[str], None]) -> None:
    played(TwoOrgs, examples=EXAMPLES)
    more = 0
    while missing() and more < ROUNDS:
        more += 1
        played(TwoOrgs, examples=FEW, number=more)
    told = ", ".join(f"{what} {count}" for what, count in sorted(TwoOrgs.done.items()))
    tell(f"The machine, seed {chance.of_the_machine()}, {EXAMPLES} and {more} times {FEW} examples: {told}")
    assert not missing()
