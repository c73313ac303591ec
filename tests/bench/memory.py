"""How much memory a process needed."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK = "VmHWM:"


def peak_mb() -> float:
    """The most memory that this process ever held, in MB.

    Not as getrusage(2) has it, where there is better: on Linux a process begins there with what the one held that
    started it, and a benchmark that has run for a while holds more than an idle run does.
    """
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    own = next((int(line.split()[1]) for line in lines if line.startswith(_PEAK)), None)
    if own is not None:
        return own / 1024
    counted = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return counted / (1024**2 if sys.platform == "darwin" else 1024)
