"""Holder: who has a lease, told so well that another process of the same machine can see whether it still lives.

Process numbers are given out again, and mean other processes on other machines, in other containers and after a restart
of the machine. So a holder names the boot of its machine, its space of process numbers, its number and the moment it
started, as Linux tells them in /proc. Where there is no /proc nothing of this is known, and the lease has to expire.
"""

import os
import platform
import threading
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_STARTED = 19
_ENDED = frozenset("ZXx")


@dataclass(frozen=True, slots=True)
class Holder:
    """One thread of one process of one machine. `space` and `started` are empty where they cannot be told."""

    host: str
    space: str
    pid: int
    started: str
    thread: int

    @classmethod
    def me(cls) -> "Holder":
        """The thread that asks."""
        told = _told(os.getpid())
        return cls(platform.node(), _space(), os.getpid(), told[1] if told else "", threading.get_ident())

    @classmethod
    def from_text(cls, text: str) -> "Holder | None":
        """The holder that `str` wrote; None for what another version, or something else, has written."""
        host, *rest = text.rsplit("|", 4)
        if len(rest) != 4 or not rest[1].isdecimal() or not rest[3].isdecimal():
            return None
        return cls(host, rest[0], int(rest[1]), rest[2], int(rest[3]))

    def __str__(self) -> str:
        return f"{self.host}|{self.space}|{self.pid}|{self.started}|{self.thread}"

    @property
    def died(self) -> bool:
        """Whether it was a process that can be seen from here, and is gone. A suspended process lives."""
        if not self.space or not self.started or self.space != _space():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            pass
        told = _told(self.pid)
        if told is None:
            return False  # it exists, but another user's processes may be hidden
        return told[1] != self.started or (told[0] in _ENDED and _last_thread(self.pid))


def _space() -> str:
    """The boot of this machine and the space that process numbers are counted in; empty where it cannot be told."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{(PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _told(pid: int) -> tuple[str, str] | None:
    """State and start (in ticks since the boot) of a process; None if they are not told (proc(5), /proc/pid/stat)."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name in brackets may hold anything, brackets and blanks too.
    state, *rest = text.rpartition(")")[2].split()
    return state, rest[_STARTED - 1]


def _last_thread(pid: int) -> bool:
    """Whether nothing but the dead main thread is left: another thread may still be at a write."""
    try:
        return len(list((PROC / str(pid) / "task").iterdir())) <= 1
    except OSError:
        return True
