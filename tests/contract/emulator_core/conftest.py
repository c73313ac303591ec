"""A world that stands still at a known moment, and people who talk to it."""

from datetime import UTC, datetime

import httpx
import pytest

from bigin_sync.emulator.clocks import FixedClock, ShiftedClock
from bigin_sync.emulator.world import World
from tests.contract.emulated import caller

START = datetime(2026, 3, 4, 8, 0, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.default(ShiftedClock(FixedClock(START)))


@pytest.fixture
def crm(world: World) -> httpx.Client:
    client = caller(world, "crm")
    client.base_url = httpx.URL("https://emulator.example/crm/v8/")
    return client


@pytest.fixture
def bigin(world: World) -> httpx.Client:
    client = caller(world, "bigin")
    client.base_url = httpx.URL("https://emulator.example/bigin/v2/")
    return client
