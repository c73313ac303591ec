"""One measured process: `python -m tests.bench.measured connect|sync --home FOLDER --url URL --out FILE`.

Every measurement has a process of its own, so that its highest memory is its own too.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil

import bigin_sync
from bigin_sync.admin import connect, modules
from bigin_sync.cli.logs import quiet_logs
from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.redact import Redactor
from bigin_sync.settings import Settings
from bigin_sync.zoho.client import ZohoSide, open_side
from tests.bench.arithmetic import AT_ONCE, PRODUCTS
from tests.bench.memory import peak_mb
from tests.bench.profiled import profiled

MODULE = "contacts"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took. peak_mb: the most memory it ever held. calls, credits: product -> as our clients counted.

    counts: kind -> what became of its records.
    """

    seconds: float
    cpu: float
    peak_mb: float
    calls: dict[str, int]
    credits: dict[str, int]
    counts: dict[str, dict[str, int]]


def main() -> None:
    """Do one thing and write down what it took."""
    measured = Path(bigin_sync.__file__).parents[1]
    assert measured == Path.cwd(), f"the program of {measured} would be measured instead of that of {Path.cwd()}"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["connect", "add", "sync"])
    for name in ("--home", "--out", "--profile"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--url")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    chosen = parser.parse_args()
    # Between two runs the emulator's clock is pushed ahead of the machine's.
    settings = Settings(home=chosen.home, read_timeout=300, clock_tolerance=3_600, calls_at_once=chosen.at_once)
    quiet_logs(settings, Redactor())
    with Room.open(settings, clock=SystemClock()) as room:
        if chosen.what == "connect":
            set_up(room, chosen.url)
            return
        if chosen.what == "add":
            add(room)
            return
        with profiled(chosen.profile):
            found = measure(lambda: sync(room))
    chosen.out.write_text(json.dumps(asdict(found)))


def set_up(room: Room, url: str) -> None:
    """Connect both orgs and switch the module on."""
    for product in PRODUCTS:
        connect.connect(
            room,
            product,
            client_id="1000.EMULATOR",
            client_secret="emulator-secret",
            refresh_token=f"1000.emulator.{product}",
            accounts_url=url,
        )
    modules.configure(room, MODULE)
    modules.activate(room, MODULE)


def add(room: Room) -> None:
    """Switch the other modules on too."""
    for name in (spec.name for spec in room.pairing.modules if spec.name != MODULE):
        modules.configure(room, name)
        modules.activate(room, name)


Counted = tuple[dict[str, int], dict[str, int], dict[str, dict[str, int]]]
"""Calls and credits by product, and counts by kind."""


def sync(room: Room) -> Counted:
    """One run."""
    with _clients_seen() as seen:
        report = work(room, room.integration(), why="benchmark")
    counters = {client.label: client.counters for client in seen}
    return (
        {label: each.calls for label, each in counters.items()},
        {label: each.credits for label, each in counters.items()},
        {kind: counts.to_json() for kind, counts in report.counts.items()},
    )


def measure(do: Callable[[], Counted]) -> Measured:
    """Do it, and see what it took."""
    process = psutil.Process()
    before, began = process.cpu_times(), time.perf_counter()
    calls, credits, counts = do()
    seconds, after = time.perf_counter() - began, process.cpu_times()
    return Measured(
        seconds=seconds,
        cpu=after.user + after.system - before.user - before.system,
        peak_mb=peak_mb(),
        calls=calls,
        credits=credits,
        counts=counts,
    )


@contextmanager
def _clients_seen() -> Iterator[list[ZohoSide]]:
    """The clients a run opens, which it does not hand out itself."""
    seen: list[ZohoSide] = []

    def remembered(*args: Any, **kwargs: Any) -> ZohoSide:  # noqa: ANN401 -- passed on as they are
        seen.append(open_side(*args, **kwargs))
        return seen[-1]

    with patch("bigin_sync.jobs.clients.open_side", remembered):
        yield seen


if __name__ == "__main__":
    main()
