"""Scenarios: worlds before, steps, worlds after, run through the real engine and compared."""
