"""`bigin-sync owners`: which user here is which user there."""

from typing import Annotated

import typer

from bigin_sync.admin import owners
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, bare
from bigin_sync.cli.screen import Screen

app = typer.Typer()

BiginUser = Annotated[str, typer.Argument(metavar="BIGIN_USER", help="E-mail, name or id of a Bigin user.")]
CrmUser = Annotated[str, typer.Argument(metavar="CRM_USER", help="E-mail, name or id of a CRM user.")]


@app.callback(invoke_without_command=True)
def owners_command(context: typer.Context, *, as_json: Json = False) -> None:
    """Which user of one org owns what which user of the other owns.

    Users with the same e-mail address are paired by themselves. A new record whose owner has no counterpart goes to the
    user who connected the org; an update never changes an owner to that user.

    For example:

    ```
    bigin-sync owners
    bigin-sync owners set ana@bigin.example ana@crm.example
    ```
    """
    if bare(context):
        list_command(as_json=as_json)


@app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """All users of both orgs, and how they are paired."""
    screen = Screen()
    with opened() as room:
        lines = owners.listing(room)
        if as_json:
            screen.json(lines)
            return
        left, right = (room.pairing.title(side) for side in room.pairing.labels)
        screen.table(
            [left, right, "Paired"],
            [(_user(line.left), _user(line.right), line.note) for line in lines],
        )


@app.command("auto")
def auto_command() -> None:
    """Read the users of both orgs again, and pair those with the same e-mail address. Pairs you set stay."""
    screen = Screen()
    with opened() as room:
        screen.say(owners.auto(room))


@app.command("set")
def set_command(bigin_user: BiginUser, crm_user: CrmUser) -> None:
    """Pair two users whose e-mail addresses differ. Earlier pairs of either are undone.

    For example:

    ```
    bigin-sync owners set ana@bigin.example ana@crm.example
    ```
    """
    screen = Screen()
    with opened() as room:
        screen.say(owners.set_pair(room, bigin_user, crm_user))


@app.command("unset")
def unset_command(
    user: Annotated[str, typer.Argument(metavar="USER", help="E-mail, name or id of a user of either org.")],
) -> None:
    """Undo the pair of a user; records keep the owners they have.

    For example:

    ```
    bigin-sync owners unset ana@bigin.example
    ```
    """
    screen = Screen()
    with opened() as room:
        screen.say(owners.unset(room, user))


def _user(user: owners.UserLine | None) -> str:
    if user is None:
        return "-"
    return f"{user.name} <{user.email}>" + ("" if user.active else " (inactive)")
