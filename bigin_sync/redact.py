"""Nothing secret leaves the program by way of a log, a message or a report.

Three nets, one behind the other: names that say a value is secret, shapes that only secrets have, and the very secrets
of this process. What is caught is replaced by `***`, the rest stays as it was.
"""

import json
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, quote_plus

import structlog

MASK = "***"

_SECRET_NAMES = (
    "accesstoken",
    "apikey",
    "authorization",
    "authtoken",
    "cookie",
    "grantcode",
    "password",
    "refreshtoken",
    "secret",
    "secretkey",
)  # fmt: skip -- ten words, not ten lines
"""How names end whose value is secret, freed of case and joints.

`code` is none of them: there Zoho says what went wrong. A grant code is known by its shape.
"""

_ASSIGNED = "client_secret|access_token|refresh_token|grant_code|password|secret_key"

_SHAPES = (
    # Zoho's access tokens, refresh tokens and grant codes are `1000.` and two more parts; a client id has only one.
    re.compile(r"\b1000\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
    # The header both products take, and the one everybody else takes.
    re.compile(r"(?P<kept>\b(?:Zoho-oauthtoken|Bearer)\s+)\S+", re.IGNORECASE),
    # A form or a query string, a JSON text or a Python dict that found its way into a message.
    re.compile(rf"""(?P<kept>\b(?:{_ASSIGNED})=)[^&\s"']+""", re.IGNORECASE),
    re.compile(rf"""(?P<kept>["'](?:{_ASSIGNED})["']\s*:\s*["'])(?:\\.|[^"'\\])+""", re.IGNORECASE),
    # The password of a URL with a user.
    re.compile(r"(?P<kept>\b[a-z][a-z0-9+.-]*://[^:/?#\s@]*:)[^@/?#\s]+(?=@)", re.IGNORECASE),
)


class Redactor:
    """Lets no secret through: as a function on any value, and as a structlog processor on a whole event.

    secrets: the secrets this process holds; they are found in any text, also as a URL or JSON would write them.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets if secret for form in _written_forms(secret)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Cleans one event. A traceback is turned to text first, so that no later processor prints it uncleaned."""
        shown = structlog.processors.format_exc_info(_logger, _method, event)
        return {self.text(str(name)): self._named(str(name), value) for name, value in shown.items()}

    def value(self, value: object) -> object:
        """The same value without its secrets: mappings and sequences in their own shape, objects as clean text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes | bytearray):
            return self.text(value.decode(errors="replace"))
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._named(str(name), item) for name, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        return self.text(str(value))

    def text(self, text: str) -> str:
        """The same text without its secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for shape in _SHAPES:
            text = shape.sub(_masked, text)
        return text

    def _named(self, name: str, value: object) -> object:
        secret = _is_secret(name) and value is not None and not isinstance(value, bool)
        return MASK if secret else self.value(value)


def _is_secret(name: str) -> bool:
    bare = re.sub(r"[^a-z]", "", name.lower())
    return bare == "token" or bare.endswith(_SECRET_NAMES)


def _masked(found: re.Match[str]) -> str:
    return found.groupdict().get("kept", "") + MASK


def _written_forms(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
