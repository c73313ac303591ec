"""Options that several commands share, so that they read the same everywhere."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Show at most so many lines; 0 shows all.")]
ModuleName = Annotated[
    str, typer.Argument(metavar="MODULE", help="A module, for example contacts; `bigin-sync modules` lists them.")
]
MaybeModule = Annotated[
    str | None, typer.Argument(metavar="[MODULE]", help="Only this module; without one all that are switched on.")
]
