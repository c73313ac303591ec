"""Where the installed command begins: secrets are hidden, everything is loaded, then what was typed is done."""

import gc

from bigin_sync.cli.typed import hide


def main() -> None:
    """Load the program and run it.

    Nothing that is loaded is ever given back, so looking for garbage meanwhile finds none and takes a fifth of the
    time; nor is any of it looked at again later.
    """
    hide()
    gc.disable()
    from bigin_sync.cli.main import main as run  # noqa: PLC0415 -- the garbage collector rests while this is loaded

    gc.freeze()
    gc.enable()
    run()
