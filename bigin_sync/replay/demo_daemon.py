"""The last chapter of the demo: the real daemon keeps both orgs in sync, and anybody may edit them."""

import json
import shlex
import threading
from collections.abc import Callable

from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.local import keep
from bigin_sync.jobs.vital import alive
from bigin_sync.replay.browser import root
from bigin_sync.replay.demo_set import Scene
from bigin_sync.replay.words import LABELS
from bigin_sync.sync.progress import Report

PACE = Bounds(2, 5)
"""Seconds between two looks: at a demo nobody wants to wait, and the credits are play money."""

_EDITORS = {"bigin": ("Ana", "Mobile", "+49 30 23125 888"), "crm": ("Ben", "Title", "Chief gardener")}
"""Product -> who is signed in there, and what the example changes."""


def invitations(scene: Scene) -> list[tuple[str, str]]:
    """For each org a sentence and a command line, ready to paste, that edits a person of both orgs there."""
    return [_invitation(scene, label) for label in LABELS]


def go_on(scene: Scene, *, stop: threading.Event, shown: Callable[[Report], None]) -> None:
    """Keep both orgs in sync until `stop` is set; `shown` is told of every sync, from another thread."""
    room = scene.room
    iid = room.integration()
    with alive(room, iid) as vital:
        keeper = Keeper(room, iid, bounds=PACE, vital=vital, stop=stop, shown=shown)
        keep(keeper, vital, clock=room.clock, stop=stop)


def _invitation(scene: Scene, label: str) -> tuple[str, str]:
    who, field, value = _EDITORS[label]
    place, person = scene.places[label], scene.stars.edited
    token = scene.people.token(label, who)
    body = json.dumps({"data": [{"id": scene.id_of(label, person), field: value}]})
    told = f"As {who} in {scene.title(label)}: {person.first} {person.last}, {field} → {value}"
    url = f"{scene.url}{root(place)}/{place.module('contact').api_name}"
    return told, shlex.join(["curl", "-sX", "PUT", url, "-H", f"Authorization: Zoho-oauthtoken {token}", "-d", body])
