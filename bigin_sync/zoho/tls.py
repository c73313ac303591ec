"""TLS: which certificates are trusted."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What checks the certificate of a server; read once, as that takes longer than a call does."""
    return httpx.create_ssl_context()
