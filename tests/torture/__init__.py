"""The campaign: whatever can go wrong goes wrong, again and again, drawn anew each time."""
