"""Branches: from one moment of a story many ways are gone, each in a process of its own.

A fork is the whole moment over again: both orgs, the clock and all that goes wrong in them. The state folder is copied
beside it. It is taken where no other thread is alive, so that the fork is as good as the process it came from.
"""

import gc
import os
import pickle
import select
import shutil
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.listener import Listener
from bigin_sync.jobs.room import Room
from bigin_sync.replay.stage import Stage
from bigin_sync.replay.words import LABELS
from bigin_sync.settings import Settings
from tests.torture.power import Line, Power

T = TypeVar("T")

LONGEST = 180
"""Seconds after which a branch that has not ended is given up; those in which everything is suspended don't count."""


@dataclass(frozen=True, slots=True)
class Grown(Generic[T]):
    """What came of a branch: its result, or how it failed."""

    result: T | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage of one's own, its power and its lines."""

    stage: Stage
    power: Power
    lines: dict[str, Line]


def branch(stage: Stage, act: Callable[[Scene], T]) -> Grown[T]:
    """Do something from here on in another process, and leave everything here as it is."""
    gc.freeze()  # what is looked at by nobody is shared with the child and not copied
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            grown = pickle.dumps(_grow(stage, act))
            with os.fdopen(writing, "wb") as out:
                out.write(grown)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = _heard(pipe.fileno())
    if told is None:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if not told:
        return Grown(None, "it did not end" if told is None else "its process died")
    came: Grown[T] = pickle.loads(told)  # noqa: S301 -- from our own child
    return came


def _heard(fileno: int) -> bytes | None:
    """All that a child has to say; None if it does not come to an end."""
    told, waited = b"", 0
    while waited < LONGEST:
        if not select.select([fileno], [], [], 1.0)[0]:
            waited += 1
        elif more := os.read(fileno, 1 << 16):
            told += more
        else:
            return told
    return None


def _grow(stage: Stage, act: Callable[[Scene], T]) -> Grown[T]:
    try:
        with _copied(stage) as scene:
            return Grown(act(scene))
    except BaseException:  # noqa: BLE001 -- told to the parent, whatever it is
        return Grown(None, traceback.format_exc())


@contextmanager
def _copied(stage: Stage) -> Iterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="bigin-sync-branch-") as name:
        folder = Path(name) / "state"
        shutil.copytree(stage.room.settings.home, folder)
        power = Power()
        lines = {label: Line(power, mock_transport(stage.world)) for label in LABELS}
        with opened(stage, folder, lines) as own:
            yield Scene(own, power, lines)


@contextmanager
def opened(stage: Stage, folder: Path, lines: dict[str, Line]) -> Iterator[Stage]:
    """The stage with a room of its own. What was sent is done at once here: nobody need wait whether it comes."""
    wires = {label: Listener(line, wanted=stage.wires[label].wanted) for label, line in lines.items()}
    settings = Settings(home=folder, database_url=f"sqlite:///{folder / 'state.db'}", settle_after=0)
    with Room.open(settings, clock=stage.clock, transports=wires) as room:
        yield replace(stage, room=room, wires=wires)
