"""The proof that a scenario can fail: its rule is broken in a copy of the program, and it goes red."""
