"""The state folder: made, and kept, for its owner's eyes only. It holds names of people, and the key to both orgs."""

import stat
from pathlib import Path

import structlog

from bigin_sync.errors import UnknownSetting

log = structlog.get_logger(__name__)

OTHERS = 0o077
"""What the group and everybody else may do."""
LAST_RUN = "last-run.json"
"""The note of the last run that was made from this folder."""

OURS = ("bigin-sync.db*", "secret.key*", "last-run*", "crash-*")
"""The files in it that hold anything."""


def kept_private(home: Path) -> Path:
    """The folder, made if need be, open to nobody but its owner; what was open wider is closed, with a word in the log.

    Raises `UnknownSetting` where it can't be made, or where it is open to others and can't be closed to them.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnknownSetting(
            f"The state folder {home} can't be made: {error.strerror}.",
            why="It holds what is known of both orgs, so nothing can be done without it.",
            hint="Set BIGIN_SYNC_HOME to a folder you may write to.",
        ) from error
    _close(home)
    return home


def _close(home: Path) -> None:
    mode = home.stat().st_mode
    if mode & OTHERS and (mode & stat.S_ISVTX or home in (Path.home(), Path(home.anchor))):
        raise _shared(home, "it serves more than this program")
    for path in (home, *(path for pattern in OURS for path in home.glob(pattern))):
        _close_one(path)


def _close_one(path: Path) -> None:
    """Links lead elsewhere, and are left alone. A file may be gone by now: some of a database's come and go."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or not mode & OTHERS:
            return
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _shared(path, error.strerror or "it is not yours") from error
    log.warning("was open to others on this machine, and is closed to them now", path=str(path))


def _shared(path: Path, why: str) -> UnknownSetting:
    return UnknownSetting(
        f"{path} is open to others on this machine, and can't be closed to them: {why}.",
        why="The state folder holds what is known of both orgs, and the key to them.",
        hint="Set BIGIN_SYNC_HOME to a folder of its own that belongs to you.",
    )
