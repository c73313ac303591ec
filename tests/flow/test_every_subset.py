"""A batch of which every subset fails, in every way and under every status, loses nothing and doubles nobody."""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.world import World
from tests.flow.two_orgs import LABELS, TwoOrgs, contacts, edit, two_orgs
from tests.torture.lies import FATES, STATUSES, STORED, WRONG, mixed

pytestmark = pytest.mark.long

NINE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
SIZE = 3
WAYS = (
    *itertools.product(FATES, repeat=SIZE),
    *(fates for fates in itertools.product((WRONG, STORED, "unknown"), repeat=SIZE) if WRONG in fates),
)
PATHS = {"bigin": "/bigin/v2/Contacts", "crm": "/crm/v8/Contacts"}
LATER = 600
PART = 21
"""One way in so many is tried. Odd, so that none of the records always meets with the same."""
MIXED = 207
"""The status that is meant for batches of which some records fail."""
RUNS = 3
"""Runs, minutes apart: one fails in part, one finds out what was made, one makes the rest."""


class Mixing(httpx.BaseTransport):
    """A line on which the next batch that is written to one of the orgs fails in part."""

    def __init__(self, world: World, *, target: str, method: str, status: int) -> None:
        self._inner = mock_transport(world)
        self._call = (method, PATHS[target])
        self._status = status
        self.fates: Sequence[str] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call."""
        fates = self.fates
        if fates is None or (request.method, request.url.path) != self._call:
            return self._inner.handle_request(request)
        self.fates = None
        assert len(json.loads(request.read())["data"]) == SIZE
        return mixed(request, self._inner.handle_request, fates=fates, status=self._status)


def ways(status: int) -> list[object]:
    """Some of the ways to fail under each status, other ones under each; and all of them under the one that is meant
    for them.
    """
    part = WAYS[STATUSES.index(status) :: PART]
    cases: list[object] = [pytest.param(label, status, part, id=f"{label}, {status}") for label in PATHS]
    if status == MIXED:
        every = pytest.mark.torture
        cases += [pytest.param(label, status, WAYS, id=f"{label}, {status}, all", marks=every) for label in PATHS]
    return cases


def same_on_both_sides(orgs: TwoOrgs) -> bool:
    """Whether each org has each contact once, with the same title."""
    left, right = (
        sorted((row.values["Last_Name"], row.values.get("Title")) for row in contacts(org))
        for org in (orgs.world.bigin, orgs.world.crm)
    )
    return left == right


@pytest.mark.parametrize("method", ["POST", "PUT"], ids=["creates", "updates"])
@pytest.mark.parametrize(("target", "status", "some"), [case for status in STATUSES for case in ways(status)])
def test_every_subset_of_a_batch_may_fail(target: str, method: str, status: int, some: Sequence[Sequence[str]]) -> None:
    world = World.default(ShiftedClock(FixedClock(NINE)))
    line = Mixing(world, target=target, method=method, status=status)
    source = world.crm if target == "bigin" else world.bigin
    with two_orgs(world, clock=world.clock, transports=dict.fromkeys(LABELS, line)) as orgs:
        if method == "PUT":
            source.seed("Contacts", named("known"))
            settle(orgs)
        for number, fates in enumerate(some):
            ids = source.seed("Contacts", named(f"new {number}")) if method == "POST" else []
            for row in contacts(source) if method == "PUT" else ():
                edit(source, row.id, {"Title": f"Buyer {number}"})
            line.fates = fates
            settle(orgs)
            assert line.fates is None
            if WRONG in fates:
                for id in ids or [row.id for row in contacts(source)]:
                    edit(source, id, {"Title": f"Head of purchasing {number}"})
                settle(orgs)
            assert same_on_both_sides(orgs), fates
        assert not orgs.sync().writes


def named(word: str) -> list[dict[str, object]]:
    """As many contacts as go into the batch."""
    return [{"Last_Name": f"Weber {word} {number}"} for number in range(SIZE)]


def settle(orgs: TwoOrgs) -> None:
    """Some runs, minutes apart."""
    for _ in range(RUNS):
        orgs.sync()
        orgs.world.clock.advance(LATER)
