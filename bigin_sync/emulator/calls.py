"""A request as the emulator sees it, whichever door it came through."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.replies import ApiError, not_json_array, pattern_not_matched
from bigin_sync.emulator.times import parse_moment

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org
    from bigin_sync.emulator.users import User
    from bigin_sync.emulator.world import World

PAGE_MAX = 200
_TOO_MANY_RECORDS = ("LIMIT_EXCEEDED", "count of records in your request exceeds the limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request. Header names are in lower case; `base_url` is what the caller reached us under."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str]
    body: bytes = b""
    base_url: str

    def params(self) -> dict[str, str]:
        """The parameters of the query; of a repeated one the last counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """The fields of a form body, with those of the query beside them."""
        return {**self.params(), **dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))}


@dataclass(slots=True, kw_only=True)
class Ask:
    """A call whose path, product and caller are known: what every handler gets."""

    world: "World"
    org: "Org"
    user: "User"
    call: Call
    version: int
    scopes: frozenset[str]
    route: str
    parts: Mapping[str, str]
    params: Mapping[str, str]
    written: list[tuple[str, str]] = field(default_factory=list)
    """(module, id) of every record this call wrote, for what happens after."""
    _body: dict[str, object] | None = None

    def module(self) -> ModuleDef:
        """The module named in the path."""
        return self.org.module(self.parts["module"])

    def page(self) -> int:
        """`page`, from 1."""
        return self.whole("page", default=1)

    def per_page(self) -> int:
        """`per_page`, at most 200."""
        return min(self.whole("per_page", default=PAGE_MAX), PAGE_MAX)

    def whole(self, name: str, *, default: int) -> int:
        """A parameter that is a positive whole number. Raises `ApiError` PATTERN_NOT_MATCHED."""
        text = self.params.get(name)
        if text is None or text == "":
            return default
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise pattern_not_matched(name)
        return int(text)

    def listed(self, name: str) -> list[str]:
        """A parameter that is a list with commas; empty if it is absent."""
        return [part.strip() for part in self.params.get(name, "").split(",") if part.strip()]

    def time_header(self, name: str) -> int | None:
        """A header that holds a time, as epoch seconds; `None` if absent or malformed (which is ignored)."""
        text = self.call.headers.get(name)
        moment = parse_moment(text) if text is not None else None
        return None if moment is None else int(moment.timestamp())

    def json_body(self) -> dict[str, object]:
        """The JSON object sent, whatever the content type says. Raises `ApiError`."""
        if self._body is not None:
            return self._body
        try:
            body = json.loads(self.call.body or b"{}")
        except ValueError as error:
            raise ApiError("INVALID_DATA", "invalid data", details={"expected_data_type": "jsonobject"}) from error
        if not isinstance(body, dict):
            raise ApiError("INVALID_DATA", "invalid data", details={"expected_data_type": "jsonobject"})
        self._body = body
        return body

    def legible_body(self) -> dict[str, object]:
        """The JSON object sent; an empty one where there is none."""
        try:
            return self.json_body()
        except ApiError:
            return {}

    def count(self, key: str) -> int:
        """How many members the list under a key of the body has; 1 where there is no such list, or an empty one."""
        members = self.legible_body().get(key)
        return max(1, len(members)) if isinstance(members, list) else 1

    def members(
        self, key: str, *, most: int = 100, too_many: tuple[str, str] = _TOO_MANY_RECORDS
    ) -> list[dict[str, object]]:
        """The list of objects under a key of the body. Raises `ApiError` when it is none, or too long.

        too_many: code and message of the refusal when it is too long.
        """
        members = self.json_body().get(key)
        if not isinstance(members, list) or not members or not all(isinstance(one, dict) for one in members):
            raise not_json_array(key)
        if len(members) > most:
            code, message = too_many
            details = {"maximum_length": most, "api_name": key, "json_path": f"$.{key}"}
            raise ApiError(code, message, details=details)
        return members
