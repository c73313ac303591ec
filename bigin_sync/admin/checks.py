"""Checks: what the doctor has looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, what was found, and what to do about it if it is not good or could be better."""

    what: str
    good: bool
    found: str
    hint: str = ""
