"""Reading a scenario's file, strictly, so that a slip is told with its line and never guessed at."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bigin_sync.errors import UnreadableFile
from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.words import PLURALS, field_words

_SUFFIXES = (".yaml", ".yml")
_WHY = "A scenario is replayed only when every line of it is understood."


def round_trip() -> YAML:
    """The reader and writer that keeps comments, order and quotes as they are."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def scenario_files(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for all scenarios in it, in order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.suffix in _SUFFIXES)
            if not inside:
                raise UnreadableFile(f"There is no scenario in the folder {path}.", hint="Scenarios end in .yaml.")
            found.extend(inside)
        elif path.is_file():
            found.append(path)
        else:
            raise UnreadableFile(f"There is no file or folder {path}.", hint="Check the path, for example: fixtures/")
    return found


def load(path: Path) -> Any:  # noqa: ANN401 -- the tree of a YAML file, whatever is in it
    """The tree of a scenario's file, with the place of every part."""
    try:
        return round_trip().load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise _unreadable(path, line, f"it is no YAML: {error.problem}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(path, 1, f"it is no YAML: {error}") from None
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be read: {error.strerror}.", hint="Check the path and its rights."
        ) from None


def read(path: Path) -> Scenario:
    """The scenario in a file; raises `UnreadableFile` with file, line and what to fix."""
    tree = load(path)
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = [part for part in first["loc"] if part not in _INNER]
        raise _unreadable(path, _line(tree, first["loc"]), _told(first["type"], first["msg"], where)) from None
    return scenario.model_copy(update={"path": path})


_INNER = frozenset({"values", "tallies", "in_", "did"})


def _told(kind: str, message: str, where: Sequence[int | str]) -> str:
    place = " → ".join(str(part + 1) if isinstance(part, int) else part for part in where)
    if kind == "extra_forbidden":
        return f"`{place}` is no key that a scenario knows"
    if kind == "missing":
        return f"`{place}` is missing"
    return f"`{place}`: {message.removeprefix('Value error, ')}" if place else message.removeprefix("Value error, ")


def _unreadable(path: Path, line: int, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"{path}, line {line}: {what}.", why=_WHY, hint="How scenarios are written is told in fixtures/README.md."
    )


def _line(tree: Any, where: Sequence[int | str]) -> int:  # noqa: ANN401 -- see `load`
    """The line of the innermost part that still has a place of its own."""
    node, line = tree, 1
    for part in where:
        position = getattr(node, "lc", None)
        written = _written(node, part)
        if position is None or written is None:
            continue
        line = position.data[written][0] + 1
        node = node[written]
    return line


def _written(node: Any, part: int | str) -> Any:  # noqa: ANN401 -- a key of a mapping or an index of a list
    """The key or index under which a part stands in the file; None: the file has no such level."""
    if isinstance(part, int):
        return part if isinstance(node, list) and part < len(node) else None
    if not isinstance(node, dict):
        return None
    spoken = PLURALS if part == "it" else {part, field_words(part), PLURALS.get(part)}
    return next((key for key in node if key in spoken), None)
