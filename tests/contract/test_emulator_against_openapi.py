"""The emulated CRM answers as the vendor's OpenAPI description says, wherever that agrees with what was recorded."""

import re

import pytest

from tests.contract.described import SPECS, Case, Stage, on_stage, schema_errors
from tests.contract.described_records import RECORD_CASES
from tests.contract.described_settings import SETTINGS_CASES

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI files are not beside this checkout")

CASES = [*RECORD_CASES, *SETTINGS_CASES]

WRONG = {
    r"(Created|Modified)_By: .*'email' was unexpected": "records were recorded with the address of both people",
    r"^\$: .*\('code', 'details', 'message', 'status' were unexpected\)": (
        "a refusal of a whole request was recorded bare; the description wraps it as if one record had failed"
    ),
    r"^\$: 'data' is a required property": "the same; the vendor's own page of lists shows this refusal bare",
    r"^\$: Additional properties are not allowed \('details' was unexpected\)": (
        "every refusal that was recorded has details, and the vendor's own library can't read one without"
    ),
    r"details: '\$approval_state' is a required property": "updates were recorded without it",
    r"\('action', 'duplicate_field' were unexpected\)": "upserts were recorded with both",
    r"^\$: \{'code': 'INVALID_QUERY', .*'api_name': 'Nick'": "the description demands the very `api_name` it forbids",
    r"'query_details': \{\}\} is not valid": "the vendor's own samples show `{}` for a lookup without a filter",
    r"unique: .*'casesensitive' was unexpected": "a unique field was recorded with `casesensitive`",
    r"^\$: \{'code': 'AMBIGUITY_DURING_PROCESSING', .*'param_name': 'word'": (
        "the description has no answer for two ways of counting; the vendor's own page names this code"
    ),
    r"pick_list_values: .*'deal_category'": "stages were seen in a real org with their probability and forecast",
    r"__composite_requests.*'sub_request_id'": "the vendor's own page shows which call is answered",
    r"message: 'relation updated' was expected": "what was not joined before was recorded as `relation added`",
}
"""Complaint -> why it is the description that errs, or demands what the real service does not give."""


@pytest.fixture
def stage() -> Stage:
    return on_stage()


@pytest.mark.parametrize("case", CASES, ids=[f"{number} {one.name}" for number, one in enumerate(CASES)])
def test_an_answer_is_as_described(stage: Stage, case: Case) -> None:
    answer = case.ask(stage)
    assert answer.status_code == case.status, answer.text
    if case.status == 204:
        assert answer.content == b""
        return
    complaints = list(schema_errors(case, answer.json()))
    assert [one for one in complaints if not any(re.search(wrong, one) for wrong in WRONG)] == []


@pytest.mark.long
def test_no_fault_found_with_the_description_is_out_of_date() -> None:
    told = [one for one in CASES if one.status != 204]
    complaints = [line for one in told for line in schema_errors(one, one.ask(on_stage()).json())]
    assert [wrong for wrong in WRONG if not any(re.search(wrong, one) for one in complaints)] == []
