"""Frozen: dataclasses that nobody may change, at the price of plain ones.

A frozen dataclass sets each of its fields by a call of `object.__setattr__`, which takes five times as long as an
assignment. Of a record that is synced some forty values are made, so a tenth of a first sync went into that. The
classes that are made in such numbers take their `dataclass` from here: to the type checker it is the frozen one, so an
assignment to a field does not pass it; when the program runs, they are plain dataclasses that compare and hash alike.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import dataclass as _dataclass

    def dataclass(cls: type | None = None, *, frozen: bool, slots: bool) -> type:
        """A dataclass that is frozen for the type checker; only `@dataclass(frozen=True, slots=True)` is to be had."""
        return _dataclass(cls, slots=slots, unsafe_hash=frozen)


__all__ = ["dataclass"]
