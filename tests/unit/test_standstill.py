"""A server that a test has started keeps its time while another test stops the clocks."""

import asyncio

from bigin_sync.clock import SystemClock
from tests.standstill import standstill


def test_the_clocks_stand_still_and_event_loops_go_on() -> None:
    loop = asyncio.new_event_loop()
    try:
        before = loop.time()
        with standstill("1999-12-31 23:59:59"):
            assert SystemClock().now().year == 1999
            assert SystemClock().now() == SystemClock().now()
            during = loop.time()
        assert before <= during <= loop.time() < before + 3600
    finally:
        loop.close()
