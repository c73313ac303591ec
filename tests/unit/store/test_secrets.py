import base64
import stat
from pathlib import Path

import pytest

from bigin_sync.errors import KeyMissing
from bigin_sync.store.secrets import KEY_FILE, Vault

TOKENS = {"refresh_token": "1000.ü", "access": None}


def vault(home: Path, given: str | None = None) -> Vault:
    return Vault(given=given, home=lambda: home, again="connect them")


def test_what_was_sealed_can_be_opened_by_the_next_process(tmp_path: Path) -> None:
    sealed = vault(tmp_path).seal(TOKENS)
    assert "1000" not in sealed
    assert vault(tmp_path).open(sealed) == TOKENS


def test_the_key_file_is_its_owners_alone_and_is_made_only_to_seal(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        vault(tmp_path).open("anything")
    assert list(tmp_path.iterdir()) == []
    vault(tmp_path).seal(TOKENS)
    (file,) = tmp_path.iterdir()
    assert file.name == KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_is_gone_is_said_to_be_gone_and_where_it_was(tmp_path: Path) -> None:
    sealed = vault(tmp_path).seal(TOKENS)
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(KeyMissing, match=KEY_FILE) as refusal:
        vault(tmp_path).open(sealed)
    assert "connect" in refusal.value.hint


FERNET_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
"""A key in the form that Fernet makes them; always the same, so that every test worker has the same tests."""


@pytest.mark.parametrize("other", ["another passphrase", FERNET_KEY])
def test_another_key_opens_nothing(tmp_path: Path, other: str) -> None:
    sealed = vault(tmp_path, "a passphrase").seal(TOKENS)
    with pytest.raises(KeyMissing, match="BIGIN_SYNC_SECRET_KEY"):
        vault(tmp_path, other).open(sealed)


@pytest.mark.parametrize("given", ["a passphrase of any length", "x", FERNET_KEY])
def test_a_key_from_the_environment_needs_no_file(tmp_path: Path, given: str) -> None:
    sealed = vault(tmp_path, given).seal(TOKENS)
    assert vault(tmp_path, given).open(sealed) == TOKENS
    assert list(tmp_path.iterdir()) == []


def test_what_was_tampered_with_is_not_opened(tmp_path: Path) -> None:
    sealed = vault(tmp_path).seal(TOKENS)
    with pytest.raises(KeyMissing):
        vault(tmp_path).open(sealed[:-3] + "AA=")


def test_a_key_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text(FERNET_KEY)
    vault(tmp_path).seal(TOKENS)
    assert (tmp_path / KEY_FILE).read_text() == FERNET_KEY
