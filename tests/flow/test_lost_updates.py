"""An update whose answer is lost: what it leaves behind is nobody's edit, and the newest word of the person crosses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.admin import conflicts
from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.deletions import delete_record
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from bigin_sync.sync.updating import UpdateFlight
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, titles, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
WEBER = {"Last_Name": "Weber", "Email": "w@weber.example"}


class Killed(BaseException):
    """The end of a process, as the run sees it."""


class Line(httpx.BaseTransport):
    """A line on which so many updates of contacts in one org go unanswered, having taken effect or not."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self._label = ""
        self._lost = 0
        self._arrives = True
        self._late: httpx.Request | None = None
        self.then: Callable[[], None] | None = None
        """What happens right before the next update arrives."""

    def lose(self, label: str, *, times: int = 1, arrives: bool = True) -> None:
        """Let the answers of the next updates of this org be lost."""
        self._label, self._lost, self._arrives = label, times, arrives

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method != "PUT" or not path.endswith("/Contacts") or not path.startswith(f"/{self._label}/"):
            return self._inner.handle_request(request)
        if self.then is not None:
            then, self.then = self.then, None
            then()
        if not self._lost:
            return self._inner.handle_request(request)
        self._lost -= 1
        if self._arrives:
            self._inner.handle_request(request)
        else:
            self._late = request
        raise httpx.ReadTimeout("lost", request=request)

    def let_in(self) -> None:
        """The update that did not arrive takes effect at last."""
        assert self._late is not None
        self._inner.handle_request(self._late)


@contextmanager
def synced(strategy: str = "latest", **changes: str) -> Iterator[tuple[TwoOrgs, Line]]:
    """One contact in both orgs, whose title is "A"."""
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line, settings = Line(world), {"strategy": strategy, **changes}
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line), changes=settings) as orgs:
        world.bigin.seed("Contacts", [{**WEBER, "Title": "A"}])
        runs(orgs, 300, 300)
        yield orgs, line


def unheard(orgs: TwoOrgs, line: Line, seconds: int, *, arrives: bool = True) -> None:
    """An update that carries a "B" over to CRM goes unanswered; then so many seconds pass."""
    typed(orgs, orgs.world.bigin, "B")
    line.lose("crm", arrives=arrives)
    runs(orgs, seconds)


def runs(orgs: TwoOrgs, *pauses: float) -> None:
    """A run, and a pause of so many seconds; and again."""
    for seconds in pauses:
        orgs.sync()
        orgs.world.clock.advance(seconds)


def typed(orgs: TwoOrgs, org: Org, title: str, **more: str) -> None:
    """A person gives the contact of an org another title, and goes on to something else."""
    (row,) = contacts(org)
    edit(org, row.id, {"Title": title, **more})
    orgs.world.clock.advance(10)


@pytest.mark.parametrize(
    ("strategy", "when"),
    [("latest", "on its way"), ("skip", "on its way"), ("crm", "after the run"), ("ask", "after the run")],
)
def test_what_is_typed_after_an_update_that_went_unanswered_crosses(strategy: str, when: str) -> None:
    with synced(strategy) as (orgs, line):
        bigin = orgs.world.bigin
        typed(orgs, bigin, "B")
        line.lose("crm")
        if when == "on its way":
            line.then = lambda: typed(orgs, bigin, "C")
        runs(orgs, 60)
        if when == "after the run":
            typed(orgs, bigin, "C")
        runs(orgs, 60, 60)
        assert titles(orgs) == ["C", "C"]
        assert conflicts.listing(orgs.room) == []


@pytest.mark.parametrize("strategy", ["bigin", "crm", "ask", "latest", "skip"])
def test_what_is_typed_meanwhile_crosses_though_the_record_is_written_itself_in_the_same_run(strategy: str) -> None:
    with synced(strategy) as (orgs, line):
        bigin, crm = orgs.world.bigin, orgs.world.crm
        typed(orgs, bigin, "B")
        edit(crm, contacts(crm)[0].id, {"Phone": "+49 30 5550100"})
        line.lose("crm")
        line.then = lambda: typed(orgs, bigin, "C")
        runs(orgs, 60, 60, 60)
        assert titles(orgs) == ["C", "C"]
        assert contacts(bigin)[0].values["Phone"] == "+49 30 5550100"
        assert conflicts.listing(orgs.room) == []


