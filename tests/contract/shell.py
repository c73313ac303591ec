"""A shell without processes: commands are typed by calling `main` as the program calls it."""

import logging
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bigin_sync.cli.main import main
from tests.commands import Ran, connecting


@dataclass(frozen=True, slots=True)
class Shell:
    """A state folder, and commands typed there. The emulator's URL is `url`."""

    home: Path
    url: str
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def type(self, *words: str, **environment: str) -> Ran:
        """Run one command to its end; nobody sits at the terminal."""
        with self.patch.context() as patch:
            patch.setattr(sys, "argv", ["bigin-sync", *words])
            # A command that logs writes to the output of this test, which is closed when the next one begins.
            patch.setattr(logging.root, "handlers", [*logging.root.handlers])
            for name, value in {"BIGIN_SYNC_HOME": str(self.home), **environment}.items():
                patch.setenv(name, value)
            self.capture.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        said = self.capture.readouterr()
        assert "Traceback" not in (shown := said.out + said.err), shown
        return Ran(ended.value.code if isinstance(ended.value.code, int) else 0, said.out, said.err)

    def connect(self, label: str) -> Ran:
        """Connect one of the emulated orgs."""
        return self.type(*connecting(label, url=self.url))
