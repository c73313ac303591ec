"""Asking: a person says yes before something happens that is not undone by typing the opposite."""

import sys
from typing import Annotated, TypeAlias

import typer

from bigin_sync.errors import NotAgreed

Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; the answer is yes.")]


def must_agree(question: str, *, yes: bool) -> None:
    """Ask, unless the answer was given beforehand; raises `NotAgreed` at a no, and where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise NotAgreed(
            "This needs a yes.",
            why="Nobody can be asked for it, as this is not a terminal.",
            hint="If it is meant, type the same with --yes.",
        )
    if not typer.confirm(question, err=True):
        raise NotAgreed("The answer was no.")
