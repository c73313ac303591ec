"""A document that a person wrote in YAML or JSON (which is YAML, too): a mapping file, or a file of settings."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bigin_sync.errors import UnreadableFile


def read_document(path: Path, *, what: str = "mapping file") -> dict[str, Any]:
    """The document in a file, called `what` to people; raises `UnreadableFile`, with the line that is no YAML."""
    try:
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, what, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, what, "it is no text in UTF-8") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or "it is neither YAML nor JSON"
        raise _unreadable(path, what, f"{place}{problem}") from error
    if not isinstance(document, dict):
        raise _unreadable(path, what, "it has no names at its top")
    return document


def _unreadable(path: Path, what: str, why: str) -> UnreadableFile:
    return UnreadableFile(
        f"The {what} {path} can't be read: {why}.", why="Nothing was changed.", hint="Correct it, or name another."
    )
