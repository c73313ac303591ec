"""Folders in which a program can be measured: that of a commit, and the one of this tree, both with this benchmark."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.rig import ROOT

_PROGRAM, _TESTS = "bigin_sync", "tests"


class NoSuchProgram(Exception):
    """There is nothing to compare with; the text says why, and what can be done."""


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """A folder with the program of a commit; gone at the end."""
    name = _resolved(commit)
    with _tree() as folder:
        packed = folder / "program.zip"
        made = _git("archive", "--format=zip", f"--output={packed}", name, _PROGRAM)
        if made.returncode:
            raise NoSuchProgram(f"The program of {commit!r} can't be taken out of git: {made.stderr.strip()}")
        shutil.unpack_archive(packed, folder)
        yield folder


@contextmanager
def tree_of_now() -> Iterator[Path]:
    """A folder with the program as it stands here, committed or not, copied so that both lie alike; gone at the end."""
    with _tree() as folder:
        shutil.copytree(ROOT / _PROGRAM, folder / _PROGRAM, ignore=shutil.ignore_patterns("__pycache__"))
        yield folder


@contextmanager
def _tree() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bigin-sync-bench-") as folder:
        (Path(folder) / _TESTS).symlink_to(ROOT / _TESTS)
        yield Path(folder)


def _resolved(commit: str) -> str:
    """The whole id of a commit."""
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.strip()
    if found.stderr:
        raise NoSuchProgram(f"git can't look for the commit {commit!r}: {found.stderr.strip()}")
    raise NoSuchProgram(
        f"git knows no commit {commit!r} here. `git log --oneline` shows those there are; "
        "a shallow clone gets its older ones with `git fetch --unshallow`."
    )


def _git(*words: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoSuchProgram("An older program is taken out of git, and git is not installed.") from None
