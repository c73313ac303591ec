"""Pairs: the records of a module counted, in the same columns wherever modules are shown."""

from collections.abc import Iterable

from bigin_sync.admin.module_lines import KindLine, ModuleLine
from bigin_sync.cli.screen import Screen

COLUMNS = ("#Linked", "#Parted", "#Waiting", "#Held", "#Problems", "#Skipped")


def numbers(kind: KindLine) -> tuple[str, ...]:
    """The numbers of a kind, in the order of the columns."""
    told = (kind.linked, kind.parted, kind.waiting, kind.held, kind.problems, kind.skipped)
    return tuple(f"{number:,}" for number in told)


def explain_parted(screen: Screen, lines: Iterable[ModuleLine]) -> None:
    """Say what it means that pairs are parted, if any are."""
    if any(kind.parted for line in lines for kind in line.kinds):
        screen.remark("Parted: one of the two was deleted, the other one is kept; bigin-sync parted lists them.")
