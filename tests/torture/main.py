"""The whole campaign, for as long as it is given, with its table at the end.

    python -m tests.torture.main [--minutes N] [--seed SEED] [--only PART OF A STORY'S NAME]
    python -m tests.torture.main --share [--seed SEED]
    python -m tests.torture.main --kills N [--seed SEED]
    python -m tests.torture.main --every [--seed SEED]

Every story of `fixtures/` and one with all kinds, also with the sides exchanged but for those of `one_way.py`, is
killed at its steps and lied to at its writes; and real processes are killed at any moment while people work. What is
drawn follows from the seed, which is printed. share: a few of each, as the tests do. only: one story, at every step
that tells and with every lie. kills: so many real processes, and nothing else. every: all stories at every step that
tells, for some hours. Ends with code 1 if anything was found.
"""

import argparse
import itertools
import logging
import multiprocessing
import sys
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import structlog
from rich.console import Console

from bigin_sync.clock import SystemClock
from bigin_sync.replay.reading import read, scenario_files
from bigin_sync.replay.scenario import Scenario
from tests import chance
from tests.haste import spare_the_disk, spare_the_migrations
from tests.torture.crowd import crowd
from tests.torture.kills import kill_in
from tests.torture.lies import lie_in
from tests.torture.one_way import ONE_WAY
from tests.torture.stories import ROOT, flipped, keyed, rests
from tests.torture.table import Tally

WORKERS = 2
IN_PROCESSES = 0.25
"""The part of the time in which real processes are killed."""

ALL_KINDS = Path(__file__).parent / "all-kinds.yaml"
FLIPPED, LIES, KINDS, KEYED = 0.3, 0.4, 0.2, 0.3
"""How often a story is told with its sides exchanged; lied to, and not killed; is the one with all kinds; and is told
of orgs with sync keys."""

STOPS = 8
"""Stops, or lies, in each run of a story that is drawn."""


