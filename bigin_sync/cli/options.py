"""Options that several commands share, so that they read the same everywhere, and where they may stand."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Limit = Annotated[
    int, typer.Option("--limit", min=0, help="Show at most so many lines; 0 shows all, and so does --json by itself.")
]
OfModule = Annotated[str | None, typer.Option("--module", metavar="MODULE", help="Only those of this module.")]
ModuleName = Annotated[
    str, typer.Argument(metavar="MODULE", help="A module, for example contacts; `bigin-sync modules` lists them.")
]
MaybeModule = Annotated[
    str | None, typer.Argument(metavar="MODULE", help="Only this module; without one all that are switched on.")
]


def typed(context: typer.Context, name: str) -> bool:
    """Whether an option was typed, and is not what it is by itself."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def at_most(context: typer.Context, limit: int, *, as_json: bool) -> int | None:
    """How many lines are shown, None: all. A JSON document holds all of them, unless --limit was typed."""
    return (limit or None) if not as_json or typed(context, "limit") else None


def bare(context: typer.Context) -> bool:
    """Whether a command that lists by itself was typed without one of its own commands.

    Options belong behind the command they are for: what stands before it is refused, not passed over in silence.
    """
    if context.invoked_subcommand is None:
        return True
    for option in context.command.params:
        if typed(context, option.name or ""):
            raise typer.BadParameter(f"it belongs behind `{context.invoked_subcommand}`.", param_hint=option.opts[0])
    return False
