"""Clocks: whether those of both orgs and this machine's agree well enough to tell which of two edits is later. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from bigin_sync.errors import BrakePulled
from bigin_sync.sync.brakes import clocks_off


def must_agree(ahead: Mapping[str, timedelta], *, within: timedelta) -> None:
    """Raise `BrakePulled` if the clocks differ by more than that. ahead: product -> how far it is ahead of ours."""
    if reasons := clocks_off(ahead, within):
        raise BrakePulled(
            f"Nothing is written while the clocks differ: {'; '.join(reasons)}.",
            why="Which of two edits is the later one, and how long ago something was sent, is told by the clocks.",
            hint=f"Set the clock of this machine, or allow more: BIGIN_SYNC_CLOCK_TOLERANCE={_allowing(ahead)}",
        )


def _allowing(ahead: Mapping[str, timedelta]) -> int:
    """The next whole minute, in seconds, above every difference."""
    most = max(abs(each).total_seconds() for each in ahead.values())
    return (int(most) // 60 + 1) * 60
