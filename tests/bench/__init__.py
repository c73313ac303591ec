"""The benchmark: how much, how fast, with how much memory. Start it with `make bench`."""
