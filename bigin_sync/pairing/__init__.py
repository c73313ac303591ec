"""What corresponds to what between the two sides, as data and pure functions."""
