"""A mapping file: changes to the field mapping, written by a person in YAML or JSON (which is YAML, too)."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bigin_sync.errors import UnreadableFile


def read_document(path: Path) -> dict[str, Any]:
    """The document in a file; raises `UnreadableFile`, with the line where it can't be understood."""
    try:
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "it is no text in UTF-8") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark is not None else ""
        raise _unreadable(path, f"{place}{getattr(error, 'problem', None) or 'it is neither YAML nor JSON'}") from error
    if not isinstance(document, dict):
        raise _unreadable(path, "it has to name a kind of record (company, contact) at its top")
    return document


def _unreadable(path: Path, why: str) -> UnreadableFile:
    return UnreadableFile(
        f"The mapping file {path} can't be read: {why}.",
        why="Nothing was changed.",
        hint="Correct the file, or leave --map out to keep the mapping as it is.",
    )
