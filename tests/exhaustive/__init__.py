"""A tiny world, walked through exhaustively: every order in which things can happen, to a depth."""
