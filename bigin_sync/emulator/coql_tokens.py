"""Cuts a COQL query into words, literals and symbols."""

import re
from dataclasses import dataclass
from typing import Literal

from bigin_sync.emulator.coql_faults import not_understood

_PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[+-]?\d+(?:\.\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_$][A-Za-z0-9_$]*)
      | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<symbol><=|>=|!=|[=<>(),.\#])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `value` is unquoted, `start` counts characters from 0."""

    kind: Literal["number", "word", "text", "symbol", "end"]
    value: str
    start: int

    def says(self, word: str) -> bool:
        """Whether this is the given keyword (any case) or symbol."""
        return self.kind in ("word", "symbol") and self.value.lower() == word


def tokens(query: str) -> list[Token]:
    """The pieces of a query in order, closed by an `end` token.

    Inside a quoted text the quote is doubled (Zoho, Kaizen 171). Raises the SYNTAX_ERROR answer for a
    character no query can hold.
    """
    found: list[Token] = []
    position = 0
    while position < len(query):
        match = _PATTERN.match(query, position)
        if match is None:
            raise not_understood(query, position, near=query[position : position + 1])
        position = match.end()
        piece = match.group()
        if match.lastgroup == "number":
            found.append(Token("number", piece, match.start()))
        elif match.lastgroup == "word":
            found.append(Token("word", piece, match.start()))
        elif match.lastgroup == "text":
            quote = piece[0]
            found.append(Token("text", piece[1:-1].replace(quote * 2, quote), match.start()))
        elif match.lastgroup == "symbol":
            found.append(Token("symbol", piece, match.start()))
    found.append(Token("end", "", len(query)))
    return found
