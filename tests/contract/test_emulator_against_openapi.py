"""The emulated CRM answers as the vendor's OpenAPI description says, wherever that agrees with what was recorded.

The description (the generation of 2026, OpenAPI 3.1) lies beside the checkout, in `../shared/zoho-api/crm-v8-oas`.
"""

# ruff: noqa: ANN401 -- a validator's keywords take JSON of any shape

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World
from tests.contract.emulated import caller

SPECS = Path(__file__).resolve().parents[3] / "shared" / "zoho-api" / "crm-v8-oas" / "oas-3.1-2026"

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI files are not beside this checkout")


@dataclass(frozen=True, slots=True)
class Stage:
    """An org with a little of everything in it, and its administrator."""

    org: Org
    client: httpx.Client
    company: str
    contact: str
    deal: str
    task: str
    note: str
    deleted: str

    def get(self, path: str, **params: object) -> httpx.Response:
        return self.client.get(f"/crm/v8{path}", params={key: str(value) for key, value in params.items()})

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, f"/crm/v8{path}", json=body, headers=named)

    def write(self, method: str, path: str, *rows: dict[str, object], **headers: str) -> httpx.Response:
        return self.send(method, path, {"data": list(rows), "trigger": []}, **headers)

    def query(self, text: str) -> httpx.Response:
        return self.send("POST", "/coql", {"select_query": text})


