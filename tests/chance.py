"""Chance: what is drawn anew in every run of the tests follows from one seed, which is printed."""

import os
import secrets

VARIABLE = "TORTURE_SEED"


def seed() -> str:
    """The seed of this run, and of every process it starts."""
    return os.environ.setdefault(VARIABLE, str(secrets.randbelow(10**9)))
