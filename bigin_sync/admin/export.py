"""Export: what a run wrote and left out, as a file for a spreadsheet or another program."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from bigin_sync.admin import runs
from bigin_sync.admin.lines import WriteLine
from bigin_sync.errors import UnknownSetting, UnreadableFile
from bigin_sync.jobs.room import Room

COLUMNS = (
    *("run", "time", "module", "kind", "action", "product", "record", "bigin_id", "crm_id"),
    *("outcome", "cause", "reason", "changes", "remarks"),
)

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- spreadsheets take the wide signs for the others
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")."""


def export(room: Room, run_id: int, path: Path) -> int:
    """Write one run to a `.csv` or `.json` file, newest first; returns how many lines it has.

    Every record that was skipped, held or failed is there with its cause and reason. In CSV a cell that a spreadsheet
    would take for a formula begins with an apostrophe. Raises `UnknownRecord`, `UnknownSetting` for another ending, or
    `UnreadableFile` when the file can't be written.
    """
    write = {".csv": _csv, ".json": _json}.get(path.suffix.casefold())
    if write is None:
        raise UnknownSetting(
            f"{path.name} is neither a .csv nor a .json file.",
            why="The ending says in which form the run is written.",
            hint=f"bigin-sync history {run_id} --export run-{run_id}.csv",
        )
    runs.run(room, run_id)
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            return write(_rows(room, run_id), file)
    except OSError as error:
        raise UnreadableFile(
            f"{path} can't be written: {error.strerror or error}.", why="Nothing was exported.", hint="Name another."
        ) from error


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _rows(room: Room, run_id: int) -> Iterator[Mapping[str, str]]:
    for line in runs.writes(room, run_id):
        yield _row(room, line)


def _row(room: Room, line: WriteLine) -> Mapping[str, str]:
    values = (
        str(line.run),
        line.at.isoformat(timespec="seconds"),
        room.pairing.kind(line.kind).module,
        line.kind,
        line.action,
        line.product,
        line.record,
        line.left_id or "",
        line.right_id or "",
        line.outcome,
        line.cause,
        line.why,
        "; ".join(f"{each.label}: {_shown(each.before)} -> {_shown(each.after)}" for each in line.fields),
        "; ".join(line.remarks),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _csv(rows: Iterator[Mapping[str, str]], file: IO[str]) -> int:
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    number = 0
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
        number += 1
    return number


def _json(rows: Iterator[Mapping[str, str]], file: IO[str]) -> int:
    number = 0
    file.write("[")
    for row in rows:
        file.write(",\n" if number else "\n")
        json.dump(row, file, ensure_ascii=False)
        number += 1
    file.write("\n]\n")
    return number
