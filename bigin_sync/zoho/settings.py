"""Adding to the settings of an org: the one field that the sync itself needs."""

from http import HTTPStatus

from bigin_sync.errors import RequestRefused
from bigin_sync.zoho.gate import FIELDS
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.replies import Answer


def add_key_field(wire: Wire, module: str, *, label: str, length: int) -> str | None:
    """Add a unique text field to a module; the contract is `SideClient.add_key_field`.

    Source: Zoho CRM v8 "Create Custom Field": one verdict a field, with 201 or 400; `unique` also serves where an
    `external` field does not (calls have none). Its API name follows from the label.
    """
    if not wire.product.adds_fields:
        what = f"{wire.product.title} lets no field be added through its API."
        raise RequestRefused(what, code="NOT_SUPPORTED", status=HTTPStatus.METHOD_NOT_ALLOWED)
    field = {"field_label": label, "data_type": "text", "length": length, "unique": {"case_sensitive": False}}
    call = Call("POST", FIELDS, "add field", params={"module": module}, body={"fields": [field]}, writes=True)
    return _refusal(wire.send(call))


def _refusal(answer: Answer) -> str | None:
    """What a verdict says against a field; None if it was made."""
    verdicts = answer.listed("fields")
    if not verdicts:
        return "the answer says nothing of the field"
    verdict = verdicts[0]
    if verdict.get("status") == "success" or verdict.get("code") == "SUCCESS":
        return None
    details = verdict.get("details")
    about = details.get("api_name") if isinstance(details, dict) else None
    return f"{verdict.get('message') or 'refused'} ({verdict.get('code')}{f', {about}' if about else ''})"
