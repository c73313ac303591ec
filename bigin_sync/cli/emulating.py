"""`bigin-sync emulator`: a stand-in for both products on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from bigin_sync.cli.screen import Screen
from bigin_sync.cli.waiting import until_stopped
from bigin_sync.clock import SystemClock

CONNECTING = """\
Connect to it in another terminal:
  bigin-sync connect bigin {access} --refresh-token 1000.emulator.bigin
  bigin-sync connect crm {access} --refresh-token 1000.emulator.crm
Stop it with Ctrl-C."""
ACCESS = "--accounts-url {url} --client-id 1000.EMULATOR --client-secret emulator-secret"


def emulator(
    *,
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8600,
    folder: Annotated[
        Path | None,
        typer.Option("--load", metavar="FOLDER", help="Fill the orgs with recorded answers of the real APIs."),
    ] = None,
    latency_read: Annotated[int, typer.Option(help="Milliseconds each reading call takes.", min=0)] = 0,
    latency_write: Annotated[int, typer.Option(help="Milliseconds each writing call takes.", min=0)] = 0,
) -> None:
    """Emulate a Bigin org and a Zoho CRM org on this machine, so that everything can be tried without an account.

    It answers like the two products, limits and mistakes included. Nothing is kept when it stops.

    For example:

    ```
    bigin-sync emulator
    bigin-sync emulator --port 8700 --latency-read 200 --latency-write 600
    ```
    """
    from bigin_sync.emulator.load import load  # noqa: PLC0415 -- other commands start sooner without the emulator
    from bigin_sync.emulator.serve import Serving  # noqa: PLC0415 -- as above
    from bigin_sync.emulator.world import World  # noqa: PLC0415 -- as above

    screen = Screen()
    world = World.default(clock=SystemClock())
    if folder is not None:
        load(world, folder)
    with Serving(world, port=port, latency_read_ms=latency_read, latency_write_ms=latency_write) as door:
        screen.say(f"Both orgs answer at {door.url}")
        for line in CONNECTING.format(access=ACCESS.format(url=door.url)).splitlines():
            screen.say(line)
        until_stopped()
