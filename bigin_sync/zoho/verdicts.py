"""Per-record verdicts of a write: each item of `data[]` becomes one outcome, whatever the HTTP status said.

Sources: Zoho CRM v8 "Insert / Update Records" (codes and details), Bigin v2 the same codes; older generations of the
engine give thinner `details`, so everything here is read leniently.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from bigin_sync.model.outcome import Cause, Outcome, Overtaken, Refused, Stored, Unknown
from bigin_sync.zoho.replies import Answer
from bigin_sync.zoho.times import from_wire

_CAUSES: Mapping[str, Cause] = {
    "MANDATORY_NOT_FOUND": Cause.MANDATORY,
    "REQUIRED_FIELD_MISSING": Cause.MANDATORY,
    "EXPECTED_FIELD_MISSING": Cause.MANDATORY,
    "DEPENDENT_FIELD_MISSING": Cause.MANDATORY,
    "DUPLICATE_DATA": Cause.DUPLICATE,
    "DUPLICATE_LINKING_DATA": Cause.DUPLICATE,
    "INVALID_DATA": Cause.INVALID,
    "DEPENDENT_MISMATCH": Cause.INVALID,
    "MAPPING_MISMATCH": Cause.INVALID,
    "PATTERN_NOT_MATCHED": Cause.INVALID,
    "UNABLE_TO_PARSE_DATA_TYPE": Cause.INVALID,
    "NO_PERMISSION": Cause.FORBIDDEN,
    "AUTHORIZATION_FAILED": Cause.FORBIDDEN,
    "NOT_ALLOWED": Cause.FORBIDDEN,
    "NOT_SUPPORTED": Cause.FORBIDDEN,
    "RECORD_LOCKED": Cause.LOCKED,
    "RECORD_IN_BLUEPRINT": Cause.LOCKED,
    "NOT_APPROVED": Cause.LOCKED,
    "NOT_REVIEWED": Cause.LOCKED,
    "CONVERTED_RECORD": Cause.LOCKED,
    "CANNOT_PROCESS": Cause.LOCKED,
    "LIMIT_EXCEEDED": Cause.LIMIT,
    "DEPENDENT_SERVICE_ERROR": Cause.TRANSIENT,
    "TOO_MANY_REQUESTS": Cause.TRANSIENT,
}

# The server stumbled over this one record; nobody says whether before or after it was stored.
_OPEN = frozenset({"INTERNAL_ERROR", "INTERNAL_SERVER_ERROR"})


def outcomes(answer: Answer, ids: Sequence[str | None]) -> list[Outcome]:
    """One outcome per sent item, in order. `ids`: the id each item was sent with, None for new records.

    Verdicts come in the order of the items. When there are fewer (a 412 holds at most one) only those that name the id
    of an item are believed; what happened to the others is not documented, so it is unknown.
    """
    verdicts = answer.rows
    if len(verdicts) == len(ids):
        return [_outcome(verdict, sent=sent) for verdict, sent in zip(verdicts, ids, strict=True)]
    named = {str(_details(verdict).get("id")): verdict for verdict in verdicts if _settled(verdict)}
    # Where a right is missing, asking at once what became of the others is of no use.
    forbidden = answer.status == httpx.codes.FORBIDDEN
    silent = Unknown(f"the answer has {len(verdicts)} verdicts for {len(ids)} records", stumbled=forbidden)
    return [_outcome(named[sent], sent=sent) if sent is not None and sent in named else silent for sent in ids]


def joined(answer: Answer, ids: Sequence[str]) -> list[Outcome]:
    """One outcome per record that was joined with another, in order; verdicts there name an id, and no time."""
    verdicts = answer.rows
    if len(verdicts) != len(ids):
        return [Unknown(f"the answer has {len(verdicts)} verdicts for {len(ids)} records") for _ in ids]
    return [
        Stored(sent, answer.at, created=False) if _settled(verdict) else _outcome(verdict, sent=sent)
        for verdict, sent in zip(verdicts, ids, strict=True)
    ]


def _settled(verdict: Mapping[str, Any]) -> bool:
    """Whether the id in a verdict's details is that of the record itself (in a duplicate's it is the other one's)."""
    return verdict.get("status") == "success" or verdict.get("code") in {"SUCCESS", "ALREADY_MODIFIED"}


def _outcome(verdict: Mapping[str, Any], *, sent: str | None) -> Outcome:
    """What one verdict means for the item it belongs to."""
    details = _details(verdict)
    code = str(verdict.get("code") or "")
    if code == "SUCCESS" or verdict.get("status") == "success":
        return _stored(verdict, details, sent=sent)
    if code == "ALREADY_MODIFIED":
        return Overtaken(sent or str(details.get("id", "")))
    if code in _OPEN or not code:
        reason = f"{code or 'a verdict without a code'}: {verdict.get('message', '')}".rstrip(": ")
        return Unknown(reason, stumbled=True)
    return _refused(verdict, details, code=code)


def _stored(verdict: Mapping[str, Any], details: Mapping[str, Any], *, sent: str | None) -> Outcome:
    """A success; without its id or time it can't be relied on and is looked up."""
    record_id = details.get("id") or sent
    modified_at = from_wire(details.get("Modified_Time"))
    if not record_id or modified_at is None:
        return Unknown("the answer says success but names no id or no Modified_Time")
    return Stored(str(record_id), modified_at, created=sent is None and verdict.get("action") != "update")


def _refused(verdict: Mapping[str, Any], details: Mapping[str, Any], *, code: str) -> Refused:
    """A refusal of one record, with the field and the duplicate if they are named."""
    message = str(verdict.get("message") or code)
    errors = details.get("errors")
    if code == "MULTIPLE_OR_MULTI_ERRORS" and isinstance(errors, list) and errors and isinstance(errors[0], dict):
        first = errors[0]
        return _refused(first, _details(first), code=str(first.get("code") or code))
    field = details.get("api_name")
    cause = _cause(code, message, details)
    expected = details.get("expected_fields")
    if field is None and isinstance(expected, list) and expected and isinstance(expected[0], dict):
        field = expected[0].get("api_name")
    return Refused(
        cause=cause,
        code=code,
        message=message,
        field=str(field) if field is not None else None,
        duplicate_of=_duplicate(details) if code == "DUPLICATE_DATA" else None,
        stumbled=cause is Cause.TRANSIENT,
    )


def _cause(code: str, message: str, details: Mapping[str, Any]) -> Cause:
    """The cause; `INVALID_DATA` is three of them."""
    if code == "INVALID_DATA":
        if "maximum_length" in details:
            return Cause.TOO_LONG
        if details.get("api_name") in (None, "id") and "id given" in message:
            return Cause.MISSING
    return _CAUSES.get(code, Cause.UNKNOWN)


def _duplicate(details: Mapping[str, Any]) -> str | None:
    """The id of the record that has the unique value already: new answers nest it, old ones name it plainly."""
    record = details.get("duplicate_record")
    found = record.get("id") if isinstance(record, dict) else None
    found = found or details.get("id")
    return str(found) if found else None


def _details(verdict: Mapping[str, Any]) -> Mapping[str, Any]:
    details = verdict.get("details")
    return details if isinstance(details, dict) else {}