def test_it_crosses_from_either_side() -> None:
    with synced("bigin") as (orgs, line):
        typed(orgs, orgs.world.crm, "B")
        line.lose("bigin")
        runs(orgs, 60)
        typed(orgs, orgs.world.crm, "C")
        runs(orgs, 60, 60)
        assert titles(orgs) == ["C", "C"]


def test_an_edit_that_is_taken_back_after_its_update_went_unanswered_is_taken_back_on_both_sides() -> None:
    with synced("crm") as (orgs, line):
        unheard(orgs, line, 60)
        typed(orgs, orgs.world.bigin, "A")
        runs(orgs, 60, 60)
        assert titles(orgs) == ["A", "A"]


def test_what_is_typed_crosses_after_a_kill_between_the_update_and_its_landing(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object) -> None:
        raise Killed

    with synced("crm") as (orgs, line):
        typed(orgs, orgs.world.bigin, "B")
        line.then = lambda: typed(orgs, orgs.world.bigin, "C")
        line.lose("crm", times=0)
        with monkeypatch.context() as patched:
            patched.setattr(UpdateFlight, "land", dead)
            with pytest.raises(Killed):
                orgs.sync()
        orgs.world.clock.advance(60)
        runs(orgs, 600, 600)
        assert titles(orgs) == ["C", "C"]


def test_what_is_typed_after_a_first_meeting_went_unanswered_crosses() -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Line(world)
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        world.bigin.seed("Contacts", [{**WEBER, "Title": "B"}])
        world.crm.seed("Contacts", [WEBER])
        world.clock.advance(60)
        line.lose("crm")
        line.then = lambda: typed(orgs, world.bigin, "C")
        runs(orgs, 60, 60, 60)
        assert titles(orgs) == ["C", "C"]


def test_updates_that_go_unanswered_again_and_again_are_nobodys_edits() -> None:
    with synced("crm") as (orgs, line):
        line.lose("crm", times=2)
        for title in ("B", "C", "D"):
            typed(orgs, orgs.world.bigin, title)
            runs(orgs, 30)
        runs(orgs, 60)
        assert titles(orgs) == ["D", "D"]


def test_what_a_person_typed_over_it_is_a_conflict_as_ever() -> None:
    with synced("ask") as (orgs, line):
        unheard(orgs, line, 60)
        typed(orgs, orgs.world.crm, "D")
        typed(orgs, orgs.world.bigin, "C")
        runs(orgs, 60, 60)
        assert titles(orgs) == ["C", "D"]
        assert len(conflicts.listing(orgs.room)) == 1


@pytest.mark.parametrize(
    ("strategy", "arrives"), [("latest", True), ("latest", False), ("bigin", True), ("skip", False), ("ask", True)]
)
def test_what_a_person_typed_over_it_crosses_whatever_else_was_edited_meanwhile(
    strategy: str, *, arrives: bool
) -> None:
    with synced(strategy) as (orgs, line):
        unheard(orgs, line, 60, arrives=arrives)
        typed(orgs, orgs.world.crm, "D")
        edit(orgs.world.bigin, contacts(orgs.world.bigin)[0].id, {"Phone": "+49 30 5550100"})
        runs(orgs, 60, 60)
        assert titles(orgs) == ["D", "D"]
        assert contacts(orgs.world.crm)[0].values["Phone"] == "+49 30 5550100"


@pytest.mark.parametrize(
    ("strategy", "title"),
    [("bigin", "D"), ("skip", "D"), ("latest", "B")],
    ids=["something else", "something else, skip", "the very value that was sent"],
)
def test_what_is_typed_long_after_an_update_that_never_arrived_and_was_taken_back_crosses(
    strategy: str, title: str
) -> None:
    with synced(strategy) as (orgs, line):
        unheard(orgs, line, 60, arrives=False)
        typed(orgs, orgs.world.bigin, "A")
        runs(orgs, 3600)
        typed(orgs, orgs.world.crm, title)
        runs(orgs, 60, 60)
        assert titles(orgs) == [title, title]


