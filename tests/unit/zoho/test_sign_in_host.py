"""Where secrets may be sent."""

import pytest

from bigin_sync.errors import UnknownSetting
from bigin_sync.zoho.datacentres import sign_in_host


@pytest.mark.parametrize(
    "url",
    ["https://accounts.example", "https://accounts.example:8443", "http://127.0.0.1:8600", "http://localhost:8600"],
)
def test_a_host_behind_tls_or_on_this_machine_is_taken_as_it_is_typed(url: str) -> None:
    assert sign_in_host(f" {url}/ ") == url


@pytest.mark.parametrize(
    "url",
    ["", "accounts.example", "http://accounts.example", "ftp://127.0.0.1", "https://", "https://a:port", "http://["],
)
def test_secrets_are_sent_neither_in_the_clear_nor_to_what_is_no_host(url: str) -> None:
    with pytest.raises(UnknownSetting, match="not the address of a sign-in host"):
        sign_in_host(url)
