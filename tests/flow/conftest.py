"""The databases that flows are tried on."""

import pytest

from bigin_sync.replay import stage
from tests import databases


@pytest.fixture(params=databases.BOTH)
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs once on SQLite, and once on PostgreSQL where a server is named: rooms and stages remember there."""
    if request.param == "sqlite":
        return
    url = databases.emptied(request.getfixturevalue("postgresql"))
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", url)
    monkeypatch.setattr(stage, "file_in", lambda _folder: databases.emptied(url))
