"""A break: one change of the program after which a scenario has to go wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Break:
    """One rule, broken: `old`, which stands in the file exactly once, becomes `new`."""

    rule: str
    scenario: str
    file: str
    old: str
    new: str
