"""A break: one change of the program after which a scenario has to go wrong."""

from dataclasses import dataclass

CRASHES = (ArithmeticError, AttributeError, ImportError, KeyError, IndexError, NameError, TypeError)
"""What a program ends with that is not in order: it says nothing of a rule that it was to break."""


@dataclass(frozen=True, slots=True)
class Break:
    """One rule, broken: `old`, which stands in the file exactly once, becomes `new`.

    unguarded: further changes (file, old, new), which switch off what would stop the break before it can do harm: the
    scenario is to notice the harm itself.
    """

    rule: str
    scenario: str
    file: str
    old: str
    new: str
    unguarded: tuple[tuple[str, str, str], ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, str, str], ...]:
        """All changes: file, old, new."""
        return ((self.file, self.old, self.new), *self.unguarded)
