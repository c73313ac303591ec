"""A share of the campaign, drawn anew in every `make long`, with its table; `make torture` runs the whole."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chance import VARIABLE, seed

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_whatever_goes_wrong_no_edit_is_lost_and_no_record_doubled(tell: Callable[[str], None]) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.torture.main", "--share"]
    environment = {**os.environ, VARIABLE: seed()}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    tell(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "edits lost" in done.stdout
