"""Calls at once: never more than the side allows, whichever way they are asked for, and never a standstill."""

import threading

import httpx
import pytest

from bigin_sync.errors import Interrupted
from bigin_sync.zoho.side import Cursor
from tests.unit.zoho.stage import Stage, answer
from tests.unit.zoho.test_reading import ListOrg, can


class Turnstile:
    """Counts how many calls are inside at once; lets nobody out before `together` have met, once."""

    def __init__(self, together: int) -> None:
        self._lock = threading.Lock()
        self._met = threading.Barrier(together)
        self.inside = 0
        self.most = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        if not self._met.broken:
            try:
                self._met.wait(timeout=10)
            except threading.BrokenBarrierError:
                pass
            else:
                self._met.abort()
        with self._lock:
            self.inside -= 1
        return answer(200, {"users": [{"id": "1", "status": "active"}]})


def test_as_many_calls_as_allowed_run_at_once_and_no_more() -> None:
    turnstile = Turnstile(together=3)
    stage = Stage("crm", turnstile, capabilities=can(concurrency=3))
    threads = [threading.Thread(target=stage.side.me) for _ in range(4)]
    for thread in threads:
        thread.start()
    futures = [stage.side.submit(stage.side.me) for _ in range(12)]
    assert {future.result(timeout=30).id for future in futures} == {"1"}
    for thread in threads:
        thread.join(timeout=30)
    assert turnstile.most == 3


def test_readings_and_submitted_calls_share_a_pool_of_one_without_standing_still() -> None:
    org = ListOrg(1_000)
    stage = Stage("bigin", org, capabilities=can(concurrency=1, coql=False))
    first = stage.side.read("Contacts", fields=(), cursor=Cursor())
    second = stage.side.read("Accounts", fields=(), cursor=Cursor())
    seen = 0
    for one, other in zip(first, second, strict=True):
        fetched = stage.side.submit(stage.side.fetch, "Contacts", [], fields=())
        assert fetched.result(timeout=30).rows == []
        seen += len(one.rows) + len(other.rows)
    assert seen >= 2_000


def test_a_closed_side_begins_no_call() -> None:
    stage = Stage("crm", [answer(204)])
    stage.side.close()
    with pytest.raises(Interrupted):
        stage.side.me()
    assert stage.requests == []
