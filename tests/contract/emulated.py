"""A way to talk to an emulated world as its people do, for the tests of its honesty."""

import httpx

from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.world import World


def caller(world: World, product: str) -> httpx.Client:
    """A client that is the administrator of one product's org, with a fresh token."""
    client = httpx.Client(transport=mock_transport(world), base_url="https://emulator.example")
    form = {
        "grant_type": "refresh_token",
        "client_id": "1000.EMULATOR",
        "client_secret": "emulator-secret",
        "refresh_token": f"1000.emulator.{product}",
    }
    token = client.post("/oauth/v2/token", data=form).json()["access_token"]
    client.headers["Authorization"] = f"Zoho-oauthtoken {token}"
    return client


def withhold(org: Org, *rights: str) -> None:
    """The administrator's profile is now one that lacks these rights, and no other."""
    admin, plain = org.admin(), next(one for one in org.profiles.values() if one.admin)
    org.add_user(admin.named(profile=org.add_profile("Restricted", like=plain, withheld=rights)))
