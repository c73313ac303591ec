"""A first sync writes while it is still planned, unless a person may have to look at the plan first."""

from threading import Event

import httpx
import pytest

from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.world import World
from bigin_sync.errors import Interrupted
from bigin_sync.jobs.work import work
from bigin_sync.model.side import Side
from bigin_sync.store import journal
from bigin_sync.sync import local, planning
from bigin_sync.sync.local import Local
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, two_orgs

pytestmark = pytest.mark.usefixtures("each_database")

MANY = 450


class Heard:
    """Writes down which stage of the contacts is told, one after the other."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, name: str, *, kind: str, side: Side | None, done: int, total: int | None) -> None:
        if kind == "contact":
            self.stages.append(name)

    def say(self, text: str) -> None:
        """Nothing."""


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE", 50)


@pytest.fixture
def world() -> World:
    """Many contacts in Bigin, none in CRM; they are planned in many slices."""
    world = World.default()
    world.bigin.seed("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(MANY)])
    return world


def synced(orgs: TwoOrgs) -> list[str]:
    """The first sync; the stages of it, in their order."""
    heard = Heard()
    report = work(orgs.room, orgs.iid, why="test", progress=heard)
    assert report.state == "done"
    assert report.counts["contact"].created == {Side.RIGHT: MANY}
    return heard.stages


def last(stages: list[str], name: str) -> int:
    return len(stages) - 1 - stages[::-1].index(name)


def test_contacts_are_made_while_others_are_still_planned_and_each_is_made_once(world: World) -> None:
    with two_orgs(world) as orgs:
        stages = synced(orgs)
        assert stages.index("writing") < last(stages, "planning")
        names = [row.values["Last_Name"] for row in contacts(world.crm)]
        assert len(names) == len(set(names)) == MANY
        assert orgs.sync().writes == 0


def test_what_has_no_counterpart_is_planned_before_the_pairs_and_every_pair_is_linked() -> None:
    """So no slot of a side waits for what needs no call, though the pairs were there first."""
    pairs = 120
    world = World.default()
    for org in (world.bigin, world.crm):
        org.seed("Contacts", [{"Last_Name": "Adler", "Email": f"a{n}@larkspur.example"} for n in range(pairs)])
    world.bigin.seed("Contacts", [{"Last_Name": f"Weber {number}"} for number in range(MANY)])
    with two_orgs(world) as orgs:
        synced(orgs)
        with orgs.room.db.read() as session:
            told = journal.history(session, orgs.iid, limit=MANY + pairs)
        verbs = [step.line.verb.value for step in sorted(told, key=lambda step: step.id)]
        assert (verbs.count("create"), verbs.count("link")) == (MANY, pairs)
        assert last(verbs, "create") < verbs.index("link")


def test_that_everything_is_linked_is_known_with_the_last_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Updates leave as soon as it is known; a look that finds nothing more would make them wait for other work."""
    monkeypatch.setattr(local, "SLICE", 3)
    seen: list[tuple[int, bool]] = []
    some = Local.some

    def watched(one: Local) -> None:
        some(one)
        seen.append((one._work.counts.linked, one.done))

    monkeypatch.setattr(Local, "some", watched)
    world = World.default()
    for org in (world.bigin, world.crm):
        org.seed("Contacts", [{"Last_Name": "Adler", "Email": f"a{n}@larkspur.example"} for n in range(6)])
    with two_orgs(world) as orgs:
        orgs.sync()
    linking = [(linked, done) for linked, done in seen if linked]
    assert linking[:2] == [(3, False), (6, True)]


def test_where_a_ceiling_could_be_reached_everything_is_planned_before_anything_is_written(world: World) -> None:
    """There are more new records than may be made, though they are not all made: two are the same."""
    for org in (world.bigin, world.crm):
        org.seed("Contacts", [{"Last_Name": "Adler", "Email": "ida@larkspur.example"}])
    with two_orgs(world, changes={"max_first_creates": str(MANY)}) as orgs:
        stages = synced(orgs)
        assert last(stages, "planning") < stages.index("writing")


class Stopping(httpx.BaseTransport):
    """A line over which a run is asked to stop as soon as contacts have been made."""

    def __init__(self, world: World) -> None:
        self._inner = mock_transport(world)
        self.stop = Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if request.method == "POST" and request.url.path.endswith("/Contacts"):
            self.stop.set()
        return answer


def test_a_ceiling_holds_for_what_a_stopped_first_sync_set_aside_and_what_is_new_again_meanwhile() -> None:
    """Three contacts wait for their company, which CRM refused; then somebody enters it there."""
    world = World.default()
    line = Stopping(world)
    (id,) = world.bigin.seed("Accounts", [{"Account_Name": "Larkspur"}])
    world.bigin.seed("Contacts", [{"Last_Name": f"Weber {number}", "Account_Name": id} for number in range(3)])
    world.faults.add(
        Fault(kind="refuse", product="crm", method="POST", path="/Accounts$", times=0, status=400, code="INVALID_DATA")
    )
    with two_orgs(world, changes={"max_first_updates": "2"}, transports=dict.fromkeys(LABELS, line)) as orgs:
        with pytest.raises(Interrupted):
            work(orgs.room, orgs.iid, why="test", stop=line.stop)
        world.crm.seed("Accounts", [{"Account_Name": "Larkspur"}])
        report = orgs.sync()
        assert "allowed are 2 (max_first_updates)" in (report.brake or "")
        assert report.counts["contact"].updated.total() == 0
