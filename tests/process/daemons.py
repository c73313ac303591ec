"""A town in two emulated orgs behind a web door, and real daemons that keep it in sync."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import httpx

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.crowd import Crowd
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import Answer, World
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import Side
from bigin_sync.replay import demo_orgs
from bigin_sync.replay.browser import Browser
from bigin_sync.replay.cast import join
from bigin_sync.replay.demo_orgs import Stars
from bigin_sync.replay.worlds import Place, shown
from bigin_sync.settings import Settings
from bigin_sync.store import journal, links
from tests.commands import PROGRAM
from tests.process.set_up import switch_on

LABELS = ("bigin", "crm")
PATIENCE = 60.0
SETTLE_AFTER = 5.0
"""Seconds after which what a killed daemon may have sent is taken for never made: more than an org needs to make it."""


class Overheard:
    """What the web door answers from: a world, with somebody who hears when the first contact is made in it.

    late: seconds that the answer to the making of contacts is held back, while the contacts are there already.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.made = threading.Event()
        self.late = 0.0

    def answer(self, call: Call) -> Answer:
        """Answers one call."""
        answer = self._world.answer(call)
        if call.method == "POST" and call.path.endswith("/Contacts"):
            self.made.set()
            return replace(answer, delay=self.late)
        return answer

    def weigh(self, call: Call) -> tuple[Crowd, bool] | None:
        """Whose crowd a call joins."""
        return self._world.weigh(call)


@dataclass(frozen=True, slots=True)
class Scene:
    """Both orgs connected in a state folder."""

    world: World
    places: Mapping[str, Place]
    stars: Stars
    people: Browser
    door: Overheard
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that works on this state."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BIGIN_SYNC_")}
        return {
            **inherited,
            "BIGIN_SYNC_HOME": str(self.home),
            "BIGIN_SYNC_POLL_MIN": "1",
            "BIGIN_SYNC_POLL_MAX": "2",
            "BIGIN_SYNC_SETTLE_AFTER": f"{SETTLE_AFTER:g}",
        }

    def settings(self) -> Settings:
        """The settings of this state."""
        return Settings(home=self.home, database_url=f"sqlite:///{self.home / 'bigin-sync.db'}")

    def type(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end, in another process."""
        return subprocess.run(
            [*PROGRAM, *words], env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def standing(self) -> dict[str, Any]:
        """How everything stands: both orgs by content, how many pairs there are, and what is left open."""
        with Room.open(self.settings(), clock=SystemClock()) as room, room.db.read() as session:
            iid = room.integration()
            linked = {count.kind: count.linked for count in links.count(session, iid)}
            return {
                "links": linked,
                "open": len(journal.open_intents(session, iid)),
                **{
                    label: {kind: sorted(map(str, rows)) for kind, rows in shown(place).items()}
                    for label, place in self.places.items()
                },
            }


@contextmanager
def town(home: Path) -> Iterator[Scene]:
    """A town known half to each org, both connected, contacts switched on, nothing synced yet."""
    world = World.default(SystemClock())
    places = {
        label: Place(world.org(label), side, join(world.org(label))) for label, side in zip(LABELS, Side, strict=True)
    }
    for label in LABELS:
        world.allow_people(world.org(label))
    stars = demo_orgs.fill(places["bigin"], places["crm"], companies=15, people=210)
    overheard = Overheard(world)
    with (
        Serving(cast("World", overheard)) as door,
        httpx.Client(base_url=door.url) as client,
    ):
        scene = Scene(world, places, stars, Browser(client), overheard, home)
        switch_on(scene.settings(), door.url)
        yield scene


class Daemon:
    """A daemon in a process of its own, and what it has logged so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._more = threading.Condition()
        self._over = False
        threading.Thread(target=self._listen, daemon=True).start()

    def logged(self, event: str, *, behind: int = 0) -> int:
        """Wait for a line behind the first `behind` ones; returns how many lines there are up to it."""
        with self._more:
            found = self._more.wait_for(lambda: self._find(event, behind) or self._over, timeout=PATIENCE)
            assert found, f"the daemon does not say {event!r}: {self.lines}"
            number = self._find(event, behind)
            assert number, f"the daemon has ended without saying {event!r}: {self.lines}"
            return number

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def _find(self, event: str, behind: int) -> int:
        for number, line in enumerate(self.lines[behind:], start=behind + 1):
            if str(line["event"]).startswith(event):
                return number
        return 0

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._more:
                self.lines.append(json.loads(line))
                self._more.notify_all()
        with self._more:
            self._over = True
            self._more.notify_all()


@contextmanager
def daemon(scene: Scene) -> Iterator[Daemon]:
    """A daemon; whatever is left of it at the end is killed."""
    command = [*PROGRAM, "daemon"]
    with subprocess.Popen(command, env=scene.environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Daemon(process)
        finally:
            process.kill()
