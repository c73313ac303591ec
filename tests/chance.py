"""Chance: what is drawn anew in every run of the tests follows from one seed, which is printed."""

import os
import secrets

VARIABLE = "TORTURE_SEED"

A_SHARE = 8
"""The machine plays one example where other tests play so many: each is a story of its own."""


def seed() -> str:
    """The seed of this run, and of every process it starts."""
    return os.environ.setdefault(VARIABLE, str(secrets.randbelow(10**9)))


def of_the_machine() -> str:
    """What the examples of the machine follow from: new ones in `make machine`, the same ones in all other runs."""
    return seed() if os.environ.get("HYPOTHESIS_PROFILE") == "machine" else "house"
