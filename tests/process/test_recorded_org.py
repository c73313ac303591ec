"""Real input, by the commands a person types: a recorded CRM org beside an empty Bigin org."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process.program import Shell, emulating, person

RECORDED = Path(__file__).parents[3] / "shared" / "recordings" / "crm-v2"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared is absent: there are no recordings to load")

MODULES = {"company": "Accounts", "contact": "Contacts"}
NAMES = {"company": ("Account_Name",), "contact": ("First_Name", "Last_Name", "Email")}
"""What tells the records of a kind apart here."""

Wire = dict[str, Any]
Rows = Mapping[str, Mapping[str, Wire]]
"""Kind -> record id -> the record as an org shows it."""


@dataclass(frozen=True, slots=True)
class Orgs:
    """The mapping in force, and its fields of every company and contact of both orgs as their API shows them."""

    pairs: Mapping[str, list[Wire]]
    bigin: Rows
    crm: Rows

    def counterparts(self, kind: str) -> dict[str, str]:
        """CRM id -> Bigin id, by what tells the records apart; of two that are the same in everything, either one."""
        crm, bigin = (sorted(rows[kind].values(), key=partial(_names, kind)) for rows in (self.crm, self.bigin))
        assert [_names(kind, row) for row in crm] == [_names(kind, row) for row in bigin]
        return {here["id"]: there["id"] for here, there in zip(crm, bigin, strict=True)}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Both orgs connected and contacts switched on, nothing synced yet."""
    home = tmp_path_factory.mktemp("recorded")
    folder = home / "loaded"
    folder.mkdir()
    for file in RECORDED.glob("*.json"):
        (folder / file.name).symlink_to(file)
    (folder / "more-people.json").write_text(json.dumps(_more_people()), encoding="utf-8")
    with emulating("--load", str(folder)) as url:
        shell = Shell(home / "state", url)
        for ran in (
            shell.connect("bigin"),
            shell.connect("crm"),
            shell.type("module", "configure", "contacts"),
            shell.type("module", "activate", "contacts"),
        ):
            assert ran.code == 0, ran.err
        yield shell


@pytest.mark.long
def test_every_recorded_company_and_contact_arrives_as_mapped_and_a_second_sync_writes_nothing(shell: Shell) -> None:
    pairs = {each["kind"]: each["pairs"] for each in _told(shell, "fields", "contacts")}
    before = _orgs(shell.url, pairs)
    for kind, module in MODULES.items():
        recorded = _recorded(f"{module.lower()}.json", "data")
        assert {row["id"] for row in recorded} <= before.crm[kind].keys()
        assert before.bigin[kind] == {}, "the Bigin org is not empty"
    assert _writes(_told(shell, "sync")) == sum(map(len, before.crm.values()))
    after = _orgs(shell.url, pairs)
    assert after.crm == before.crm
    _compare(after, owners=_owners(shell))
    assert _writes(_told(shell, "sync")) == 0
    assert _orgs(shell.url, pairs) == after, "not even a Modified_Time has moved"


def _compare(orgs: Orgs, *, owners: Mapping[str, str]) -> None:
    """Every mapped field of every record, and that each way of carrying one was seen at work."""
    counterparts = {kind: orgs.counterparts(kind) for kind in MODULES}
    seen: set[str] = set()
    for kind, pairs in orgs.pairs.items():
        for id, row in orgs.crm[kind].items():
            arrived = orgs.bigin[kind][counterparts[kind][id]]
            for pair in pairs:
                value, here = row[pair["right"]], arrived[pair["left"]]
                if pair["type"] == "owner":
                    assert here["id"] == owners[value["id"]], row
                    seen.add(f"owner {value['id']}")
                elif pair["type"].startswith("lookup of ") and value:
                    assert here["id"] == counterparts[pair["type"].removeprefix("lookup of ")][value["id"]], row
                    seen.add("lookup")
                else:
                    assert (here or None) == (value or None), (row, pair)
                    seen.update({pair["type"]} if value else ())
    assert {"text", "phone", "website", "picklist", "email", "textarea", "lookup"} <= seen
    assert {f"owner {id}" for id in owners} <= seen


def _owners(shell: Shell) -> dict[str, str]:
    """CRM user -> Bigin user: one by the same e-mail address, one to whom nobody corresponds."""
    with person(shell.url, "bigin") as bigin:
        users = {user["email"]: user["id"] for user in bigin.get("users").json()["users"]}
    (recorded,) = _recorded("users.json", "users")
    told = {each["right"]["id"]: each for each in _told(shell, "owners") if each["right"]}
    (alone,) = told.keys() - {recorded["id"]}
    assert told[recorded["id"]]["left"]["id"] == users[recorded["email"]]
    assert told[alone]["left"] is None
    return {recorded["id"]: users[recorded["email"]], alone: users["mara@harbourpine.example"]}


def _more_people() -> Wire:
    """A recording of two Bigin users, the second with the address of the recorded administrator, and of a contact in
    CRM that belongs to somebody whom Bigin does not know.
    """
    (recorded,) = _recorded("users.json", "users")
    admin = {"id": "1", "last_name": "Lindqvist", "email": "mara@harbourpine.example"}
    users = [
        {**admin, "profile": {"id": "3", "name": "Administrator"}, "role": {"id": "4", "name": "CEO"}},
        {"id": "2", "last_name": recorded["last_name"], "email": recorded["email"]},
    ]
    owner = {"id": "5", "name": "Ines Moreau", "email": "ines@harbourpine.example"}
    contact = {"id": "6", "First_Name": "Odile", "Last_Name": "Roux", "Email": "odile@roux.example", "Owner": owner}
    return {
        "exchanges": [
            {"method": "GET", "path": "/bigin/v2/users", "status": 200, "response": {"users": users}},
            {"method": "GET", "path": "/crm/v2/Contacts", "status": 200, "response": {"data": [contact]}},
        ]
    }


def _recorded(file: str, key: str) -> list[Wire]:
    """The objects under a key of the first answer of a recording."""
    told = json.loads((RECORDED / file).read_text(encoding="utf-8"))
    found: list[Wire] = told["exchanges"][0]["response"][key]
    assert found
    return found


def _told(shell: Shell, *words: str) -> Any:  # noqa: ANN401 -- whatever JSON a command prints
    ran = shell.type(*words, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def _writes(report: Wire) -> int:
    counts = report["counts"]
    return sum(sum(each[what].values()) for each in counts for what in ("created", "updated", "joined"))


def _orgs(url: str, pairs: Mapping[str, list[Wire]]) -> Orgs:
    with person(url, "bigin") as bigin, person(url, "crm") as crm:
        return Orgs(pairs, _rows(bigin, pairs, side="left"), _rows(crm, pairs, side="right"))


def _rows(org: httpx.Client, pairs: Mapping[str, list[Wire]], *, side: str) -> Rows:
    found = {}
    for kind, module in MODULES.items():
        fields = ",".join([*(pair[side] for pair in pairs[kind]), "Modified_Time"])
        answer = org.get(module, params={"fields": fields, "per_page": "200"})
        rows = answer.json()["data"] if answer.status_code == 200 else []
        found[kind] = {row["id"]: row for row in rows}
    return found


def _names(kind: str, row: Wire) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in NAMES[kind])