def main(arguments: list[str]) -> int:
    """Run the campaign. 0: nothing was found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    spare_the_disk()
    spare_the_migrations()
    told = _read(arguments)
    seed = told.seed or chance.seed()
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(f"The seed is {seed}: --seed {seed}, or {chance.VARIABLE}={seed}, draws the same again.")
    if told.only:
        tally = _only(told.only, seed)
    elif told.share:
        tally = _share(seed)
    elif told.kills:
        tally = Tally()
        crowd(Random(seed), kills=told.kills, seconds=None, tally=tally)
    elif told.every:
        tally = _shared_out(seed, _every_step)
    else:
        lasting = told.minutes * 60
        tally = _shared_out(seed, partial(_drawn, seconds=lasting * (1 - IN_PROCESSES)))
        crowd(Random(seed), kills=None, seconds=lasting * IN_PROCESSES, tally=tally)
    tally.show(console, title=f"Torture, seed {seed}")
    return int(bool(tally.findings))


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.main")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--share", action="store_true")
    parts.add_argument("--only", metavar="NAME")
    parts.add_argument("--kills", type=int, metavar="N")
    parts.add_argument("--every", action="store_true")
    told = parser.parse_args(arguments)
    if told.only and not _named(told.only):
        parser.error(f"no story has {told.only!r} in its name. Nothing was tried; their names are those of fixtures/.")
    return told


def _named(part: str) -> list[Path]:
    return [path for path in _stories() if part in path.stem]


def _only(part: str, seed: str) -> Tally:
    tally = Tally()
    for path in _named(part):
        told = _both_ways(path, tally)
        for name, story in [*told, *((f"{name}, with keys", keyed(one)) for name, one in told)]:
            kill_in(story, name=name, luck=Random(seed), stops=None, tally=tally)
            if rests(story):
                lie_in(story, name=name, luck=Random(seed), lies=None, tally=tally)
    return tally


def _share(seed: str) -> Tally:
    """One story killed, one lied to, and a few real processes killed."""
    luck, tally = Random(seed), Tally()
    drawn = luck.sample(_stories(), len(_stories()))
    path, other = drawn[0], next(one for one in drawn[1:] if rests(read(one)))
    name, story = _told_somehow(path, luck, tally)
    kill_in(story, name=name, luck=luck, stops=3, tally=tally, runs=1)
    name, story = _told_somehow(other, luck, tally)
    lie_in(story, name=name, luck=luck, lies=2, tally=tally, runs=1)
    crowd(luck, kills=2, seconds=None, tally=tally)
    return tally


Work = Callable[[str, list[Path], Tally], None]
"""What a worker does with its seed and its part of the stories, and where it writes down what came of it."""


def _shared_out(seed: str, work: Work) -> Tally:
    """The stories in some order, shared out among as many workers as there are."""
    tally = Tally()
    spawning = multiprocessing.get_context("fork")
    ears = []
    for number in range(WORKERS):
        here, there = spawning.Pipe(duplex=False)
        deck = Random(seed).sample(_stories(), len(_stories()))[number::WORKERS]
        spawning.Process(target=_told, args=(work, f"{seed} {number}", deck, there)).start()
        there.close()
        ears.append(here)
    for ear in ears:
        try:
            tally.add(ear.recv())
        except EOFError:
            tally.failed("a worker", ["died"])
    return tally


def _told(work: Work, seed: str, deck: list[Path], there: Connection) -> None:
    """What a worker found, even if something that nobody thought of puts an end to it."""
    tally = Tally()
    try:
        work(seed, deck, tally)
    except Exception:  # noqa: BLE001 -- it is a finding
        tally.failed("a worker", [traceback.format_exc()])
    there.send(tally)


def _every_step(seed: str, deck: list[Path], tally: Tally) -> None:
    """Every story, both ways, stopped at every step that tells."""
    for path in deck:
        for name, story in _both_ways(path, tally):
            kill_in(story, name=name, luck=Random(seed), stops=None, tally=tally)


def _drawn(seed: str, deck: list[Path], tally: Tally, *, seconds: float) -> None:
    """One story after the other, and what is done to it as it is drawn, until the time is over."""
    luck, clock = Random(seed), SystemClock()
    until = clock.elapsed() + seconds
    for number, next_one in enumerate(itertools.cycle(deck)):
        if clock.elapsed() >= until:
            break
        path = ALL_KINDS if luck.random() < KINDS else next_one
        how = lie_in if luck.random() < LIES else kill_in
        said, story = _told_somehow(path, luck, tally)
        name, chance = f"{said} ({seed} {number})", Random(f"{seed} {number}")
        if how is lie_in and rests(story):
            lie_in(story, name=name, luck=chance, lies=STOPS, tally=tally)
        else:
            kill_in(story, name=name, luck=chance, stops=STOPS, tally=tally)


def _told_somehow(path: Path, luck: Random, tally: Tally) -> tuple[str, Scenario]:
    """A story, and what it is called: as it is drawn, with its sides exchanged, and of orgs with sync keys."""
    turned, keys = luck.random() < FLIPPED and path.stem not in ONE_WAY, luck.random() < KEYED
    tally.told += 1
    tally.flipped += turned
    story = flipped(path) if turned else read(path)
    return f"{path.stem}{', flipped' * turned}{', with keys' * keys}", keyed(story) if keys else story


def _stories() -> list[Path]:
    return [*scenario_files([ROOT / "fixtures"]), ALL_KINDS]


def _both_ways(path: Path, tally: Tally) -> list[tuple[str, Scenario]]:
    """The story, and what it is called; the same for the one with its sides exchanged, if it can be told that way."""
    turned = [] if path.stem in ONE_WAY else [(f"{path.stem}, flipped", flipped(path))]
    tally.told += 1 + len(turned)
    tally.flipped += len(turned)
    return [(path.stem, read(path)), *turned]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