@pytest.fixture
def stage() -> Stage:
    world = World.default(clock=ShiftedClock(), crm_pipelines=True)
    org = world.crm
    org.switches.search_lag = 0
    company = org.seed("Accounts", [{"Account_Name": "Weber GmbH"}])[0]
    people = [
        {"Last_Name": "Weber", "Email": "w@example.org", "Account_Name": company, "Lead_Source": "Partner"},
        {"Last_Name": "Gone", "Email": "gone@example.org"},
    ]
    contact, deleted = org.seed("Contacts", people)
    deal = org.seed("Deals", [{"Deal_Name": "Big one", "Stage": "Qualification", "Account_Name": company}])[0]
    task = org.seed("Tasks", [{"Subject": "Call", "What_Id": company, "$se_module": "Accounts"}])[0]
    note = org.seed(
        "Notes", [{"Note_Title": "A", "Note_Content": "b", "Parent_Id": contact, "$se_module": "Contacts"}]
    )[0]
    client = caller(world, "crm")
    client.delete(f"/crm/v8/Contacts/{deleted}")
    return Stage(org, client, company, contact, deal, task, note, deleted)


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and where the description tells of its answer."""

    file: str
    path: str
    method: str
    status: int
    ask: Callable[[Stage], httpx.Response]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path} {self.status}"


LAYOUTS, PIPELINE = "/settings/layouts", "/settings/pipeline"
LONG_AGO = "2020-01-01T00:00:00+00:00"

CASES = [
    Case("record", "/{module}", "get", 200, lambda on: on.get("/Contacts", fields="Last_Name,Owner,Created_By,Tag")),
    Case("record", "/{module}", "get", 204, lambda on: on.get("/Products", fields="Product_Name")),
    Case("record", "/{module}", "get", 400, lambda on: on.get("/Contacts")),
    Case("record", "/{module}", "get", 404, lambda on: on.get("/Contacts/1/2/3/4")),
    Case("record", "/{module}/{recordID}", "get", 200, lambda on: on.get(f"/Contacts/{on.contact}")),
    Case("record", "/{module}/{recordID}", "get", 204, lambda on: on.get("/Contacts/7301284000009999999")),
    Case("record", "/{module}", "post", 201, lambda on: on.write("POST", "/Contacts", {"Last_Name": "New"})),
    Case("record", "/{module}", "post", 400, lambda on: on.write("POST", "/Contacts", {"First_Name": "No"})),
    Case("record", "/{module}", "put", 200, lambda on: on.write("PUT", "/Contacts", {"id": on.contact, "Phone": "1"})),
    Case("record", "/{module}", "put", 400, lambda on: on.write("PUT", "/Contacts", {"id": "1", "Phone": "1"})),
    Case(
        "record",
        "/{module}",
        "put",
        412,
        lambda on: on.write("PUT", "/Contacts", {"id": on.contact, "Phone": "1"}, If_Unmodified_Since=LONG_AGO),
    ),
    Case(
        "record",
        "/{module}/{recordID}",
        "put",
        412,
        lambda on: on.write("PUT", f"/Deals/{on.deal}", {"Amount": 3}, If_Unmodified_Since=LONG_AGO),
    ),
    Case(
        "record",
        "/{module}/upsert",
        "post",
        200,
        lambda on: on.write("POST", "/Leads/upsert", {"Last_Name": "A", "Company": "B"}),
    ),
    Case("record", "/{module}", "delete", 200, lambda on: on.send("DELETE", f"/Contacts?ids={on.contact}")),
    Case(
        "record", "/{module}", "delete", 207, lambda on: on.send("DELETE", f"/Contacts?ids={on.contact},{on.deleted}")
    ),
    Case("record", "/{module}/{recordID}", "delete", 200, lambda on: on.send("DELETE", f"/Contacts/{on.contact}")),
    Case("record", "/{module}/deleted", "get", 200, lambda on: on.get("/Contacts/deleted", type="all")),
    Case("record", "/{module}/deleted", "get", 204, lambda on: on.get("/Deals/deleted", type="all")),
    Case("record", "/{module}/deleted", "get", 400, lambda on: on.get("/Contacts/deleted", type="some")),
    Case("module-search", "/{module}/search", "get", 200, lambda on: on.get("/Contacts/search", email="w@example.org")),
    Case("module-search", "/{module}/search", "get", 204, lambda on: on.get("/Contacts/search", word="nobody")),
    Case("module-search", "/{module}/search", "get", 400, lambda on: on.get("/Contacts/search")),
    Case("module-search", "/{module}/search", "get", 400, lambda on: on.get("/Contacts/search", word="ab", page=11)),
    Case(
        "module-search",
        "/{module}/search",
        "get",
        400,
        lambda on: on.get("/Contacts/search", criteria="(Nick:equals:a)"),
    ),
    Case(
        "coql",
        "/coql",
        "post",
        200,
        lambda on: on.query("select Last_Name, Account_Name from Contacts where id is not null"),
    ),
    Case("coql", "/coql", "post", 204, lambda on: on.query("select id from Products where id is not null")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id from Contacts")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id form Contacts where id is not null")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id from Nothing where id is not null")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id from Notes where id is not null")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id from Contacts#1 where id is not null")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id, id from Contacts where id is not null")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select Email as a, Phone as a from Contacts where id > 1")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id from Contacts where id > 1 limit 2001")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select id from Contacts where Lead_Source > 'A'")),
    Case("coql", "/coql", "post", 400, lambda on: on.query("select SUM(Last_Name) from Contacts where id > 1")),
    Case("coql", "/coql", "post", 400, lambda on: on.send("POST", "/coql", {})),
    Case("coql", "/coql", "post", 400, lambda on: on.send("POST", "/coql", {"select_query": 1})),
    Case("record-count", "/{moduleApiName}/actions/count", "get", 200, lambda on: on.get("/Contacts/actions/count")),
    Case("users", "/users", "get", 200, lambda on: on.get("/users", type="AllUsers")),
    Case("users", "/users/{user}", "get", 200, lambda on: on.get(f"/users/{on.org.admin_id}")),
    Case("org", "/org", "get", 200, lambda on: on.get("/org")),
    Case("fields", "/settings/fields", "get", 200, lambda on: on.get("/settings/fields", module="Contacts")),
    Case(
        "fields",
        "/settings/fields",
        "post",
        201,
        lambda on: on.send(
            "POST",
            "/settings/fields?module=Contacts",
            {"fields": [{"field_label": "Key", "data_type": "text", "length": 9}]},
        ),
    ),
    Case("modules", "/settings/modules", "get", 200, lambda on: on.get("/settings/modules")),
    Case(
        "modules", "/settings/modules/{moduleIdentifier}", "get", 200, lambda on: on.get("/settings/modules/Contacts")
    ),
    Case("layouts", LAYOUTS, "get", 200, lambda on: on.get(LAYOUTS, module="Deals")),
    Case(
        "custom-views",
        "/settings/custom_views",
        "get",
        200,
        lambda on: on.get("/settings/custom_views", module="Contacts"),
    ),
    Case(
        "custom-views",
        "/settings/custom_views/{id}",
        "get",
        200,
        lambda on: on.get(f"/settings/custom_views/{on.org.modules['Contacts'].views[-1].id}", module="Contacts"),
    ),
    Case(
        "pipeline", PIPELINE, "get", 200, lambda on: on.get(PIPELINE, layout_id=on.org.modules["Deals"].layouts[0].id)
    ),
    Case(
        "related-lists",
        "/settings/related_lists",
        "get",
        200,
        lambda on: on.get("/settings/related_lists", module="Deals"),
    ),
    Case("notes", "/Notes", "get", 200, lambda on: on.get("/Notes", fields="Note_Title,Note_Content,Parent_Id")),
    Case(
        "notes",
        "/Notes",
        "post",
        201,
        lambda on: on.write(
            "POST", "/Notes", {"Note_Content": "x", "Parent_Id": {"id": on.contact, "module": {"api_name": "Contacts"}}}
        ),
    ),
    Case(
        "related-notes",
        "/{parentRecordModule}/{parentRecordId}/Notes",
        "get",
        200,
        lambda on: on.get(f"/Contacts/{on.contact}/Notes", fields="Note_Title,Note_Content,Parent_Id"),
    ),
    Case(
        "related-notes",
        "/{parentRecordModule}/{parentRecordId}/Notes",
        "post",
        201,
        lambda on: on.write("POST", f"/Contacts/{on.contact}/Notes", {"Note_Content": "x"}),
    ),
    Case(
        "notifications",
        "/actions/watch",
        "post",
        201,
        lambda on: on.send(
            "POST",
            "/actions/watch",
            {"watch": [{"channel_id": "1", "events": ["Contacts.all"], "notify_url": "https://hooks.example.org/"}]},
        ),
    ),
    Case(
        "layouts",
        LAYOUTS,
        "get",
        401,
        lambda on: on.send("GET", f"{LAYOUTS}?module=Deals", Authorization=""),
    ),
]


WRONG = {
    r"(Created|Modified)_By: .*'email' was unexpected": "records were recorded with the address of both people",
    r"^\$: .*\('code', 'details', 'message', 'status' were unexpected\)": (
        "a refusal of a whole request was recorded bare; the description wraps it as if one record had failed"
    ),
    r"details: '\$approval_state' is a required property": "updates were recorded without it",
    r"\('action', 'duplicate_field' were unexpected\)": "upserts were recorded with both",
    r"^\$: \{'code': 'INVALID_QUERY', .*'api_name': 'Nick'": "the description demands the very `api_name` it forbids",
    r"'query_details': \{\}\} is not valid": "the vendor's own samples show `{}` for a lookup without a filter",
    r"unique: .*'casesensitive' was unexpected": "a unique field was recorded with `casesensitive`",
}
"""Complaint -> why it is the description that errs, or demands what the real service does not give."""


def _type(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Null passes for every type: what has no value is sent as null, as all recordings show."""
    if instance is not None:
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    r"""Patterns with the letter classes of other languages (`\p{L}`) say nothing to Python."""
    if r"\p" not in pattern:
        yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern, instance, schema)


