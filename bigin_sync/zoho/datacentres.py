"""Zoho's data centres as data: where an account signs in, and where its API lives.

The API host of an account is always taken from `api_domain` of the token answer; this table only helps with the
first call and with telling a person which data centre was meant. Sources: Bigin v2 "Multi DC", Zoho CRM v8
"Multi DC" (the accounts host of Canada really is the odd one).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from bigin_sync.errors import UnknownSetting


@dataclass(frozen=True, slots=True)
class DataCentre:
    """One data centre: its short name, the OAuth host and the API host."""

    name: str
    accounts_url: str
    api_domain: str


def _table(*rows: DataCentre) -> Mapping[str, DataCentre]:
    return MappingProxyType({row.name: row for row in rows})


DATA_CENTRES: Mapping[str, DataCentre] = _table(
    DataCentre("us", "https://accounts.zoho.com", "https://www.zohoapis.com"),
    DataCentre("eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    DataCentre("in", "https://accounts.zoho.in", "https://www.zohoapis.in"),
    DataCentre("au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    DataCentre("jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    DataCentre("cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    DataCentre("sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    DataCentre("ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
)


_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


def data_centre(name: str) -> DataCentre:
    """The data centre of that short name; raises `UnknownSetting` with the names there are."""
    try:
        return DATA_CENTRES[name.strip().lower()]
    except KeyError:
        raise UnknownSetting(
            f"There is no data centre called {name!r}.",
            why="An account exists in exactly one data centre, and only that one knows its credentials.",
            hint=f"Use one of: --dc {'|'.join(DATA_CENTRES)}, or name the sign-in host with --accounts-url",
        ) from None


def sign_in_host(url: str) -> str:
    """The address of a sign-in host as a person typed it, checked; raises `UnknownSetting`.

    Secrets go there, so it has to be one that nobody can listen in on: this very machine, or any by way of TLS.
    """
    trimmed = url.strip().rstrip("/")
    try:
        parts = urlsplit(trimmed)
        host, _port = parts.hostname, parts.port  # asking for the port is what checks it
    except ValueError:
        parts, host = urlsplit(""), None
    if host and (parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)):
        return trimmed
    raise UnknownSetting(
        f"{url!r} is not the address of a sign-in host.",
        why="The client secret is sent there, so it is never guessed and never sent in the clear.",
        hint="Write it as https://accounts.example; http:// is for this machine only (the emulator).",
    )


def data_centre_of(accounts_url: str) -> DataCentre | None:
    """The known data centre that an accounts URL belongs to; None for any other host."""
    url = accounts_url.rstrip("/")
    return next((centre for centre in DATA_CENTRES.values() if centre.accounts_url == url), None)
