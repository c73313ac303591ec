"""Clients: the orgs opened with the credentials that were stored when they were connected."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bigin_sync.jobs.room import Room
from bigin_sync.jobs.shares import LIVE, Share
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import orgs
from bigin_sync.store.credits import Ledger
from bigin_sync.zoho.client import open_side
from bigin_sync.zoho.http import Assure, Patience
from bigin_sync.zoho.oauth import AccessToken, Credentials
from bigin_sync.zoho.side import Capabilities, SideClient


@contextmanager
def opened(
    room: Room, iid: int, *, share: Share = LIVE, stop: threading.Event | None = None, assure: Assure | None = None
) -> Iterator[Mapping[Side, SideClient]]:
    """Both sides' clients, ready to call; closed at the end. Raises `NotConnected`.

    share: the credits that may be used. stop: once set, failed calls are not tried again. assure: asked right before
    every write.
    """
    with ExitStack() as stack:
        yield {
            side: stack.enter_context(opened_one(room, iid, side, share=share, stop=stop, assure=assure))
            for side in BOTH
        }


@contextmanager
def opened_one(
    room: Room,
    iid: int,
    side: Side,
    *,
    share: Share = LIVE,
    stop: threading.Event | None = None,
    assure: Assure | None = None,
) -> Iterator[SideClient]:
    """One side's client. New access tokens are kept, so that the next process need not ask for one."""
    with room.db.read() as session:
        org = orgs.get(session, iid, side=side)
    if org is None or not org.signed_in:
        raise room.not_connected(side)
    capabilities = capabilities_of(room, org)
    ledger = Ledger(
        room.db,
        iid,
        side=side,
        budget=capabilities.daily_credits,
        reserve=share.reserve(capabilities.daily_credits),
        for_whom=share.for_whom,
    )
    stored = unsealed(org.client_id, org.accounts_url, org.api_domain, room.vault.open(org.secrets_sealed))

    def renewed(credentials: Credentials) -> None:
        with room.db.write(iid) as session:
            orgs.put_secrets(
                session, iid, side=side, sealed=sealed(room, credentials), api_domain=credentials.api_domain or ""
            )

    client = open_side(
        org.label,
        stored,
        clock=room.clock,
        capabilities=capabilities,
        ledger=ledger,
        renewed=renewed,
        transport=room.transports.get(org.label),
        patience=patience(room, stop=stop),
        assure=assure,
    )
    try:
        yield client
    finally:
        client.close()


def capabilities_of(room: Room, org: orgs.Org) -> Capabilities:
    """What an org's API can do, with no more calls at once than the environment allows.

    The limits are an org's, and what exceeds them is refused: a few calls at a time are a good beginning (Zoho CRM v8:
    start with 5), and the database is rarely faster.
    """
    probed = Capabilities(**org.capabilities)
    return replace(probed, concurrency=min(probed.concurrency, room.settings.calls_at_once))


def patience(room: Room, *, stop: threading.Event | None = None) -> Patience:
    """How long calls may take, as the environment says."""
    return Patience(connect=room.settings.connect_timeout, answer=room.settings.read_timeout, stop=stop)


def sealed(room: Room, credentials: Credentials) -> str:
    """The secret parts of credentials, encrypted."""
    secrets: dict[str, Any] = {
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
        "access": None,
    }
    if credentials.access is not None:
        access = asdict(credentials.access)
        secrets["access"] = {**access, "expires_at": credentials.access.expires_at.isoformat()}
    return room.vault.seal(secrets)


def unsealed(client_id: str, accounts_url: str, api_domain: str, secrets: Mapping[str, Any]) -> Credentials:
    """The credentials whose secret parts `sealed` encrypted."""
    access = secrets.get("access")
    return Credentials(
        client_id=client_id,
        client_secret=str(secrets["client_secret"]),
        refresh_token=str(secrets["refresh_token"]),
        accounts_url=accounts_url,
        api_domain=api_domain or None,
        access=access and AccessToken(str(access["text"]), datetime.fromisoformat(access["expires_at"])),
    )
