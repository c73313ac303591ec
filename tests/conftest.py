"""What holds for every test: its own state folder, an empty environment, no way out of this machine."""

import ipaddress
import logging
import os
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests import databases
from tests.chance import A_SHARE, VARIABLE, seed
from tests.haste import spare_the_disk, spare_the_migrations

# A slow machine is no broken promise, and a failure must come back when the test is run again.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile(
    "machine", deadline=None, max_examples=A_SHARE * int(os.environ.get("EXAMPLES", "80")), print_blob=True
)
# A program that was broken on purpose: what is found in it need not be made small.
hypothesis.settings.register_profile(
    "broken", deadline=None, derandomize=True, phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate)
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


_TOLD = "told"

spare_the_disk()
spare_the_migrations()


def pytest_report_header() -> str:
    """What is drawn in this run; the processes that run tests side by side inherit it."""
    return f"what is drawn anew each time: {VARIABLE}={seed()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests had to tell, whether they passed or not, and whichever process they were tried in."""
    reports = [each for kept in terminalreporter.stats.values() for each in kept if isinstance(each, pytest.TestReport)]
    said = [text for each in reports if each.when == "call" for name, text in each.user_properties if name == _TOLD]
    if said:
        terminalreporter.section("what was drawn, and what came of it")
    for text in said:
        terminalreporter.write_line(str(text))


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says something at the end of the run of all tests, beside whether this one passed."""
    return partial(record_property, _TOLD)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own set-up is seen or touched, and no window is narrower than another."""
    for name in list(os.environ):
        if name.startswith("BIGIN_SYNC_") or name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BIGIN_SYNC_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _few_logs() -> None:
    """Nobody reads what a thousand syncs have called; a command that was tried in this process had logs of its own."""
    structlog.reset_defaults()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL database that the tests of a process share; whoever needs it empty empties it."""
    if databases.SERVER is None:
        pytest.skip(f"{databases.VARIABLE} names no PostgreSQL server")
    with databases.made() as url:
        yield url


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    """A test that would reach a real Zoho org, or anything else outside, fails."""
    connect = socket.socket.connect

    def only_to_this_machine(sock: socket.socket, address: tuple[str, int] | str) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise AssertionError(f"A test tried to connect to {host}.")
        connect(sock, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_to_this_machine)
        yield
