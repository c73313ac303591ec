"""Secrets that are typed: which words they are, and that every word comes back as it was."""

import pytest

from bigin_sync.cli.typed import filled, split


@pytest.mark.parametrize(
    ("typed", "masked", "secrets"),
    [
        ("status --json", "status --json", []),
        ("connect crm --client-secret abc --dc eu", "connect crm --client-secret *** --dc eu", ["abc"]),
        ("connect crm --refresh-token=1000.a=b.c", "connect crm --refresh-token=***", ["1000.a=b.c"]),
        (
            "connect crm --client-secret - --grant-code 1000.x.y",
            "connect crm --client-secret - --grant-code ***",
            ["1000.x.y"],
        ),
        (
            "connect crm --client-secret *** --refresh-token=***",
            "connect crm --client-secret *** --refresh-token=***",
            ["***"] * 2,
        ),
        ("connect crm --refresh-token", "connect crm --refresh-token", []),
    ],
)  # fmt: skip -- a case a line
def test_every_secret_is_masked_and_comes_back(typed: str, masked: str, secrets: list[str]) -> None:
    assert split(typed.split()) == (masked.split(), secrets)
    assert filled(masked.split(), secrets) == typed.split()
