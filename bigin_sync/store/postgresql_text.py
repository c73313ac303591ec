"""Texts for PostgreSQL, which takes every character but one. Needs the driver, so it is imported late."""

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown


class AnyText(StrDumperUnknown):
    """Sends a text as it is, but for U+0000, which PostgreSQL can't keep: it becomes U+FFFD.

    Values of records are kept as JSON, where the character is spelt out, and come back whole; this concerns only what
    people call a record and what is said about it.
    """

    def dump(self, obj: str) -> Buffer | None:
        """The bytes of a text."""
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def take_any_text(raw: "Connection[object]", _record: object) -> None:
    """Let a connection take every text there is."""
    raw.adapters.register_dumper(str, AnyText)
