"""Running scenarios from their files, as a person asks for it."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from bigin_sync.replay.play import play
from bigin_sync.replay.reading import read, scenario_files
from bigin_sync.replay.report import tell_all, tell_fully, tell_one
from bigin_sync.replay.rewrite import rewrite as write_down


def run_paths(paths: Iterable[Path], *, rewrite: bool, console: Console) -> int:
    """Play the scenarios of these files and folders; 0: all went as told, 1: some did not.

    rewrite: what happened is written into the files as what is expected. Raises `UnreadableFile` before the first
    is played when a file cannot be understood.
    """
    scenarios = [read(path) for path in scenario_files(paths)]
    played = []
    for scenario in scenarios:
        one = play(scenario)
        played.append(one)
        if len(scenarios) == 1:
            tell_fully(console, one)
        else:
            tell_one(console, one)
        if rewrite and write_down(one):
            console.print(f"  [yellow]rewritten:[/] {scenario.path}")
    tell_all(console, played)
    return 0 if all(one.fine for one in played) else 1
