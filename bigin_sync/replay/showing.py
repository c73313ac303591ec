"""What the commands show at a moment of a scenario, as lines of text."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bigin_sync.admin import conflicts, export, fields, modules, owners, parted, problems, runs, status
from bigin_sync.jobs.room import Room
from bigin_sync.replay.orders import Shows


def unshown(room: Room, told: Shows) -> list[str]:
    """One sentence for each text that is expected and not shown; empty when all are."""
    faults = []
    for what, texts in told.model_dump(by_alias=True, exclude_defaults=True).items():
        lines = list(_SHOWN[what](room))
        faults += [
            f"{what}: {text!r} was expected, and this is shown: {' | '.join(lines) or 'nothing'}"
            for text in texts
            if not any(text.casefold() in line.casefold() for line in lines)
        ]
    return faults


def _modules(room: Room) -> Iterator[str]:
    """`contacts: active`, and beside it what is wrong, which view says what is synced, and which views there are."""
    for module in modules.overview(room):
        why = f" ({module.stopped_why})" if module.stopped_why else ""
        yield f"{module.name}: {module.state}{why}"
        yield from (f"{module.name}: {trouble}" for trouble in (*module.troubles, *module.remarks))
        for kind in module.kinds:
            yield f"{kind.kind}: view {kind.view}, of {', '.join(kind.views)}"
            yield f"{kind.kind}: {kind.linked} linked, {kind.parted} parted"


def _notices(room: Room) -> Iterator[str]:
    return (notice.text for notice in status.status(room).notices)


def _owners(room: Room) -> Iterator[str]:
    """`Ana Moreira = Ana Moreira: same e-mail`, or one user alone and why; who has left is `(inactive)`."""
    for line in owners.listing(room):
        users = [f"{user.name}{'' if user.active else ' (inactive)'}" for user in (line.left, line.right) if user]
        yield f"{' = '.join(users)}: {line.note}"


def _fields(room: Room) -> Iterator[str]:
    """`contact: Title ↔ Title`, then what is not mapped and why, and what each stage becomes."""
    for module in room.pairing.modules:
        for kind in fields.mapping(room, module.name):
            yield from (f"{kind.kind}: {one.left} {one.direction} {one.right} {one.remarks}" for one in kind.pairs)
            yield from (f"{kind.kind}: {one.product} {one.field}: {one.reason}" for one in kind.unmapped)
            yield from (f"{kind.kind}: {text}" for text in (*kind.findings, *kind.blocked))
            yield from (f"{kind.kind}: {one.product}: {one.stage} → {one.becomes or 'nothing'}" for one in kind.stages)


def _history(room: Room) -> Iterator[str]:
    """The totals of the latest run, then what it wrote and left out, with the reason of each."""
    for run in runs.history(room, limit=1):
        for one in run.modules:
            amounts = (one.total, one.added, one.updated, one.skipped, one.held, one.failed, one.parted)
            words = ("total", "added", "updated", "skipped", "held", "failed", "parted")
            yield f"{one.module}: {', '.join(f'{n} {word}' for n, word in zip(amounts, words, strict=True))}"
        for line in runs.writes(room, run.id):
            cause = f" ({line.cause})" if line.cause else ""
            yield f"{line.action} {line.kind} {line.record}{cause}: {line.why}"


def _export(room: Room) -> Iterator[str]:
    """The latest run as a table, then as JSON, line by line."""
    for run in runs.history(room, limit=1):
        with tempfile.TemporaryDirectory(prefix="bigin-sync-replay-") as folder:
            for name in ("run.csv", "run.json"):
                path = Path(folder) / name
                export.export(room, run.id, path)
                yield from path.read_text(encoding="utf-8").splitlines()


def _conflicts(room: Room) -> Iterator[str]:
    return (f"{line.kind} {line.record}: {line.what}" for line in conflicts.listing(room))


def _problems(room: Room) -> Iterator[str]:
    return (f"{line.kind} {line.record}: {line.why}. {line.way_out}" for line in problems.listing(room))


def _parted(room: Room) -> Iterator[str]:
    """`contact Ida Lindqvist: deleted in Zoho CRM`, and what can be done."""
    return (f"{line.kind} {line.record}: deleted in {line.product}. {line.way_out}" for line in parted.listing(room))


_SHOWN: Mapping[str, Callable[[Room], Iterator[str]]] = {
    "modules": _modules,
    "notices": _notices,
    "owners": _owners,
    "fields": _fields,
    "history": _history,
    "export": _export,
    "conflicts": _conflicts,
    "problems": _problems,
    "parted": _parted,
}
