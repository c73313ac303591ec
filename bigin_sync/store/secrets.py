"""Secrets: client secrets and tokens are stored encrypted, with a key that is not in the database.

The key comes from the environment (`BIGIN_SYNC_SECRET_KEY`), or else from a file in the state folder that is made when
the first secret is sealed and that only its owner can read. Encryption is Fernet (AES-128-CBC with HMAC-SHA256, package
`cryptography`). A copy of the database alone gives nothing away.
"""

import base64
import binascii
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import SecretStr

from bigin_sync.errors import KeyMissing
from bigin_sync.store.columns import json_text

KEY_FILE = "secret.key"
_KEY_BYTES = 32
_SALT = b"bigin-sync secret key"


class KeySource(Protocol):
    """Where the key is: the settings of the program."""

    @property
    def secret_key(self) -> SecretStr | None:
        """The key that the environment gives."""
        ...

    def ensure_home(self) -> Path:
        """The state folder, made if need be."""
        ...


class Vault:
    """Seals and opens secrets. The key is looked for when it is first needed, and made only to seal.

    again: what to type to seal them anew, once the key is lost.
    """

    def __init__(self, *, given: str | None, home: Callable[[], Path], again: str) -> None:
        self._given = given
        self._again = again
        self._home = home

    @classmethod
    def of(cls, settings: KeySource, *, again: str) -> "Vault":
        """The vault whose key the settings name."""
        given = settings.secret_key
        return cls(given=None if given is None else given.get_secret_value(), home=settings.ensure_home, again=again)

    def seal(self, secrets: Mapping[str, Any]) -> str:
        """The secrets (plain JSON) as text that is safe to store."""
        plain = json_text(dict(secrets)) or ""
        return self._cipher(may_make=True).encrypt(plain.encode()).decode("ascii")

    def open(self, sealed: str) -> dict[str, Any]:
        """The secrets that were sealed. Raises `KeyMissing` when the key is gone or is another one."""
        try:
            opened: dict[str, Any] = json.loads(self._cipher(may_make=False).decrypt(sealed.encode("ascii")))
        except InvalidToken:
            raise KeyMissing(
                "The stored credentials were sealed with another key.",
                why="Without that key nobody can read them, this program included.",
                hint=f"Bring back the key ({self._place()}), or connect both orgs again: {self._again}",
            ) from None
        return opened

    def _cipher(self, *, may_make: bool) -> Fernet:
        if self._given is not None:
            return Fernet(_fernet_key(self._given))
        path = self._home() / KEY_FILE
        if may_make and not path.exists():
            _make(path)
        try:
            return Fernet(_fernet_key(path.read_text("ascii").strip()))
        except FileNotFoundError:
            raise KeyMissing(
                f"The key file {path} is gone.",
                why="The stored credentials can't be read without it.",
                hint=f"Bring the file back from a backup, or connect both orgs again: {self._again}",
            ) from None

    def _place(self) -> str:
        return "BIGIN_SYNC_SECRET_KEY" if self._given is not None else str(self._home() / KEY_FILE)


def _make(path: Path) -> None:
    # Written whole under another name first: a key file that is cut short by a crash would lock the credentials away.
    draft = path.with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails where another process was faster: its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _fernet_key(text: str) -> bytes:
    """A Fernet key as it is; any other text is stretched to one (scrypt, RFC 7914)."""
    try:
        if len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == _KEY_BYTES:
            return text.encode()
    except (binascii.Error, ValueError):
        pass
    stretched = Scrypt(salt=_SALT, length=_KEY_BYTES, n=2**14, r=8, p=1).derive(text.encode())
    return base64.urlsafe_b64encode(stretched)
