"""`bigin-sync connect`: one org is connected, checked, and described."""

import sys
from typing import Annotated

import typer
from pydantic import SecretStr

from bigin_sync.admin import disconnect
from bigin_sync.admin.connect import Connection, connect
from bigin_sync.admin.next_step import next_step
from bigin_sync.cli.asking import Yes, must_agree
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json
from bigin_sync.cli.screen import Screen, counted
from bigin_sync.cli.typed import STDIN
from bigin_sync.errors import WrongCredentials
from bigin_sync.settings import PREFIX, Credentials


def connect_command(  # noqa: PLR0913 -- one option a part of the credentials
    product: Annotated[str, typer.Argument(metavar="bigin|crm", help="Which of the two products.")],
    *,
    dc: Annotated[
        str | None,
        typer.Option("--dc", help="The data centre of the account: us, eu, in, au, jp, cn, sa or ca. Without it: us."),
    ] = None,
    accounts_url: Annotated[
        str | None,
        typer.Option(
            "--accounts-url", metavar="URL", help="The accounts server, where no data centre fits (the emulator)."
        ),
    ] = None,
    client_id: Annotated[str | None, typer.Option("--client-id", help="Client ID of your Self Client.")] = None,
    client_secret: Annotated[
        str | None, typer.Option("--client-secret", help="Its client secret; -: from standard input.")
    ] = None,
    grant_code: Annotated[
        str | None,
        typer.Option("--grant-code", help="A code made in the API console minutes ago, which works once; -: as above."),
    ] = None,
    refresh_token: Annotated[
        str | None, typer.Option("--refresh-token", help="A refresh token, if you have one already; -: as above.")
    ] = None,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="The org was synced with another one before, and is no more.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect an org: check the credentials, find out what the org can do, and remember it.

    Make a Self Client at https://api-console.zoho.com (or your data centre's) as an administrator of the org (the
    profile Administrator, and the role at the top of the hierarchy), and generate a code with the scopes

        bigin   ZohoBigin.modules.ALL,ZohoBigin.settings.ALL,ZohoBigin.users.READ,ZohoBigin.org.READ,ZohoBigin.coql.READ
        crm     ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.users.READ,ZohoCRM.org.READ,ZohoCRM.coql.READ

    What you don't give as an option is taken from the environment (BIGIN_SYNC_BIGIN_CLIENT_ID, …_CLIENT_SECRET,
    …_GRANT_CODE, …_REFRESH_TOKEN, the same with CRM), and what is missing there is asked for, hidden. Each `-` is a
    line of standard input, the client secret first. Secrets are stored encrypted. Connecting the same org again renews
    its credentials and keeps everything else.

    For example:

    ```
    bigin-sync connect bigin --dc eu
    bigin-sync connect crm --dc eu --client-id 1000.ABC --client-secret - --grant-code - < secrets.txt
    ```
    """
    screen = Screen()
    with opened() as room:
        side = room.side(product)
        label = room.pairing.label(side)
        stored = getattr(room.settings, label, Credentials())
        asked = _Asked(label)
        known_id = asked.one("client ID", "CLIENT_ID", client_id or stored.client_id)
        known_secret = asked.one("client secret", "CLIENT_SECRET", _read(client_secret) or _clear(stored.client_secret))
        grant_code, refresh_token = _read(grant_code), _read(refresh_token)
        if not (grant_code or refresh_token):
            refresh_token = _clear(stored.refresh_token)
            grant_code = None if refresh_token else asked.one("grant code", "GRANT_CODE", _clear(stored.grant_code))
        found = connect(
            room,
            label,
            client_id=known_id,
            client_secret=known_secret,
            grant_code=grant_code,
            refresh_token=refresh_token,
            dc=dc,
            accounts_url=accounts_url,
            take_over=take_over,
        )
        if as_json:
            screen.json(found)
            return
        _show(screen, found)
        screen.next(next_step(room))


def disconnect_command(*, yes: Yes = False, as_json: Json = False) -> None:
    """Let go of both orgs: the stored credentials are forgotten, and nothing is read or written any more.

    Nothing is removed on either side, and nothing that is known is forgotten: connecting the same two orgs again goes
    on where this left off, without a write.

    For example:

    ```
    bigin-sync disconnect
    ```
    """
    screen = Screen()
    with opened() as room:
        for org in disconnect.named(room):
            screen.remark(org)
        must_agree("Let go of these orgs?", yes=yes)
        linked = disconnect.disconnect(room)
        if as_json:
            screen.json({"linked": linked})
            return
        screen.say(f"Both orgs are let go; {counted(linked, 'pair of records stays', 'pairs of records stay')} linked.")
        screen.next(next_step(room))


class _Asked:
    """Asks for what is missing, without showing it; a script without a terminal is told which variable to set."""

    def __init__(self, label: str) -> None:
        self._label = label

    def one(self, what: str, variable: str, given: str | None) -> str:
        """What was given, or what the person types now."""
        if given and given.strip():
            return given.strip()
        option = "--" + variable.lower().replace("_", "-")
        if not sys.stdin.isatty():
            raise WrongCredentials(
                f"No {what} was given for {self._label}.",
                why="Nobody can be asked for it, as this is not a terminal.",
                hint=f"Give {option}, or set {PREFIX}{self._label.upper()}_{variable}.",
            )
        return str(typer.prompt(f"{self._label}: {what}", hide_input=True)).strip()


def _read(option: str | None) -> str | None:
    """What an option says, or for `-` the next line of standard input."""
    if option != STDIN:
        return option
    if line := sys.stdin.readline().strip():
        return line
    raise WrongCredentials(
        f"Standard input has no line for an option that is `{STDIN}`.",
        why="Each of them takes one, the client secret first.",
        hint="Put every secret on a line of its own.",
    )


def _clear(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _show(screen: Screen, found: Connection) -> None:
    verb = "Renewed" if found.renewed else "Connected"
    screen.say(f"{verb}: {found.title}, {found.org_name}", style="bold green")
    screen.facts(
        [
            ("Org", f"{found.org_name} ({found.org_id})"),
            ("Edition", found.edition),
            ("Country, time zone", f"{found.country or 'not told'}, {found.zone or 'not told'}"),
            ("Signed in as", f"{found.user_name} <{found.user_email}>, administrator"),
            ("Users", counted(found.users, "user")),
            ("Can be synced", ", ".join(f"{each.plural} ({counted(each.fields, 'field')})" for each in found.kinds)),
            ("Reading", found.reading),
            ("Calls", f"{found.daily_credits:,} credits in 24 hours, {found.concurrency} at a time"),
        ]
    )
    if found.owners is not None:
        screen.say(found.owners)
    for warning in found.warnings:
        screen.remark(warning)
