"""The vendor's OpenAPI description of CRM: requests it tells of, and what it has against an answer.

The description (the generation of 2026, OpenAPI 3.1) lies beside the checkout, in `../shared/zoho-api/crm-v8-oas`.
"""

# ruff: noqa: ANN401 -- a validator's keywords take JSON of any shape

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.rights import right_to
from bigin_sync.emulator.world import World
from tests.contract.emulated import caller, withhold

SPECS = Path(__file__).resolve().parents[3] / "shared" / "zoho-api" / "crm-v8-oas" / "oas-3.1-2026"


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

    def without(self, operation: str, module: str) -> "Stage":
        """The stage once its administrator has lost a right."""
        withhold(self.org, right_to(operation, module))
        return self

    def query(self, text: str) -> httpx.Response:
        return self.send("POST", "/coql", {"select_query": text})


def on_stage() -> Stage:
    """A new stage."""
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


def told_of(file: str, path: str) -> Callable[[str, int, Callable[[Stage], httpx.Response]], Case]:
    """What makes cases of one path: from method, status and request."""
    return lambda method, status, ask: Case(file, path, method, status, ask)


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
