"""Break every rule once, in a copy of the program, and see whether its scenario notices.

    python -m tests.mutations.main [PART OF A RULE'S NAME]

Ends with code 1 if a scenario went as told although its rule was broken, or the program merely broke down.
"""

import logging
import multiprocessing
import shutil
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from tests.mutations.a_break import CRASHES, Break
from tests.mutations.broken import BREAKS

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
LIBRARIES = ("alembic.command", "cryptography.fernet", "deepdiff", "httpx", "ruamel.yaml", "sqlmodel", "structlog")
"""What the program stands on is imported once for all; the program itself by every process anew, from its own copy."""

SIDE_BY_SIDE = 2
CRASHED = "crashed: "
LONGEST = 600.0
"""Seconds until a play that does not end is stopped; a broken program may run for ever."""


def broken_files(one: Break) -> dict[str, str]:
    """The files with the rule broken; raises `ValueError` if what is to be changed stands in one not exactly once."""
    files: dict[str, str] = {}
    for file, old, new in one.changes:
        text = files.get(file) or (ROOT / "bigin_sync" / file).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{one.rule}: what is to be changed stands {text.count(old)} times in {file}")
        files[file] = text.replace(old, new)
    return files


def noticed(one: Break) -> str | None:
    """What the scenario said of the broken program; None if it went as told. Raises `RuntimeError` if it crashed."""
    said = _said(broken_files(one), one.scenario)
    if said is None:
        raise RuntimeError(f"{one.rule}: the broken program can't even be started, which proves nothing")
    if said.startswith(CRASHED):
        raise RuntimeError(f"{one.rule}: the broken program breaks down, which proves nothing: {said}")
    return said or None


def goes_as_told(scenario: str) -> bool:
    """Whether a scenario goes as told in the program as it is."""
    return _said({}, scenario) == ""


def _said(files: Mapping[str, str], scenario: str) -> str | None:
    """What a scenario says of the program with these files in place of its own; None if it could not be started."""
    with tempfile.TemporaryDirectory(prefix="bigin-sync-broken-") as folder:
        shutil.copytree(ROOT / "bigin_sync", Path(folder) / "bigin_sync", ignore=shutil.ignore_patterns("__pycache__"))
        for file, text in files.items():
            (Path(folder) / "bigin_sync" / file).write_text(text, encoding="utf-8")
        here, there = multiprocessing.Pipe(duplex=False)
        path = str(FIXTURES / f"{scenario}.yaml")
        process = multiprocessing.get_context("forkserver").Process(target=_play, args=(folder, path, there))
        process.start()
        there.close()
        try:
            return str(here.recv()) if here.poll(LONGEST) else "it did not end"
        except EOFError:
            return None
        finally:
            process.kill()
            process.join()


def _play(folder: str, scenario: str, told: Connection) -> None:
    """In a process that has not imported the program yet: import the copy, play, and tell the first fault, if any."""
    sys.path.insert(0, folder)
    from bigin_sync.replay.play import play  # noqa: PLC0415 -- the copy, which is on the path only now
    from bigin_sync.replay.reading import read  # noqa: PLC0415 -- see above

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        faults = play(read(Path(scenario))).faults
    except Exception as error:  # noqa: BLE001 -- a broken program may end with anything: what it says for itself counts
        faults = [f"{CRASHED if isinstance(error, CRASHES) else ''}{type(error).__name__}: {error}"]
    told.send(faults[0] if faults else "")


def _judged(one: Break) -> tuple[bool, str]:
    """Whether a break was noticed, and what was said of it."""
    try:
        said = noticed(one)
    except RuntimeError as error:
        return False, str(error)
    return said is not None, said or "NOT NOTICED"


def main(part: str = "") -> int:
    """Break every rule whose name has this part. 0: every break was noticed."""
    multiprocessing.set_forkserver_preload([*LIBRARIES])
    console = Console()
    table = Table("rule", "scenario", "noticed", title="Each rule broken once")
    asked = [one for one in BREAKS if part in one.rule]
    missed = 0
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        told = sorted({one.scenario for one in asked})
        astray = [name for name, well in zip(told, pool.map(goes_as_told, told), strict=True) if not well]
        if astray:
            raise RuntimeError(f"go otherwise than told with no rule broken, which proves nothing: {', '.join(astray)}")
        for one, (well, said) in zip(asked, pool.map(_judged, asked), strict=True):
            missed += not well
            console.print(f"{one.rule}: {said}", markup=False, soft_wrap=True)
            table.add_row(one.rule, one.scenario, "yes" if well else "[red]no[/]")
    console.print(table)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
