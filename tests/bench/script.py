"""The script somebody writes in an afternoon: the official SDK for CRM, plain calls for Bigin, one after the other.

`python -m tests.bench.script --home FOLDER --url URL --out FILE`: read everything, match companies by name and contacts
by e-mail, create what is missing on either side in batches of 100. It keeps no state, sees no edits and knows no
conflicts; it is here for its speed alone.
"""

import argparse
import importlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from tests.bench.arithmetic import BATCH
from tests.bench.invented import MODULES
from tests.bench.measured import Counted, measure

_SDK = "zohocrmsdk.src.com.zoho"
_FIELDS = {
    "Accounts": "Account_Name Phone Website Description Billing_Street Billing_City Billing_State Billing_Code "
    "Billing_Country".split(),
    "Contacts": "First_Name Last_Name Email Title Phone Mobile Account_Name Mailing_Street Mailing_City Mailing_State "
    "Mailing_Zip Mailing_Country Description".split(),
}
_CHOICES = frozenset({"Billing_Country", "Mailing_Country", "Billing_State", "Mailing_State"})
_PAGE = 200

Row: TypeAlias = dict[str, Any]
Sdk: TypeAlias = Any
"""A class or an object of the SDK, which ships no types."""


def main() -> None:
    """Sync once and write down what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--home", "--out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--url")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found = measure(lambda: sync(chosen.url, chosen.home))
    chosen.out.write_text(json.dumps(asdict(found)))


def sync(url: str, home: Path) -> Counted:
    """Companies first, then contacts, whose company is looked up among them."""
    bigin, crm = Bigin(url), Crm(url, home)
    counts: dict[str, dict[str, int]] = {}
    partner_in_crm: dict[str, str] = {}
    partner_in_bigin: dict[str, str] = {}
    for kind, module in MODULES.items():
        left, right = list(bigin.read(module)), list(crm.read(module))
        known_left = {_key(module, row): row["id"] for row in left}
        known_right = {_key(module, row): row["id"] for row in right}
        to_crm = [row for row in left if _key(module, row) not in known_right]
        to_bigin = [row for row in right if _key(module, row) not in known_left]
        made_right = crm.create(module, [_moved(row, partner_in_crm) for row in to_crm])
        made_left = bigin.create(module, [_moved(row, partner_in_bigin) for row in to_bigin])
        known_right.update({_key(module, row): id for row, id in zip(to_crm, made_right, strict=True)})
        known_left.update({_key(module, row): id for row, id in zip(to_bigin, made_left, strict=True)})
        partner_in_crm = {known_left[key]: known_right[key] for key in known_left}
        partner_in_bigin = {known_right[key]: known_left[key] for key in known_right}
        counts[kind] = {
            "seen": len(left) + len(right),
            "created_left": len(made_left),
            "created_right": len(made_right),
        }
    return {"bigin": bigin.calls, "crm": crm.calls}, {}, counts


def _key(module: str, row: Row) -> str:
    if module == "Accounts":
        return str(row["Account_Name"]).lower()
    return str(row.get("Email") or f"{row.get('Phone')} {row['Last_Name']}").lower()


def _moved(row: Row, partners: Mapping[str, str]) -> Row:
    """The row without its id and with its company on the other side."""
    moved = {name: value for name, value in row.items() if name != "id" and value is not None}
    if isinstance(company := moved.get("Account_Name"), Mapping):
        moved["Account_Name"] = {"id": partners[company["id"]]}
    return moved


class Bigin:
    """Bigin with plain calls."""

    def __init__(self, url: str) -> None:
        self.calls = 0
        self._http = httpx.Client(base_url=url, timeout=300)
        form = {
            "grant_type": "refresh_token",
            "client_id": "1000.EMULATOR",
            "client_secret": "emulator-secret",
            "refresh_token": "1000.emulator.bigin",
        }
        token = self._http.post("/oauth/v2/token", data=form).raise_for_status().json()["access_token"]
        self._http.headers["Authorization"] = f"Zoho-oauthtoken {token}"

    def read(self, module: str) -> Iterator[Row]:
        """All records, page by page."""
        params: dict[str, str | int] = {"fields": ",".join(_FIELDS[module]), "per_page": _PAGE}
        place: dict[str, str | int] = {"page": 1}
        while True:
            answer = self._http.get(f"/bigin/v2/{module}", params={**params, **place}).raise_for_status()
            self.calls += 1
            if answer.status_code == 204:
                return
            yield from answer.json()["data"]
            info = answer.json()["info"]
            if not info["more_records"]:
                return
            place = {"page_token": info["next_page_token"]}

    def create(self, module: str, rows: list[Row]) -> list[str]:
        """Insert rows; gives their ids."""
        ids: list[str] = []
        for start in range(0, len(rows), BATCH):
            body = {"data": rows[start : start + BATCH], "trigger": []}
            answer = self._http.post(f"/bigin/v2/{module}", json=body).raise_for_status()
            self.calls += 1
            ids += [item["details"]["id"] for item in answer.json()["data"]]
        return ids


class Crm:
    """Zoho CRM with the vendor's SDK."""

    def __init__(self, url: str, home: Path) -> None:
        self.calls = 0
        token = _sdk("api.authenticator.oauth_token", "OAuthToken")(
            client_id="1000.EMULATOR",
            client_secret="emulator-secret",
            refresh_token="1000.emulator.crm",
            find_user=False,
        )
        _sdk("crm.api.initializer", "Initializer").initialize(
            _sdk("crm.api.dc.data_center", "DataCenter").Environment(url, f"{url}/oauth/v2/token", url),
            token,
            store=_sdk("api.authenticator.store.file_store", "FileStore")(str(home / "tokens.csv")),
            sdk_config=_sdk("crm.api.sdk_config", "SDKConfig")(auto_refresh_fields=False, pick_list_validation=False),
            resource_path=str(home),
        )

    def read(self, module: str) -> Iterator[Row]:
        """All records, page by page."""
        params = _sdk("crm.api.record", "GetRecordsParam")
        token: str | None = None
        while True:
            given = _sdk("crm.api", "ParameterMap")()
            given.add(params.fields, ",".join(_FIELDS[module]))
            given.add(params.per_page, _PAGE)
            if token is not None:
                given.add(params.page_token, token)
            answer = self._records(module).get_records(given).get_object()
            self.calls += 1
            for record in answer.get_data():
                yield _plain(record, module)
            if not answer.get_info().get_more_records():
                return
            token = answer.get_info().get_next_page_token()

    def create(self, module: str, rows: list[Row]) -> list[str]:
        """Insert rows; gives their ids."""
        ids: list[str] = []
        for start in range(0, len(rows), BATCH):
            body = _sdk("crm.api.record", "BodyWrapper")()
            body.set_data([_record(row) for row in rows[start : start + BATCH]])
            body.set_trigger([])
            answer = self._records(module).create_records(body).get_object()
            self.calls += 1
            ids += [str(item.get_details()["id"]) for item in answer.get_data()]
        return ids

    def _records(self, module: str) -> Sdk:
        return _sdk("crm.api.record", "RecordOperations")(module)


def _plain(record: Sdk, module: str) -> Row:
    row: Row = {name: record.get_key_value(name) for name in _FIELDS[module]}
    row |= {name: row[name].get_value() for name in _CHOICES & row.keys() if row[name] is not None}
    if module == "Contacts" and row["Account_Name"] is not None:
        row["Account_Name"] = {"id": str(row["Account_Name"].get_id())}
    return row | {"id": str(record.get_id())}


def _record(row: Row) -> Sdk:
    made = _sdk("crm.api.record", "Record")()
    for name, value in row.items():
        if isinstance(value, Mapping):
            company = _sdk("crm.api.record", "Record")()
            company.set_id(int(value["id"]))
            made.add_key_value(name, company)
        else:
            made.add_key_value(name, _sdk("crm.api.util", "Choice")(value) if name in _CHOICES else value)
    return made


def _sdk(module: str, name: str) -> Sdk:
    """A class of the SDK, which ships no types."""
    return getattr(importlib.import_module(f"{_SDK}.{module}"), name)


if __name__ == "__main__":
    main()
