"""Match: which unlinked records are the same thing. Pure.

Rules are tried from the surest to the vaguest. A record whose key under one rule meets exactly one record of the other
side, which in turn meets no other, is that record. Where a key meets several, nothing is guessed: all of them
are held for a person. What a surer rule has settled, a vaguer one does not touch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Group: TypeAlias = tuple[Sequence[int], Sequence[int]]
"""The inbox entries of the left and of the right that share one match key."""

SHOWN = 10
"""Candidates kept for a person to choose from; a key shared by hundreds would drown the choice."""


@dataclass(slots=True)
class Matches:
    """What matching came to, by inbox entry.

    pairs: left entry -> (right entry, the rule's name). held: entry -> the entries it might be the same as.
    """

    pairs: dict[int, tuple[int, str]] = field(default_factory=dict)
    held: dict[int, tuple[int, ...]] = field(default_factory=dict)
    paired_right: dict[int, int] = field(default_factory=dict)

    def settled(self, entry: int) -> bool:
        """Whether an entry already has its answer."""
        return entry in self.pairs or entry in self.paired_right or entry in self.held


def match(groups: Iterable[Group], *, rule: str, matches: Matches) -> None:
    """Take in the groups of one rule; what earlier rules settled stays as it is."""
    # Tuples, not sets: nearly all have one member, and there may be as many as there are records.
    left: dict[int, tuple[int, ...]] = {}
    right: dict[int, tuple[int, ...]] = {}
    for lefts, rights in groups:
        open_lefts = [entry for entry in lefts if not matches.settled(entry)]
        open_rights = [entry for entry in rights if not matches.settled(entry)]
        if not open_lefts or not open_rights:
            continue
        for entry in open_lefts:
            left[entry] = _joined(left.get(entry, ()), open_rights[:SHOWN])
        for entry in open_rights:
            right[entry] = _joined(right.get(entry, ()), open_lefts[:SHOWN])
    _settle(left, right, rule=rule, matches=matches)


def _joined(known: tuple[int, ...], more: Sequence[int]) -> tuple[int, ...]:
    return (*known, *(entry for entry in more if entry not in known))


def _settle(
    left: Mapping[int, tuple[int, ...]], right: Mapping[int, tuple[int, ...]], *, rule: str, matches: Matches
) -> None:
    for entry, candidates in left.items():
        if len(candidates) == 1:
            (other,) = candidates
            if len(right[other]) == 1:
                matches.pairs[entry] = (other, rule)
                matches.paired_right[other] = entry
                continue
        matches.held[entry] = tuple(sorted(candidates))
    for entry, candidates in right.items():
        if entry not in matches.paired_right:
            matches.held[entry] = tuple(sorted(candidates))
