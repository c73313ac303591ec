"""Comparing how things are with how a scenario expects them, and telling the difference in a person's words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deepdiff import DeepDiff

from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.replay.told import Cell, Sample
from bigin_sync.replay.words import field_words

Records = Mapping[str, Sequence[Mapping[str, Cell]]]
"""Kind -> records, each a mapping of API name to value, blanks left out."""

_BLANK = (None, "", False)


def expected_records(told: Mapping[str, Sequence[Sample]]) -> dict[str, list[dict[str, Cell]]]:
    """What a scenario tells of one side, in the form in which it is compared: kinds without records are left out."""
    return {
        kind: [
            {name: value for name, value in sample.values.items() if value not in _BLANK and value != []}
            for sample in samples
        ]
        for kind, samples in told.items()
        if samples
    }


def differences(expected: Records, found: Records, *, label: str) -> list[str]:
    """One sentence for each thing about one side that is not as expected; empty when all is."""
    # The threshold is off: two records that have little in common are still told field by field.
    diff = DeepDiff(_by_name(expected), _by_name(found), view="tree", ignore_order=True, threshold_to_diff_deeper=0)
    return sorted(
        _tell(change.path(output_format="list"), change.t1, now=change.t2, label=label) for change in _changes(diff)
    )


def lacking(expected: Sequence[str], found: Sequence[str], *, what: str) -> list[str]:
    """The same for two lists of lines, whatever their order."""
    missing = [f"{what}: {line} was expected" for line in without(expected, found)]
    return missing + [f"{what}: {line} was not expected" for line in without(found, expected)]


def without(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """The lines that are not among the others, each as often as it is there once too many."""
    left = list(others)
    kept = []
    for line in lines:
        if line in left:
            left.remove(line)
        else:
            kept.append(line)
    return kept


def _by_name(records: Records) -> dict[str, dict[str, Mapping[str, Cell]]]:
    """Kind -> name -> values. Where several records share a name they are numbered, in the order of their values."""
    named: dict[str, dict[str, Mapping[str, Cell]]] = {}
    for kind, samples in records.items():
        shelf = named.setdefault(kind, {})
        for values in sorted(samples, key=lambda each: json.dumps(each, sort_keys=True, default=str)):
            name = name_of(kind, values)
            number = sum(1 for taken in shelf if taken == name or taken.startswith(f"{name} #")) + 1
            shelf[name if number == 1 else f"{name} #{number}"] = values
    return named


def name_of(kind: str, values: Mapping[str, Cell]) -> str:
    """What people call a record with these values."""
    told = {name: str(value) for name, value in values.items() if value is not None}
    return BIGIN_CRM.kind(kind).label(told) or "without a name"


def _changes(diff: DeepDiff) -> Iterator[Any]:
    for changes in diff.values():
        yield from changes


def _tell(path: Sequence[object], was: object, *, now: object, label: str) -> str:
    where = [str(part) for part in path]
    if len(where) == 1:
        given = now if isinstance(now, Mapping) else was
        names = ", ".join(str(name) for name in given) if isinstance(given, Mapping) else ""
        return f"{label}: {where[0]} {names} {_there(now)}"
    if len(where) == 2:
        return f"{label}: {where[0]} {where[1]} {_there(now)}{_values(now)}"
    name = field_words(where[2])
    return f"{label}: {where[0]} {where[1]}: {name} is {_spoken(now)}, expected {_spoken(was)}"


def _there(now: object) -> str:
    return "is there, and was not expected" if isinstance(now, Mapping) else "is missing"


def _values(now: object) -> str:
    if not isinstance(now, Mapping):
        return ""
    return f" ({', '.join(f'{field_words(name)}: {value}' for name, value in now.items())})"


def _spoken(value: object) -> str:
    return "blank" if not isinstance(value, (str, bool, int, float, list)) else repr(value)
