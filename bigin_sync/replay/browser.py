"""People at work: they sign in to a product and change records, through the very API that the sync uses."""

from collections.abc import Mapping
from typing import Any

import httpx

from bigin_sync.errors import UnreadableFile
from bigin_sync.replay.joined import list_of
from bigin_sync.replay.told import Cell
from bigin_sync.replay.worlds import Place

CLIENT_ID = "1000.EMULATOR"
CLIENT_SECRET = "emulator-secret"  # noqa: S105 -- the emulator's fixed password, which opens nothing else

_ROOTS = {"bigin": "/bigin/v2", "crm": "/crm/v8"}


class Browser:
    """Acts for whoever is named; nobody is the person who set the sync up. Refusals raise `UnreadableFile`."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._tokens: dict[tuple[str, str | None], str] = {}

    def edit(self, place: Place, kind: str, row_id: str, *, values: Mapping[str, Cell], by: str | None) -> None:
        """Change fields of a record."""
        self._send(place, "PUT", _path(place, kind), by=by, record={"id": row_id, **place.sent(kind, values)})

    def make(self, place: Place, kind: str, *, values: Mapping[str, Cell], by: str | None) -> None:
        """Make a record."""
        self._send(place, "POST", _path(place, kind), by=by, record=place.sent(kind, values))

    def join(self, place: Place, kind: str, row_id: str, others: Mapping[str, list[str]], *, by: str | None) -> None:
        """Join records with one. others: kind -> labels."""
        for other, labels in others.items():
            path = f"{_path(place, kind)}/{row_id}/{list_of(place, kind, other)}"
            for other_id in place.records(other, labels).values():
                self._send(place, "PUT", path, by=by, record={"id": other_id})

    def part(self, place: Place, kind: str, row_id: str, others: Mapping[str, list[str]], *, by: str | None) -> None:
        """Take records away from one. others: kind -> labels."""
        for other, labels in others.items():
            path = f"{_path(place, kind)}/{row_id}/{list_of(place, kind, other)}"
            for other_id in place.records(other, labels).values():
                self._send(place, "DELETE", f"{path}/{other_id}", by=by)

    def delete(self, place: Place, kind: str, row_id: str, *, by: str | None) -> None:
        """Delete a record: it goes to the recycle bin."""
        self._send(place, "DELETE", f"{_path(place, kind)}/{row_id}", by=by)

    def token(self, label: str, person: str | None) -> str:
        """The access token of a person who is signed in to a product; good for an hour, kept as long as it serves."""
        if (label, person) not in self._tokens:
            self._tokens[label, person] = self._sign_in(label, person)
        return self._tokens[label, person]

    def _send(
        self, place: Place, method: str, path: str, *, by: str | None, record: Mapping[str, Any] | None = None
    ) -> None:
        label = place.org.product
        body = None if record is None else {"data": [record]}
        answer = self._client.request(method, path, json=body, headers=self._signed(label, by))
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._tokens.pop((label, by), None)
            answer = self._client.request(method, path, json=body, headers=self._signed(label, by))
        if answer.is_error or '"status":"error"' in answer.text.replace(" ", ""):
            who = by or "the person who set the sync up"
            raise UnreadableFile(f"The scenario does not fit: {label} refuses what {who} does: {answer.text}")

    def _signed(self, label: str, person: str | None) -> dict[str, str]:
        """The header of a person who is signed in."""
        return {"Authorization": f"Zoho-oauthtoken {self.token(label, person)}"}

    def _sign_in(self, label: str, person: str | None) -> str:
        asked = {
            "grant_type": "refresh_token",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": f"1000.emulator.{label}" + ("" if person is None else f".{person.casefold()}"),
        }
        token = self._client.post("/oauth/v2/token", data=asked).json().get("access_token")
        if token is None:
            raise UnreadableFile(f"The scenario does not fit: {person} does not work in {label}.")
        return str(token)


def root(place: Place) -> str:
    """The path that all calls of a place's product begin with."""
    return _ROOTS[place.org.product]


def _path(place: Place, kind: str) -> str:
    return f"{root(place)}/{place.module(kind).api_name}"
