"""Commands of the program: how the emulated orgs are connected, and what a command answers."""

import sys
from dataclasses import dataclass

PROGRAM = [sys.executable, "-W", "error", "-c", "from bigin_sync.cli.start import main; main()"]
"""What begins the program in a process of its own, as the installed command does; a command's words come behind it."""

CLIENT = "1000.EMULATOR"
SECRET = "emulator-secret"
ACCESS = ["--client-id", CLIENT, "--client-secret", SECRET]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str


def connecting(label: str, *, url: str) -> list[str]:
    """The words that connect one of the emulated orgs behind a URL."""
    return ["connect", label, "--accounts-url", url, *ACCESS, "--refresh-token", f"1000.emulator.{label}"]
