"""Ids as Zoho makes them: 19 digits, one prefix per org, always growing."""

_SUFFIX_DIGITS = 12
_FIRST_FIELD = 3_001
_FIRST_SETTING = 91_001
_FIRST_RECORD = 1_000_001


class Ids:
    """Hands out the ids of one org. `prefix` has seven digits and does not start with 0."""

    def __init__(self, prefix: int) -> None:
        self._origin = prefix * 10**_SUFFIX_DIGITS
        self._next_field = _FIRST_FIELD
        self._next_setting = _FIRST_SETTING
        self._next_record = _FIRST_RECORD

    def fixed(self, suffix: int) -> str:
        """The id of something every org has at the same suffix: modules, first profiles and roles."""
        return str(self._origin + suffix)

    def field(self) -> str:
        """A fresh id for a field or an option."""
        self._next_field += 1
        return self.fixed(self._next_field - 1 if self._next_field <= _FIRST_SETTING else 10**9 + self._next_field)

    def setting(self) -> str:
        """A fresh id for a layout, view, related list, tag or pipeline."""
        self._next_setting += 2
        return self.fixed(self._next_setting - 2)

    def record(self) -> str:
        """A fresh id for a record or a user, larger than any before."""
        self._next_record += 1
        return self.fixed(self._next_record - 1)

    def keep_above(self, taken: str) -> None:
        """Makes sure that records yet to come get larger ids than one taken from elsewhere."""
        suffix = int(taken) - self._origin
        if 0 <= suffix < 10**_SUFFIX_DIGITS:
            self._next_record = max(self._next_record, suffix + 1)
