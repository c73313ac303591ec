"""The rules of the house that no other tool keeps."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "bigin_sync"
TEXTS = {".py", ".md", ".toml", ".yml", ".yaml", ".json", ".txt", ""}
LONGEST = 400
# Put together here, so that this file keeps its own rule.
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"]))
EXEMPTED = re.compile(r"#\s*(?:noqa|type:\s*ignore|fmt:\s*(?:skip|off)|pragma)\b.*")
WITH_REASON = re.compile(
    r"(?:noqa:[A-Z0-9, ]+|type: ignore\[[a-z, -]+\]\s+#|fmt: (?:skip|off)|pragma: [a-z ]+)\s+-- \w"
)
PRODUCT = re.compile(r"(?<![a-z])(?:bigin(?!t|[-_]sync)|crm)", re.IGNORECASE)
VAGUE = {"utils", "util", "helpers", "helper", "manager", "base", "misc", "common"}


@cache
def _files() -> tuple[Path, ...]:
    """Every file of the project, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for name in sorted(listed.stdout.split("\0")) if name and (path := ROOT / name).is_file())


def _python() -> Iterator[Path]:
    return (path for path in _files() if path.suffix == ".py")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and texts that the program works with: everything but comments and docstrings."""
    docs = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in _python()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_nothing_is_left_for_later() -> None:
    found = [
        _at(path, number)
        for path in _files()
        if path.suffix in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_every_module_of_the_program_says_what_it_is() -> None:
    assert [str(path) for path in _python() if PACKAGE in path.parents and not ast.get_docstring(_tree(path))] == []


def test_every_exception_from_a_rule_carries_its_reason() -> None:
    found = [
        f"{_at(path, line)}: {comment}"
        for path in _python()
        for line, comment in _comments(path)
        if EXEMPTED.search(comment) and not WITH_REASON.search(comment)
    ]
    assert found == []


def test_no_file_is_named_after_nothing_in_particular() -> None:
    assert [str(path) for path in _files() if VAGUE & set(path.stem.lower().split("_"))] == []


@pytest.mark.parametrize("room", ["model", "store", "sync"])
def test_the_core_names_no_product(room: str) -> None:
    """A second pairing must need no change here."""
    found = [
        f"{_at(path, line)}: {word}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for line, word in _words(_tree(path))
        if PRODUCT.search(word)
    ]
    assert found == []


def test_no_client_can_delete() -> None:
    """A delete never crosses: there is no such call, so there is none to be made by mistake."""
    found = [
        _at(path, line)
        for path in (PACKAGE / "zoho").rglob("*.py")
        for line, word in _words(_tree(path))
        if word.upper() == "DELETE"
    ]
    assert found == []


def test_certificates_are_always_checked() -> None:
    """There is no switch for it, so nobody can leave it off."""
    loosening = re.compile(r"CERT_(NONE|OPTIONAL)|check_hostname|_create_(unverified|stdlib)_context|disable_warnings")
    loosened = [
        _at(path, line)
        for path in (PACKAGE).rglob("*.py")
        for line, word in _words(_tree(path))
        if loosening.search(word)
    ]
    given = [
        (_at(path, node.value.lineno), ast.unparse(node.value))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.keyword) and node.arg in ("verify", "ssl_context", "trust_env")
    ]
    assert loosened == []
    assert {value for _where, value in given} == {"trusted()"}, given


def test_a_tests_name_is_a_sentence() -> None:
    found = [
        f"{_at(path, node.lineno)}: {node.name}"
        for path in _python()
        if path.name.startswith("test_")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert found == []


def test_no_test_waits_for_time_to_pass() -> None:
    found = [
        _at(path, node.lineno)
        for path in _python()
        if path.name.startswith("test_")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr == "sleep"
        and getattr(node.value, "id", "") in {"time", "asyncio"}
    ]
    assert found == []


def test_a_run_writes_nothing_that_is_not_fenced_but_its_own_last_word() -> None:
    opened = [
        path.name
        for path in sorted((PACKAGE / "sync").glob("*.py"))
        for _ in re.findall(r"\.db\.write\(", path.read_text(encoding="utf-8"))
    ]
    assert opened == ["run.py", "setup.py"]