# One of several forms may be another's special case once null passes, so that any of them will do.
Described = validators.extend(
    Draft202012Validator,
    {"type": _type, "pattern": _pattern, "oneOf": Draft202012Validator.VALIDATORS["anyOf"]},
)


def schema_errors(case: Case, body: object) -> Iterator[str]:
    """What the description has against an answer, as `path: complaint`."""
    spec = json.loads((SPECS / f"{case.file}.json").read_text(encoding="utf-8"))
    registry: Registry[object] = Registry().with_resource("urn:spec", DRAFT202012.create_resource(spec))
    response = spec["paths"][case.path][case.method]["responses"][str(case.status)]
    if "$ref" in response:
        *_, name = response["$ref"].split("/")
        response = spec["components"]["responses"][name]
    schema = next(iter(response["content"].values()))["schema"]
    rooted = json.loads(json.dumps(schema).replace('"$ref": "#/', '"$ref": "urn:spec#/'))
    for error in Described(rooted, registry=registry).iter_errors(body):
        yield f"{error.json_path}: {error.message}"


@pytest.mark.parametrize("case", CASES, ids=[f"{number} {one.name}" for number, one in enumerate(CASES)])
def test_an_answer_is_as_described(stage: Stage, case: Case) -> None:
    answer = case.ask(stage)
    assert answer.status_code == case.status, answer.text
    if case.status == 204:
        assert answer.content == b""
        return
    complaints = list(schema_errors(case, answer.json()))
    assert [one for one in complaints if not any(re.search(wrong, one) for wrong in WRONG)] == []


def test_no_fault_found_with_the_description_is_out_of_date(stage: Stage) -> None:
    reads = [one for one in CASES if one.status != 204 and one.method in ("get", "post", "put")]
    complaints = [line for one in reads for line in schema_errors(one, one.ask(stage).json())]
    assert [wrong for wrong in WRONG if not any(re.search(wrong, one) for one in complaints)] == []
