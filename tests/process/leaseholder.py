"""A process that takes a lease, says so, and keeps it until its input ends: `python -m tests.process.leaseholder N`."""

import sys

from bigin_sync.clock import SystemClock
from bigin_sync.jobs.lease import leased
from bigin_sync.jobs.room import Room
from bigin_sync.settings import load_settings


def main() -> None:
    """Hold the lease of one integration."""
    with Room.open(load_settings(), clock=SystemClock()) as room, leased(room, int(sys.argv[1])) as right:
        sys.stdout.write(f"{right.fence}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