@pytest.mark.parametrize("arrives", [True, False], ids=["they arrived", "they did not"])
def test_what_is_typed_over_one_unanswered_update_after_another_crosses(*, arrives: bool) -> None:
    with synced("crm") as (orgs, line):
        unheard(orgs, line, 10, arrives=arrives)
        typed(orgs, orgs.world.crm, "D")
        line.lose("bigin", arrives=arrives)
        runs(orgs, 10)
        typed(orgs, orgs.world.bigin, "E")
        runs(orgs, 60, 60)
        assert titles(orgs) == ["E", "E"]


@pytest.mark.parametrize("strategy", ["bigin", "latest"])
def test_a_lookup_that_is_blank_as_its_record_was_deleted_was_not_emptied_over_an_unanswered_update(
    strategy: str,
) -> None:
    with synced(strategy, max_gone="none", max_all_gone="none") as (orgs, line):
        bigin, crm = orgs.world.bigin, orgs.world.crm
        first, second = bigin.seed("Accounts", [{"Account_Name": "Xylo"}, {"Account_Name": "Yonder"}])
        edit(bigin, contacts(bigin)[0].id, {"Account_Name": first})
        runs(orgs, 300)
        edit(bigin, contacts(bigin)[0].id, {"Account_Name": second})
        line.lose("crm")
        runs(orgs, 60)
        rows = crm.tables["Accounts"].rows.values()
        delete_record(
            crm,
            crm.modules["Accounts"],
            next(row.id for row in rows if row.values["Account_Name"] == "Yonder"),
            by=crm.admin(),
        )
        edit(crm, contacts(crm)[0].id, {"Phone": "+49 30 5550100"})
        runs(orgs, 60, 60)
        assert contacts(bigin)[0].values["Account_Name"] == second


def test_where_the_other_value_was_edited_later_still_the_later_one_wins() -> None:
    with synced() as (orgs, line):
        unheard(orgs, line, 60)
        typed(orgs, orgs.world.crm, "D")
        typed(orgs, orgs.world.bigin, "C")
        runs(orgs, 60, 60)
        assert titles(orgs) == ["C", "C"]


@pytest.mark.parametrize("beside", ["Phone", "Department"], ids=["synced", "not synced"])
def test_it_crosses_though_somebody_changed_something_else_over_there(beside: str) -> None:
    with synced("crm") as (orgs, line):
        unheard(orgs, line, 60)
        typed(orgs, orgs.world.bigin, "C")
        edit(orgs.world.crm, contacts(orgs.world.crm)[0].id, {beside: "+493023125031"})
        runs(orgs, 60, 60)
        assert titles(orgs) == ["C", "C"]
        assert contacts(orgs.world.crm)[0].values[beside] == "+493023125031"


def test_the_value_put_back_by_a_person_once_it_was_found_there_is_an_edit() -> None:
    with synced("bigin") as (orgs, line):
        unheard(orgs, line, 10)
        runs(orgs, 10)
        typed(orgs, orgs.world.bigin, "C")
        runs(orgs, 10)
        typed(orgs, orgs.world.crm, "B")
        runs(orgs, 10, 10)
        assert titles(orgs) == ["B", "B"]


def test_an_update_that_takes_effect_after_a_later_one_is_put_right() -> None:
    with synced() as (orgs, line):
        typed(orgs, orgs.world.crm, "B")
        line.lose("bigin", arrives=False)
        runs(orgs, 10)
        typed(orgs, orgs.world.crm, "C")
        runs(orgs, 10)
        assert titles(orgs) == ["C", "C"]
        line.let_in()
        assert titles(orgs) == ["B", "C"]
        runs(orgs, 30, 30)
        assert titles(orgs) == ["C", "C"]
