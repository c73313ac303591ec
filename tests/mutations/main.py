"""Break every rule once, in a copy of the program, and see whether its scenario notices.

    python -m tests.mutations.main [PART OF A RULE'S NAME]

Ends with code 1 if a scenario went as told although its rule was broken.
"""

import logging
import multiprocessing
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from tests.mutations.a_break import Break
from tests.mutations.broken import BREAKS

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
LIBRARIES = ("alembic.command", "cryptography.fernet", "deepdiff", "httpx", "ruamel.yaml", "sqlmodel", "structlog")
"""What the program stands on is imported once for all; the program itself by every process anew, from its own copy."""

SIDE_BY_SIDE = 2
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
    """What the scenario said of the broken program; None if it went as told."""
    with tempfile.TemporaryDirectory(prefix="bigin-sync-broken-") as folder:
        shutil.copytree(ROOT / "bigin_sync", Path(folder) / "bigin_sync", ignore=shutil.ignore_patterns("__pycache__"))
        for file, text in broken_files(one).items():
            (Path(folder) / "bigin_sync" / file).write_text(text, encoding="utf-8")
        here, there = multiprocessing.Pipe(duplex=False)
        scenario = str(FIXTURES / f"{one.scenario}.yaml")
        process = multiprocessing.get_context("forkserver").Process(target=_play, args=(folder, scenario, there))
        process.start()
        there.close()
        try:
            return str(here.recv()) or None if here.poll(LONGEST) else "it did not end"
        except EOFError as error:
            raise RuntimeError(f"{one.rule}: the broken program can't even be started, which proves nothing") from error
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
    except Exception as error:  # noqa: BLE001 -- whatever a broken program does, it does not go as told
        faults = [f"{type(error).__name__}: {error}"]
    told.send(faults[0] if faults else "")


def main(part: str = "") -> int:
    """Break every rule whose name has this part. 0: every break was noticed."""
    multiprocessing.set_forkserver_preload([*LIBRARIES])
    console = Console()
    table = Table("rule", "scenario", "noticed", title="Each rule broken once")
    asked = [one for one in BREAKS if part in one.rule]
    missed = 0
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for one, said in zip(asked, pool.map(noticed, asked), strict=True):
            missed += said is None
            console.print(f"{one.rule}: {'NOT NOTICED' if said is None else said}", markup=False, soft_wrap=True)
            table.add_row(one.rule, one.scenario, "[red]no[/]" if said is None else "yes")
    console.print(table)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
