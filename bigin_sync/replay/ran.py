"""What a run of the sync came to, in the words of scenarios, and what of it is not as told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bigin_sync.replay.expected import CALM, Run
from bigin_sync.replay.stage import Stage
from bigin_sync.replay.words import PLURALS, Tally


@dataclass(frozen=True, slots=True)
class Ran:
    """What a sync or plan did: kind -> what how often, how many calls wrote, and the sentence it stopped with."""

    tallies: Mapping[str, Tally]
    calls: int
    stopped: str | None = None

    def __str__(self) -> str:
        told = [f"{PLURALS[kind]}: {tally}" for kind, tally in self.tallies.items() if tally.counts]
        told += [f"stopped: {self.stopped}"] if self.stopped else []
        return "; ".join(told) or CALM


def ran(stage: Stage, run: Callable[[Stage], tuple[dict[str, Tally], str | None]]) -> Ran:
    """Let the sync do something, and see what it came to and how many calls wrote."""
    before = len(stage.written())
    tallies, stopped = run(stage)
    return Ran(tallies, len(stage.written()) - before, stopped)


def misrun(expected: Run, found: Ran, *, dry: bool) -> list[str]:
    """What a run did otherwise than expected; a dry one must not write at all."""
    faults = []
    if dry and found.calls:
        faults.append(f"a plan must not write, but {found.calls} calls did")
    if expected.stopped is not None or found.stopped is not None:
        wanted, why = expected.stopped, found.stopped or "it ran to its end"
        if wanted is None or wanted.casefold() not in why.casefold():
            faults.append(f"it was expected to {'run to its end' if wanted is None else f'stop ({wanted})'}: {why}")
    if expected.calm:
        if found.calls or any(tally.moves for tally in found.tallies.values()):
            faults.append(f"nothing was expected to happen, but {found.calls} calls wrote: {found}")
        return faults
    for kind in {**expected.tallies, **found.tallies}:
        wanted_tally, found_tally = expected.tallies.get(kind, Tally()), found.tallies.get(kind, Tally())
        if wanted_tally != found_tally:
            told = f"{PLURALS[kind]} were expected to come to {wanted_tally or 'nothing'}"
            faults.append(f"{told}, and came to {found_tally or 'nothing'}")
    return faults
