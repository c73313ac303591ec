"""The memory that a measured process needed is its own."""

import subprocess
import sys

from tests.bench.rig import ROOT

MB = 1024**2
ASKED = "from tests.bench.memory import peak_mb; print(peak_mb())"


def _told(asked: str) -> float:
    return float(
        subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )


def test_the_memory_of_who_started_a_process_is_not_counted_as_its_own() -> None:
    held = bytearray(200 * MB)
    assert 5 < _told(ASKED) < len(held) / MB / 2


def test_memory_that_was_given_back_counts() -> None:
    assert _told(f"held = bytearray({200 * MB}); del held; {ASKED}") > 200
