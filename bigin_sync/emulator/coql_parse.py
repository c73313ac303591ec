"""Reads a COQL query into its tree, or says where it stops making sense.

The grammar is that of Zoho CRM v8 and Bigin v2: SELECT, FROM, WHERE, GROUP BY, ORDER BY, LIMIT, OFFSET, in
that order; WHERE is mandatory; more than two criteria are bracketed in pairs. Subqueries are not understood.
"""

from decimal import Decimal
from typing import Literal, cast

from bigin_sync.emulator.coql_faults import clause_missing, not_understood
from bigin_sync.emulator.coql_tokens import Token, tokens
from bigin_sync.emulator.coql_tree import (
    Column,
    Comparison,
    Condition,
    Operator,
    Ordering,
    Pair,
    Query,
    Scalar,
    Selected,
)

_AGGREGATES = frozenset({"count", "sum", "avg", "min", "max"})
_KEYWORDS = frozenset(
    "select from where group order by limit offset and or not in like between is null as asc desc".split()
)
_COMPARATORS = frozenset({"=", "!=", ">", ">=", "<", "<="})


def parse(query: str) -> Query:
    """The tree of a query; raises the SYNTAX_ERROR answer where it is not COQL."""
    return _Reader(query).query()


class _Reader:
    """Recursive descent over the tokens of one query."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens(query)
        self._at = 0

    def query(self) -> Query:
        self._clause("select")
        selected = [self._selected()]
        while self._take(","):
            selected.append(self._selected())
        self._clause("from")
        module, view = self._source()
        self._clause("where")
        where = self._condition()
        groups = self._groups()
        orderings = self._orderings()
        limit = self._count() if self._take("limit") else 200
        offset = self._count() if self._take("offset") else 0
        if self._now.kind != "end":
            raise self._lost()
        return Query(tuple(selected), module, where, view, groups, orderings, limit, offset)

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _lost(self) -> Exception:
        return not_understood(self._query, self._now.start, near=self._now.value or "end of query")

    def _next(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _take(self, word: str) -> bool:
        """Steps over the given keyword or symbol, if it is here."""
        if self._now.says(word):
            self._at += 1
            return True
        return False

    def _must(self, word: str) -> None:
        if not self._take(word):
            raise self._lost()

    def _clause(self, word: str) -> None:
        """A clause no query can do without: it is here, or it is missing, or something else is in its way."""
        if self._take(word):
            return
        if not any(token.says(word) for token in self._tokens[self._at :]):
            later = {"select": ("from",), "from": ("where",), "where": ("order", "group", "limit", "offset")}[word]
            if self._now.kind == "end" or any(self._now.says(each) for each in later):
                raise clause_missing(word)
        raise self._lost()

    def _source(self) -> tuple[str, str | None]:
        """`Contacts`, or `Contacts#view` for the records of a custom view."""
        module = self._name()
        if not self._take("#"):
            return module, None
        if self._now.kind != "number":
            raise self._lost()
        return module, self._next().value

    def _name(self) -> str:
        if self._now.kind != "word" or self._now.value.lower() in _KEYWORDS:
            raise self._lost()
        return self._next().value

    def _selected(self) -> Selected:
        aggregate: str | None = None
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        if self._now.kind == "word" and self._now.value.lower() in _AGGREGATES and following.says("("):
            aggregate = self._next().value.upper()
            self._must("(")
            column = self._column()
            self._must(")")
        else:
            column = self._column()
        alias = None
        if self._take("as"):
            alias = self._next().value if self._now.kind == "text" else self._name()
        return Selected(column, aggregate, alias)

    def _column(self) -> Column:
        """A dotted path; in quotes it may be a reserved word or hold the arrow of a multi-module lookup."""
        if self._now.kind == "text":
            return self._quoted_column()
        path = [self._name()]
        while self._take("."):
            path.append(self._name())
        return Column(tuple(path))

    def _quoted_column(self) -> Column:
        first, *rest = self._now.value.split(".")
        lookup, arrow, module = first.partition("->")
        if not lookup or not all(rest) or (arrow and not (module and rest)):
            raise self._lost()
        self._at += 1
        return Column((lookup, *rest), module or None)

    def _condition(self) -> Condition:
        """One operand, or two joined by a word; a third one here lacks its brackets."""
        left = self._operand()
        word = self._joint()
        if word is None:
            return left
        right = self._operand()
        if self._now.says("and") or self._now.says("or"):
            raise self._lost()
        return Pair(word, left, right)

    def _joint(self) -> Literal["and", "or"] | None:
        if self._take("and"):
            return "and"
        return "or" if self._take("or") else None

    def _operand(self) -> Condition:
        if self._take("("):
            inside = self._condition()
            self._must(")")
            return inside
        return self._comparison()

    def _comparison(self) -> Comparison:
        column = self._column()
        if self._take("is"):
            negative = self._take("not")
            self._must("null")
            return Comparison(column, "is not null" if negative else "is null")
        if self._now.kind == "symbol" and self._now.value in _COMPARATORS:
            operator = cast(Operator, self._next().value)
            return Comparison(column, operator, (self._literal(),))
        negative = self._take("not")
        if self._take("in"):
            return Comparison(column, "not in" if negative else "in", self._list())
        if self._take("like"):
            return Comparison(column, "not like" if negative else "like", (self._literal(),))
        if self._take("between"):
            low = self._literal()
            self._must("and")
            return Comparison(column, "not between" if negative else "between", (low, self._literal()))
        raise self._lost()

    def _list(self) -> tuple[Scalar, ...]:
        self._must("(")
        values = [self._literal()]
        while self._take(","):
            values.append(self._literal())
        self._must(")")
        return tuple(values)

    def _literal(self) -> Scalar:
        token = self._now
        if token.kind == "text":
            return self._next().value
        if token.kind == "number":
            self._at += 1
            return Decimal(token.value) if "." in token.value else int(token.value)
        if token.says("true") or token.says("false"):
            self._at += 1
            return token.says("true")
        raise self._lost()

    def _groups(self) -> tuple[Column, ...]:
        if not self._take("group"):
            return ()
        self._must("by")
        columns = [self._column()]
        while self._take(","):
            columns.append(self._column())
        return tuple(columns)

    def _orderings(self) -> tuple[Ordering, ...]:
        if not self._take("order"):
            return ()
        self._must("by")
        entries = [self._ordering()]
        while self._take(","):
            entries.append(self._ordering())
        return tuple(entries)

    def _ordering(self) -> Ordering:
        column = self._column()
        if self._take("desc"):
            return Ordering(column, ascending=False)
        self._take("asc")
        return Ordering(column, ascending=True)

    def _count(self) -> int:
        if self._now.kind != "number" or not self._now.value.isdigit():
            raise self._lost()
        return int(self._next().value)
