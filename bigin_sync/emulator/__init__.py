"""Pretends to be both Zoho products; shares no code with the clients that talk to it."""
