"""The workshop: one run, from reading both sides to writing what differs."""
