"""A server that a test has started keeps its time while another test stops the clocks."""

import asyncio
from threading import Event, Thread

from bigin_sync.clock import SystemClock
from tests.standstill import standstill


def test_the_clocks_stand_still_and_event_loops_go_on() -> None:
    loop, over, seen = asyncio.new_event_loop(), Event(), list[float]()

    def look() -> None:
        while not over.is_set():
            seen.append(loop.time())

    watcher = Thread(target=look)
    watcher.start()
    try:
        with standstill("1999-12-31 23:59:59"):
            assert SystemClock().now().year == 1999
            assert SystemClock().now() == SystemClock().now()
            before = loop.time()
            over.wait(0.001)
            assert before < loop.time()
    finally:
        over.set()
        watcher.join()
        loop.close()
    assert seen == sorted(seen), "time goes on, also as the clocks stop and as they go on"
    assert seen[-1] - seen[0] < 3600
