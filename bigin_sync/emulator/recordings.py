"""Reads a folder of recorded answers: what it tells of each product's people, fields and records.

A file is `{"exchanges": [...]}`; an exchange has at least `method`, `path`, `status` and `response`. The product is
told by the path, `/crm/…` or `/bigin/…`; only what was read successfully counts, in the order of the file names.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bigin_sync.emulator.org import Product
from bigin_sync.errors import UnreadableFile

Json = dict[str, object]

_PATH = re.compile(r"/(crm|bigin)/v[\d.]+/(.+?)/?")
_FORMAT = "A recording is a JSON file with a list of `exchanges`, each with method, path, status and response."


@dataclass(slots=True)
class Recorded:
    """What one product's answers told."""

    users: list[Json] = field(default_factory=list)
    org: Json | None = None
    fields: dict[str, list[Json]] = field(default_factory=dict)
    """Module -> its field metadata."""
    rows: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Module -> record id -> the record as shown."""


def read(folder: Path) -> dict[Product, Recorded]:
    """Everything a folder tells, by product; raises `UnreadableFile`."""
    told: dict[Product, Recorded] = {}
    for file in _files(folder):
        for exchange in _exchanges(file):
            match = _PATH.fullmatch(str(exchange.get("path")))
            if match is None or exchange.get("method") != "GET" or exchange.get("status") != 200:
                continue
            product: Product = "crm" if match.group(1) == "crm" else "bigin"
            _keep(told.setdefault(product, Recorded()), match.group(2).split("/"), exchange)
    if not told:
        raise UnreadableFile(
            f"There is no recorded answer of either product in {folder}.",
            why=_FORMAT,
            hint="Give a folder that holds such files.",
        )
    return told


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UnreadableFile(
            f"{folder} is not a folder.", why=_FORMAT, hint="Check the path: a folder is read, not a single file."
        )
    return sorted(folder.rglob("*.json"))


def _exchanges(file: Path) -> Iterator[Json]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFile(
            f"{file} cannot be read: {error}.", why=_FORMAT, hint="Repair or remove the file."
        ) from error
    exchanges = content.get("exchanges") if isinstance(content, dict) else None
    if not isinstance(exchanges, list) or not all(isinstance(one, dict) for one in exchanges):
        raise UnreadableFile(f"{file} is no recording.", why=_FORMAT, hint="Repair or remove the file.")
    yield from exchanges


def _keep(told: Recorded, path: list[str], exchange: Json) -> None:
    response = exchange.get("response")
    if not isinstance(response, dict):
        return
    if path[0] == "users":
        told.users.extend(_objects(response.get("users")))
    elif path == ["org"]:
        told.org = next(iter(_objects(response.get("org"))), told.org)
    elif path == ["settings", "fields"]:
        params = exchange.get("params")
        if isinstance(params, dict) and "module" in params:
            told.fields[str(params["module"])] = _objects(response.get("fields"))
    elif path[0] not in ("settings", "actions"):
        _keep_rows(told.rows.setdefault(path[0], {}), _objects(response.get("data")))


def _keep_rows(rows: dict[str, Json], shown: list[Json]) -> None:
    """A record that was shown more than once is kept as last modified, with every key it was ever shown with."""
    for row in shown:
        row_id = str(row.get("id"))
        known = rows.get(row_id)
        if known is None:
            rows[row_id] = row
        elif str(row.get("Modified_Time") or "") >= str(known.get("Modified_Time") or ""):
            rows[row_id] = {**known, **row}
        else:
            rows[row_id] = {**row, **known}


def _objects(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
