"""Writing what happened into a scenario's file as what is expected, leaving comments, order and wording alone."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bigin_sync.replay.compare import name_of
from bigin_sync.replay.expected import CALM
from bigin_sync.replay.found import Found
from bigin_sync.replay.keeping import Life
from bigin_sync.replay.play import Played, same_aside, unlike
from bigin_sync.replay.ran import Ran
from bigin_sync.replay.reading import load, round_trip
from bigin_sync.replay.state import State
from bigin_sync.replay.told import Cell, Named
from bigin_sync.replay.words import LABELS, PLURALS, api_name, field_words

Values = Mapping[str, Cell]
Line = TypeVar("Line", bound=Named)


def rewrite(played: Played) -> bool:
    """Write the expectations of a scenario anew where they differ; says whether the file was changed."""
    if played.fine:
        return False
    path = played.scenario.path
    tree = load(path)
    for number, step in enumerate(played.scenario.steps):
        node = tree["steps"][number]
        if number in played.ran:
            node[step.name] = _run_node(played.ran[number], full=step.sync is not None and step.sync.full)
        elif number in played.lived:
            _relive(node["daemon"], played.lived[number])
        elif step.check is not None:
            _restate(node["check"], step.check, played.looked[number])
    _restate(tree["after"], played.scenario.after, played.after)
    _save(tree, path)
    return True


def _save(tree: CommentedMap, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        round_trip().dump(tree, file)


def _run_node(ran: Ran, *, full: bool) -> CommentedMap | str:
    told: dict[str, str] = {"full": "yes"} if full else {}
    told |= {PLURALS[kind]: str(tally) for kind, tally in ran.tallies.items() if tally}
    if ran.stopped:
        told["stopped"] = ran.stopped
    return CommentedMap(told) if told else CALM


def _relive(node: CommentedMap, life: Life) -> None:
    """Make the runs of a daemon those that were; one that did nothing is told by the names of its modules alone."""
    runs = CommentedMap()
    for at, look in life.looks.items():
        modules, did = ", ".join(look.modules), _run_node(look.ran, full=False)
        told = {"modules": modules} if modules else {}
        runs[DoubleQuotedScalarString(at)] = CommentedMap({**told, **did}) if isinstance(did, CommentedMap) else modules
    node["runs"] = runs


def _restate(node: CommentedMap, expected: State, found: Found) -> None:
    if not unlike(expected, found):
        return
    for shelf, kinds in _shelves(found).items():
        if kinds or shelf in node:
            _refill(node.setdefault(shelf, CommentedMap()), kinds)
            if not node[shelf]:
                del node[shelf]
    _relist(node, "not synced", found.not_synced, like=same_aside)
    _relist(node, "conflicts", found.conflicts, like=_alike)
    if expected.overwritten is not None:
        _relist(node, "overwritten", found.overwritten, like=_alike)


def _shelves(found: Found) -> dict[str, dict[str, list[Values]]]:
    """`both`, `bigin`, `crm` -> kind -> records; what is the same on both sides is told once."""
    shelves: dict[str, dict[str, list[Values]]] = {shelf: {} for shelf in ("both", *LABELS)}
    kinds = dict.fromkeys(kind for records in found.records.values() for kind in records)
    for kind in kinds:
        left: list[Values] = list(found.records["bigin"].get(kind, ()))
        right: list[Values] = list(found.records["crm"].get(kind, ()))
        for values in list(left):
            if values in right:
                left.remove(values)
                right.remove(values)
                shelves["both"].setdefault(kind, []).append(values)
        for label, rest in zip(LABELS, (left, right), strict=True):
            if rest:
                shelves[label][kind] = rest
    return shelves


def _refill(node: CommentedMap, kinds: Mapping[str, Sequence[Values]]) -> None:
    for kind, plural in PLURALS.items():
        if kind in kinds:
            _reseat(node.setdefault(plural, CommentedSeq()), kind, kinds[kind])
        elif plural in node:
            del node[plural]


def _reseat(node: CommentedSeq, kind: str, records: Sequence[Values]) -> None:
    """Make a list hold these records: what has the same name is changed in place, the rest is taken out or added."""
    left = list(records)
    for position in reversed(range(len(node))):
        name = name_of(kind, {api_name(str(key)): value for key, value in node[position].items()})
        match = next((values for values in left if name_of(kind, values) == name), None)
        if match is None:
            _take_out(node, position)
        else:
            left.remove(match)
            _revalue(node[position], match)
    for values in left:
        node.append(CommentedMap({field_words(name): value for name, value in values.items()}))


def _take_out(node: CommentedSeq, position: int) -> None:
    """Remove a record from a list. A comment that stands above the next record is kept with that one.

    The reader hangs such a comment onto the last key of the record before it, which would take it along.
    """
    hung = _hung(node[position])
    del node[position]
    if hung is None:
        return
    if position == 0:
        lines = [line.strip().removeprefix("#").strip() for line in hung.value.strip().splitlines()]
        node.yaml_set_start_comment("\n".join(lines), indent=hung.start_mark.column)
        return
    before = node[position - 1]
    held = before.ca.items.setdefault(next(reversed(before)), [None, None, None, None])
    if held[2] is None:
        held[2] = hung
    else:
        held[2].value += hung.value.lstrip("\n")


def _revalue(node: CommentedMap, values: Values) -> None:
    """Make a record hold these values, in place; what stands above the next record stays above it."""
    hung = _hung(node)
    written = {api_name(str(key)): key for key in node}
    for name, key in written.items():
        if name not in values and node[key] not in (None, "", False):
            del node[key]
    for name, value in values.items():
        key = written.get(name, field_words(name))
        if key not in node or node[key] != value:
            node[key] = value
    if hung is not None:
        node.ca.items.setdefault(next(reversed(node)), [None, None, None, None])[2] = hung


def _hung(node: CommentedMap) -> Any:  # noqa: ANN401 -- a token of the YAML reader
    """Takes the comment above the next record off the last key, where the reader hung it; None: there is none."""
    last = next(reversed(node))
    held = node.ca.items.get(last)
    if held is None or held[2] is None or not held[2].value.startswith("\n"):
        return None
    token, held[2] = held[2], None
    return token


def _relist(node: CommentedMap, key: str, found: Sequence[Line], *, like: Callable[[Line, Line], bool]) -> None:
    """Make a list hold what was found: lines that still hold stay as they are, the rest is taken out or added."""
    told = node.get(key) or CommentedSeq()
    left = list(found)
    for position in reversed(range(len(told))):
        match = next((each for each in left if like(type(each).model_validate(told[position]), each)), None)
        if match is None:
            del told[position]
        else:
            left.remove(match)
    told.extend(_line_node(each) for each in left)
    if told:
        node[key] = told
    elif key in node:
        del node[key]


def _line_node(one: Named) -> CommentedMap:
    told = CommentedMap({one.kind: one.it})
    for name, value in one.model_dump(by_alias=True, exclude={"kind", "it"}).items():
        told[name] = field_words(value) if name == "field" else value
    return told


def _alike(told: Named, found: Named) -> bool:
    return told == found
