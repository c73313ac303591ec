"""An org that is synced from another state folder is refused, as its own records tell; the same two orgs never are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bigin_sync.admin import runs
from bigin_sync.emulator.door import mock_transport
from bigin_sync.emulator.field_making import make_field
from bigin_sync.errors import AlreadyConnected
from bigin_sync.jobs.room import Room
from bigin_sync.settings import Settings
from bigin_sync.store import orgs
from tests.contract.admin.stage import PATHS, Stage, another_org

ANOTHER = "4999999000000020005"
FIELD = {"field_label": "Bigin Sync Key", "data_type": "text", "length": 100, "unique": {"case_sensitive": False}}


@pytest.fixture(params=("bigin", "crm"))
def copied(request: pytest.FixtureRequest, stage: Stage) -> str:
    """The product in which there is a copy with a sync key, made by the sync of the first state folder."""
    label: str = request.param
    org = stage.world.org(label)
    make_field(org, org.module("Contacts"), FIELD)
    stage.ready()
    stage.make("crm" if label == "bigin" else "bigin", "Contacts", {"Last_Name": "Abendroth"})
    assert runs.sync(stage.room).writes == 1
    return label


@contextmanager
def second_folder(stage: Stage, folder: Path, *, other: str | None = None) -> Iterator[Stage]:
    """A state folder with a database of its own; other: the product whose org is another one than in the first."""
    settings = Settings(home=folder, database_url=f"sqlite:///{folder / 'state.db'}")
    lines = {True: another_org(stage, id=ANOTHER), False: mock_transport(stage.world)}
    transports = {label: lines[label == other] for label in PATHS}
    with Room.open(settings, clock=stage.room.clock, transports=transports) as room:
        yield replace(stage, room=room)


def _partner(label: str) -> str:
    return "crm" if label == "bigin" else "bigin"


@pytest.mark.parametrize("order", [("bigin", "crm"), ("crm", "bigin")])
def test_an_org_with_copies_from_another_org_is_refused_with_the_reason_whichever_comes_first(
    stage: Stage, copied: str, order: tuple[str, str], tmp_path: Path
) -> None:
    with second_folder(stage, tmp_path / "second", other=_partner(copied)) as second:
        second.connect(order[0])
        with pytest.raises(AlreadyConnected, match="Contacts of it are copies from") as refusal:
            second.connect(order[1])
        assert "undo each other's work" in str(refusal.value)
        assert f"connect {order[1]} --take-over" in str(refusal.value)
        with second.room.db.read() as session:
            assert len(orgs.listing(session, second.room.integration())) == 1


def test_who_says_that_it_is_synced_there_no_more_may_connect_it_and_is_not_asked_again(
    stage: Stage, copied: str, tmp_path: Path
) -> None:
    with second_folder(stage, tmp_path / "second", other=_partner(copied)) as second:
        second.connect("bigin")
        assert not second.connect("crm", take_over=True).renewed
        assert second.connect("crm").renewed
        assert second.connect("bigin").renewed


@pytest.mark.parametrize("order", [("bigin", "crm"), ("crm", "bigin")])
def test_the_same_two_orgs_are_connected_again_after_the_database_was_lost(
    stage: Stage, copied: str, order: tuple[str, str], tmp_path: Path
) -> None:
    with second_folder(stage, tmp_path / "second") as second:
        for label in order:
            assert not second.connect(label).renewed


def test_an_org_whose_records_have_no_keys_tells_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.ready()
    stage.make("bigin", "Contacts", {"Last_Name": "Abendroth"})
    runs.sync(stage.room)
    with second_folder(stage, tmp_path / "second", other="bigin") as second:
        second.connect("bigin")
        second.connect("crm")


def test_two_state_folders_on_one_database_are_one_integration_and_another_org_is_refused(
    stage: Stage, copied: str, tmp_path: Path
) -> None:
    with second_folder(stage, tmp_path / "second", other=copied) as second:
        shared = Settings(home=tmp_path / "third", database_url=stage.room.settings.database_url)
        with Room.open(shared, clock=stage.room.clock, transports=second.room.transports) as room:
            third = replace(stage, room=room)
            with pytest.raises(AlreadyConnected, match=r"of this integration, and .* is another one"):
                third.connect(copied)
            assert third.connect(_partner(copied)).renewed
