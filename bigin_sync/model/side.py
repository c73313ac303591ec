"""The two ends of an integration."""

from enum import StrEnum


class Side(StrEnum):
    """One end of an integration. A pairing gives it a label (`bigin`, `crm`) and API names."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The opposite end."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


BOTH = (Side.LEFT, Side.RIGHT)
