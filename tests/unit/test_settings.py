"""The environment is read once, strictly, and is never quoted back."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from bigin_sync.errors import UnknownSetting
from bigin_sync.settings import load_settings, variables


def test_without_a_word_the_state_lives_in_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BIGIN_SYNC_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    home = load_settings().home
    assert home.name == "bigin-sync"
    assert tmp_path in home.parents


def test_the_database_is_a_file_in_the_state_folder_until_another_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load_settings().database_url == f"sqlite:///{tmp_path}/home/bigin-sync.db"
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", "postgresql+psycopg://sync@db.example.org/sync")
    assert load_settings().database_url == "postgresql+psycopg://sync@db.example.org/sync"


def test_the_state_folder_is_made_for_its_owners_eyes_only(tmp_path: Path) -> None:
    home = load_settings().ensure_home()
    assert home == tmp_path / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert load_settings().ensure_home() == home


def test_a_state_folder_that_is_open_to_others_is_closed_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    for name, mode in (("secret.key", 0o640), ("bigin-sync.db-wal", 0o644), ("bigin-sync.db", 0o600)):
        (home / name).touch()
        (home / name).chmod(mode)
    load_settings().ensure_home()
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    said = capsys.readouterr()
    told = [line for line in (said.out + said.err).splitlines() if "open to others" in line]
    assert len(told) == 3
    load_settings().ensure_home()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("mode", [0o1777, 0o755])
def test_a_folder_that_serves_more_than_the_program_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    monkeypatch.setenv("HOME", str(shared))
    monkeypatch.setenv("BIGIN_SYNC_HOME", str(shared))
    with pytest.raises(UnknownSetting, match="folder of its own"):
        load_settings().ensure_home()
    assert stat.S_IMODE(shared.stat().st_mode) == mode


def test_a_state_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BIGIN_SYNC_HOME", str(tmp_path / "file"))
    with pytest.raises(UnknownSetting, match="BIGIN_SYNC_HOME") as refused:
        load_settings().ensure_home()
    assert str(tmp_path / "file") in refused.value.what


def test_each_side_has_its_own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGIN_SYNC_BIGIN_CLIENT_ID", "1000.B")
    monkeypatch.setenv("BIGIN_SYNC_BIGIN_GRANT_CODE", "code-b")
    monkeypatch.setenv("BIGIN_SYNC_CRM_CLIENT_SECRET", "secret-c")
    monkeypatch.setenv("BIGIN_SYNC_CRM_REFRESH_TOKEN", "refresh-c")
    settings = load_settings()
    assert settings.bigin.client_id == "1000.B"
    assert settings.bigin.grant_code == SecretStr("code-b")
    assert settings.bigin.refresh_token is None
    assert settings.crm.client_id is None
    assert settings.crm.client_secret == SecretStr("secret-c")
    assert settings.crm.refresh_token == SecretStr("refresh-c")


def test_every_secret_of_the_environment_is_handed_to_the_one_who_keeps_it_out_of_the_logs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = {name for name in variables() if not name.endswith("_CLIENT_ID")} & {
        name for name in variables() if name.startswith(("BIGIN_SYNC_BIGIN_", "BIGIN_SYNC_CRM_", "BIGIN_SYNC_SECRET"))
    }
    for name in secret:
        monkeypatch.setenv(name, f"value of {name}")
    assert set(load_settings().secrets()) == {f"value of {name}" for name in secret}
    assert len(secret) == 7


def test_settings_can_be_shown_without_showing_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGIN_SYNC_CRM_CLIENT_SECRET", "hush-hush")
    monkeypatch.setenv("BIGIN_SYNC_SECRET_KEY", "hush-hush")
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", "postgresql://sync:hush-hush@db.example.org/sync")
    assert "hush" not in repr(load_settings())


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://sync:hush%40hush@db.example.org/sync",
        "postgresql+psycopg://db.example.org/sync?user=sync&password=hush%40hush&sslmode=require",
    ],
)
def test_the_password_of_a_database_is_a_secret_however_it_is_written(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("BIGIN_SYNC_DATABASE_URL", url)
    assert set(load_settings().secrets()) == {"hush%40hush", "hush@hush"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIGIN_SYNC_LOG_LEVEL", "hush-hush"),
        ("BIGIN_SYNC_READ_TIMEOUT", "hush-hush"),
        ("BIGIN_SYNC_CONNECT_TIMEOUT", "0"),
        ("BIGIN_SYNC_DATABASE_URL", "mysql://hush-hush"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_variable_alone(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UnknownSetting, match=name) as refused:
        load_settings()
    assert "hush" not in str(refused.value)


def test_a_misspelt_variable_is_refused_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGIN_SYNC_CRM_CLIENT_SECERT", "hush-hush")
    with pytest.raises(UnknownSetting, match="Did you mean BIGIN_SYNC_CRM_CLIENT_SECRET") as refused:
        load_settings()
    assert "hush" not in str(refused.value)


def test_a_variable_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGIN_SYNC_CRM_CLIENT_ID", "")
    monkeypatch.setenv("BIGIN_SYNC_LOG_LEVEL", "")
    assert load_settings().crm.client_id is None
    assert load_settings().log_level == "info"


def test_the_log_level_may_be_shouted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGIN_SYNC_LOG_LEVEL", "DEBUG")
    assert load_settings().log_level == "debug"


def test_every_variable_is_explained() -> None:
    assert all(variables().values())
