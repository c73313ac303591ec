"""`make check` fails on a dependency that is known to be vulnerable, and never for lack of a network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
HOLED = {"name": "holed", "version": "2.0", "vulns": [{"id": "CVE-0000-1", "fix_versions": ["2.1"]}]}


def audited(tmp_path: Path, *, out: str, err: str = "", code: int = 0) -> "subprocess.CompletedProcess[str]":
    """An audit with a program that says this."""
    program = tmp_path / "says.py"
    told = f"import sys\nsys.stdout.write({out!r})\nsys.stderr.write({err!r})\nsys.exit({code})\n"
    program.write_text(told)
    asked = [sys.executable, str(AUDIT), sys.executable, str(program)]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


def report(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_sound_dependencies_pass(tmp_path: Path) -> None:
    said = audited(tmp_path, out=report(SOUND))
    assert (said.returncode, said.stderr) == (0, "")
    assert "1 dependencies audited" in said.stdout


def test_a_known_hole_fails_the_check_and_says_what_closes_it(tmp_path: Path) -> None:
    said = audited(tmp_path, out=report(SOUND, HOLED), code=1)
    assert said.returncode == 1
    assert "holed 2.0 is vulnerable: CVE-0000-1, fixed in 2.1" in said.stderr


@pytest.mark.parametrize(("out", "code"), [("", 1), ("{}", 1), ("<html>", 0)])
def test_where_nobody_can_be_asked_it_is_said_and_nothing_fails(tmp_path: Path, out: str, code: int) -> None:
    said = audited(tmp_path, out=out, err="at work\nConnectionError: no route to the service\n", code=code)
    assert said.returncode == 0
    assert said.stderr == "not audited: ConnectionError: no route to the service\n"
    assert "none is known" not in said.stdout


def test_a_dependency_that_nobody_knows_is_named(tmp_path: Path) -> None:
    said = audited(tmp_path, out=report(SOUND, {"name": "unheard", "skip_reason": "no such thing"}))
    assert said.returncode == 0
    assert "not audited: 1 of 2" in said.stderr
    assert "unheard: no such thing" in said.stderr
