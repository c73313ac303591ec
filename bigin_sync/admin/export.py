"""Export: what a run wrote and left out, or what every run came to, as a file for a spreadsheet or another program."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import IO, TypeAlias

from bigin_sync.admin import runs
from bigin_sync.admin.lines import WriteLine
from bigin_sync.admin.runs import ModuleTotals, RunLine
from bigin_sync.errors import UnknownSetting, UnreadableFile
from bigin_sync.jobs.room import Room

COLUMNS = (
    *("run", "time", "module", "kind", "action", "product", "record", "bigin_id", "crm_id"),
    *("outcome", "cause", "reason", "changes", "remarks"),
)
OF_A_MODULE = tuple(one.name for one in fields(ModuleTotals))
TOTALS = ("run", "started", "seconds", "state", *OF_A_MODULE, "why", "error")

Row: TypeAlias = Mapping[str, str | int | float | None]

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- spreadsheets take the wide signs for the others
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")."""


def export(room: Room, run_id: int, path: Path) -> int:
    """Write one run to a `.csv` or `.json` file, newest first; returns how many lines it has.

    Every record that was skipped, held or failed is there with its cause and reason. In CSV a cell that a spreadsheet
    would take for a formula begins with an apostrophe. Raises `UnknownRecord`, `UnknownSetting` for another ending, or
    `UnreadableFile` when the file can't be written.
    """
    write = _writer(path, hint=f"bigin-sync history {run_id} --export run-{run_id}.csv")
    runs.run(room, run_id)
    return write(COLUMNS, (_row(room, line) for line in runs.writes(room, run_id)))


def export_totals(room: Room, path: Path, *, module: str | None = None) -> int:
    """Write what every run came to, module by module, to a `.csv` or `.json` file, newest first; returns how many lines
    it has.

    Of one module, if it is named, only its own runs and totals. A run that served no module has one line. Cells and
    errors as in `export`; `UnknownModule` for a module that is none.
    """
    write = _writer(path, hint="bigin-sync history --export history.csv")
    lines = runs.history(room, module=module)
    return write(TOTALS, (row for line in lines for row in _totals(line)))


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _writer(path: Path, *, hint: str) -> Callable[[Sequence[str], Iterable[Row]], int]:
    """What writes rows to this file, as its ending says."""
    written = {".csv": _csv, ".json": _json}.get(path.suffix.casefold())
    if written is None:
        raise UnknownSetting(
            f"{path.name} is neither a .csv nor a .json file.", why="The ending says what is written.", hint=hint
        )

    def write(columns: Sequence[str], rows: Iterable[Row]) -> int:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                return written(columns, rows, file)
        except OSError as error:
            raise UnreadableFile(
                f"{path} can't be written: {error.strerror or error}.",
                why="Nothing was exported.",
                hint="Name another.",
            ) from error

    return write


def _totals(line: RunLine) -> Iterator[Row]:
    begin: Row = {
        "run": line.id,
        "started": line.started_at.isoformat(timespec="seconds"),
        "seconds": line.seconds,
        "state": line.state,
    }
    end: Row = {"why": line.why, "error": line.error}
    for each in line.modules or (None,):
        numbers: Row = dict.fromkeys(OF_A_MODULE) if each is None else asdict(each)
        yield {**begin, **numbers, **end}


def _row(room: Room, line: WriteLine) -> Row:
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


def _csv(columns: Sequence[str], rows: Iterable[Row], file: IO[str]) -> int:
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    number = 0
    for row in rows:
        writer.writerow({name: harmless(_shown(value)) for name, value in row.items()})
        number += 1
    return number


def _json(_columns: Sequence[str], rows: Iterable[Row], file: IO[str]) -> int:
    number = 0
    file.write("[")
    for row in rows:
        file.write(",\n" if number else "\n")
        json.dump(row, file, ensure_ascii=False)
        number += 1
    file.write("\n]\n")
    return number
