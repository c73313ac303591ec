"""Commands of the program: how the emulated orgs are connected, and what a command answers."""

from dataclasses import dataclass

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
