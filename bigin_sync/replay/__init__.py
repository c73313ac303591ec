"""Scenarios: two orgs before, what happens, two orgs after; played with the real engine against the emulator."""

from bigin_sync.replay.running import run_paths

__all__ = ["run_paths"]
