"""Two small orgs in which everything is found that a first sync can come across, behind one web door."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.crowd import Crowd
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import Answer, World
from bigin_sync.model.side import Side
from bigin_sync.replay.cast import join
from bigin_sync.replay.scenario import Orgs
from bigin_sync.replay.told import Records
from bigin_sync.replay.worlds import Place, furnish, populate
from bigin_sync.settings import Settings
from tests import databases
from tests.process.set_up import switch_on

LABELS = ("bigin", "crm")
ELSEWHERE = "database.url"
"""The file of a state folder that names another database, where there is one."""

PINE = "Harbour & Pine"
WEST = "Quay Books West"

ORGS: dict[str, Any] = {
    # Bigin hides the parent company until somebody asks for it; titles are cut in the CRM.
    "bigin": {"fields": {"companies": {"Parent_Account": {"listed": True, "creatable": True, "editable": True}}}},
    "crm": {"fields": {"contacts": {"Title": {"length": 20}}}},
}
RECORDS: dict[str, Any] = {
    "bigin": {
        "companies": [
            {"Account Name": "Larkspur Tools", "Website": "https://larkspur.example", "Phone": "+49 30 23125 010"},
            {"Account Name": PINE, "Parent Account": "Larkspur Tools"},
            {"Account Name": "Sund Optics"},
            {"Account Name": "Nordlys", "Description": "Lamps.\nLanterns."},
        ],
        "contacts": [
            {
                "First Name": "Ida",
                "Last Name": "Lindqvist",
                "Email": "ida@larkspur.example",
                "Title": "Buyer",
                "Account Name": "Larkspur Tools",
                "edited": "2026-02-27 16:00 by Ana",
            },
            {"First Name": "Tomas", "Last Name": "Brandt", "Email": "tomas@pine.example", "Phone": "+49 30 23125 014"},
            {"First Name": "Ruth", "Last Name": "Abara", "Email": "ruth@nordlys.example", "Account Name": "Nordlys"},
            {"First Name": "Kim", "Last Name": "Berg", "Account Name": "Sund Optics"},
            {"First Name": "Kim", "Last Name": "Berg", "Account Name": "Sund Optics"},
            {"First Name": "Vera", "Last Name": "Oduya", "Title": "Head of purchasing and logistics"},
        ],
    },
    "crm": {
        "companies": [
            {"Account Name": "Larkspur Tools GmbH", "Website": "www.larkspur.example"},
            {"Account Name": PINE},
            {"Account Name": WEST, "Parent Account": "Quay Books"},
            {"Account Name": "Quay Books", "Description": "Second-hand.\nAlso maps."},
        ],
        "contacts": [
            {
                "First Name": "Ida",
                "Last Name": "Lindqvist",
                "Email": "Ida@Larkspur.example",
                "Title": "Head of purchasing",
                "Mobile": "+49 30 23125 077",
                "edited": "2026-02-28 10:00 by Ben",
            },
            {
                "First Name": "Tomas",
                "Last Name": "Brandt",
                "Email": "tomas@pine.example",
                "Account Name": PINE,
            },
            {
                "First Name": "Olaf",
                "Last Name": "Quist",
                "Email": "olaf@quay.example",
                "Account Name": WEST,
            },
            {"First Name": "Una", "Last Name": "Holt"},
            {"First Name": "Una", "Last Name": "Holt"},
            {"First Name": "Femi", "Last Name": "Sand", "Phone": "+49 30 23125 099", "Description": "Calls back."},
        ],
    },
}


class Changing:
    """What the web door answers from: a world that can be replaced by another one between two calls."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, call: Call) -> Answer:
        """Answers one call."""
        return self.world.answer(call)

    def weigh(self, call: Call) -> tuple[Crowd, bool] | None:
        """Whose crowd a call joins."""
        return self.world.weigh(call)


class SmallWorld:
    """The two orgs and the web door they are reached through; `begin` puts everything back to where it began."""

    def __init__(self, folder: Path) -> None:
        self.world, self.places = furnished()
        self._folder = folder
        self._changing = Changing(self.world)
        self._cases = 0
        self._set_up = folder / "set up"

    @contextmanager
    def served(self) -> Iterator["SmallWorld"]:
        """Open the door, connect both orgs and switch contacts on."""
        with Serving(cast("World", self._changing)) as door:
            switch_on(settings_of(self._set_up), door.url)
            yield self

    def begin(self, *, database_url: str | None = None) -> Path:
        """Orgs as new, and a state folder in which they are connected but were never synced.

        database_url: a PostgreSQL database that takes the place of the file.
        """
        accounts = self.world.oauth
        self.world, self.places = furnished()
        # A new world would give out the very tokens that the stored ones are, to whoever asks first.
        self.world.oauth = accounts
        self._changing.world = self.world
        self._cases += 1
        home = self._folder / f"case {self._cases}"
        shutil.copytree(self._set_up, home)
        if database_url is not None:
            databases.copy(settings_of(home).database_url, to=database_url)
            (home / ELSEWHERE).write_text(database_url)
        return home

    def writes(self) -> int:
        """How many calls so far could have changed a record."""
        return sum(
            count for (_product, name), count in self.world.calls.items() if name in {"insert", "update", "upsert"}
        )


def furnished() -> tuple[World, dict[str, Place]]:
    """The two orgs with everything in them, the same each time."""
    world = World.default()
    orgs, records = Orgs.model_validate(ORGS), Records.model_validate(RECORDS)
    places = {}
    for label in LABELS:
        org = world.org(label)
        place = Place(org, Side.LEFT if label == "bigin" else Side.RIGHT, join(org))
        world.allow_people(org)
        furnish(place, getattr(orgs, label))
        populate(place, records.on(label), starts=datetime(2026, 3, 2, 9, 0, tzinfo=UTC) - timedelta(days=1))
        places[label] = place
    return world, places


def settings_of(home: Path) -> Settings:
    """The settings of a state folder."""
    url = f"sqlite:///{home / 'bigin-sync.db'}"
    if (home / ELSEWHERE).exists():
        url = (home / ELSEWHERE).read_text()
    # What a killed process has sent is done at once here, so that the run after it need not wait.
    return Settings(home=home, database_url=url, settle_after=0)
