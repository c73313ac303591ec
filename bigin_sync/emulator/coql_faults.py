"""The refusals of COQL: which code and which details for which mistake.

Codes and details as in Zoho CRM v8 (COQL, "Possible errors") and its OpenAPI description.
"""

from bigin_sync.emulator.replies import ApiError

INVALID_COLUMN = "column given seems to be invalid"
INVALID_VALUE = "value given seems to be invalid for the column"
UNSUPPORTED_TYPE = "data type not supported"
UNSUPPORTED_OPERATOR = "operator given seems to be invalid for the column"


def not_understood(query: str, position: int, *, near: str) -> ApiError:
    """The query stops being COQL at this character (counted from 0; the answer counts from 1)."""
    before = query[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    details = {"near": near, "line": line, "column": column}
    return ApiError("SYNTAX_ERROR", "error occured while parsing the query", details=details)


def clause_missing(word: str) -> ApiError:
    """A clause that every query needs is not there."""
    return ApiError("SYNTAX_ERROR", "missing clause", details={"clause": word})


def unknown_module(module: str) -> ApiError:
    """FROM names a module that does not exist, or one that COQL does not read."""
    return ApiError("INVALID_QUERY", "invalid query formed", details={"module": module})


def unknown_view(view: str) -> ApiError:
    """`Module#view` names a view the module does not have."""
    return ApiError("INVALID_QUERY", "invalid query formed", details={"cvid": view})


def refused(column: str, reason: str, *, operator: str | None = None) -> ApiError:
    """A column, operator or value that cannot stand where it stands."""
    details: dict[str, object] = {"column_name": column, "reason": reason}
    if operator is not None:
        details["operator"] = operator
    return ApiError("INVALID_QUERY", "invalid query formed", details=details)


def out_of_place(column: str, clause: str) -> ApiError:
    """A column that exists but may not be used in this clause."""
    return ApiError("INVALID_QUERY", "invalid query formed", details={"column_name": column, "clause": clause})


def over_limit(clause: str, limit: int) -> ApiError:
    """More of something than one query may hold."""
    return ApiError("LIMIT_EXCEEDED", "limit exceeded in the query", details={"clause": clause, "limit": limit})


def named_twice(column: str, *, aggregate: str | None = None) -> ApiError:
    """A column that stands twice in one clause."""
    details = {"column_name": column} if aggregate is None else {"column_name": column, "aggregate": aggregate}
    return ApiError("DUPLICATE_DATA", "duplicate data", details=details)


def alias_twice(alias: str, columns: list[str]) -> ApiError:
    """One alias for two columns."""
    return ApiError("DUPLICATE_ALIAS", "duplicate alias", details={"alias": alias, "referred_columns": columns})


def aggregate_misused(column: str) -> ApiError:
    """An aggregate over a column it cannot be taken of."""
    details = {"reason": "aggregate function not supported", "column": column}
    return ApiError("INVALID_DATA", "invalid data", details=details)


def module_closed() -> ApiError:
    """FROM names a module that COQL does not read."""
    return ApiError("INVALID_MODULE", "the module name given seems to be invalid")
