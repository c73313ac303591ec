"""What a test tells is printed at the end, though it passed, and in whichever process it was tried."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TELLING = """
from collections.abc import Callable


def test_that_passes(tell: Callable[[str], None]) -> None:
    print("not heard")
    tell("3 worlds, 4 sequences")
"""


@pytest.mark.long
def test_what_a_passing_test_tells_in_another_process_is_printed(tmp_path: Path) -> None:
    (tmp_path / "test_telling.py").write_text(TELLING)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", "-p", "tests.conftest"]
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n3 worlds, 4 sequences\n" in done.stdout
    assert "not heard" not in done.stdout
