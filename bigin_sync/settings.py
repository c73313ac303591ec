"""What the environment says: where the state lives, which database, which secrets, how long to wait."""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bigin_sync.errors import UnknownSetting
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.statefolder import kept_private

PREFIX = "BIGIN_SYNC_"
DATABASE_FILE = "bigin-sync.db"

LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lambda level: str(level).lower())]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Wait = Annotated[float, Field(ge=0, le=3600)]
Pause = Annotated[float, Field(ge=1, le=86_400)]
Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


class Credentials(BaseModel):
    """The secrets of one side, as far as the environment gives them; the rest is asked for or was stored before."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    grant_code: SecretStr | None = None


class Settings(BaseSettings):
    """Everything `BIGIN_SYNC_...` in the environment means. Read once, at the start, with `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Folder = Field(
        default_factory=lambda: platformdirs.user_data_path("bigin-sync"),
        description="The state folder.",
        validate_default=True,
    )
    database_url: str = Field(
        default_factory=lambda given: f"sqlite:///{given.get('home', Path()) / DATABASE_FILE}",
        description="Another database than the file in the state folder: sqlite:///... or postgresql+psycopg://...",
        pattern=r"^(sqlite(\+pysqlite)?|postgresql(\+psycopg)?)://",
        repr=False,
    )
    secret_key: SecretStr | None = Field(
        None, description="The key that stored tokens are encrypted with, instead of the one kept in the state folder."
    )
    bigin: Credentials = Field(Credentials(), description="Secrets of the Bigin org.")
    crm: Credentials = Field(Credentials(), description="Secrets of the CRM org.")
    log_level: LogLevel = Field("info", description="debug, info, warning or error.")
    connect_timeout: Seconds = Field(10, description="Seconds to wait for a connection.")
    read_timeout: Seconds = Field(60, description="Seconds to wait for an answer.")
    calls_at_once: int = Field(
        5,
        ge=1,
        le=25,
        description="How many calls may be under way to an org at a time; an org that allows fewer is heeded.",
    )
    settle_after: Wait = Field(
        150, description="Seconds until a new record whose creation was not confirmed is taken for never made."
    )
    clock_tolerance: Pause = Field(
        300, description="Seconds by which the clocks of both orgs may differ from this machine's."
    )
    fight_rounds: int = Field(
        3, ge=1, le=1000, description="How often both orgs may change a record back in turn before it is held."
    )
    fight_within: Pause = Field(600, description="Within how many seconds that counts.")
    first_sync_reserve: float = Field(
        20,
        ge=5,
        lt=100,
        description="Percent of an org's API credits that a first sync leaves to the edits of what is in sync already.",
    )
    key_field: str = Field(
        BIGIN_CRM.key_label,
        min_length=1,
        max_length=50,
        description="What the field is called, in both orgs, in which records made by the sync have their key.",
    )
    poll_min: Pause = Field(30, description="Seconds until the daemon looks again after something has changed.")
    poll_max: Pause = Field(600, description="Seconds until it looks again at the most.", validate_default=True)

    @field_validator("poll_max")
    @classmethod
    def _not_below_the_shortest(cls, longest: float, info: ValidationInfo) -> float:
        if longest < info.data.get("poll_min", 0):
            raise ValueError("it must not be less than the shortest pause")
        return longest

    def secrets(self) -> Iterator[str]:
        """Every secret of the environment in the clear, for the one who must keep them out of the logs."""
        held = [self.secret_key]
        for side in (self.bigin, self.crm):
            held += [side.client_secret, side.refresh_token, side.grant_code]
        yield from (secret.get_secret_value() for secret in held if secret is not None)
        yield from _passwords(self.database_url)

    def ensure_home(self) -> Path:
        """The state folder, made if need be, for its owner's eyes only; the errors of `kept_private`."""
        return kept_private(self.home)


def load_settings() -> Settings:
    """What the environment says now. Raises `UnknownSetting`, naming variables but never their values."""
    _refuse_unknown_variables()
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"{_variable(fault['loc'])}: {fault['msg']}" for fault in error.errors(include_input=False))
        raise UnknownSetting(
            f"The environment does not fit: {faults}.",
            why="A setting that is guessed may write where it should not.",
            hint="Correct or unset the variable, then try again.",
        ) from None


def variables() -> dict[str, str]:
    """Every environment variable that has a meaning -> what it means, in a sentence."""
    known: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        inner: list[str] = list(Credentials.model_fields) if field.annotation is Credentials else []
        for full in [f"{name}_{part}" for part in inner] or [name]:
            known[PREFIX + full.upper()] = field.description or ""
    return known


def _passwords(url: str) -> Iterator[str]:
    """The password in a database's address: as it is written there, and as it is."""
    parts = urlsplit(url)
    for written in (parts.password, *re.findall(r"(?:^|&)password=([^&]*)", parts.query)):
        if written:
            yield from dict.fromkeys((written, unquote(written)))


def _refuse_unknown_variables() -> None:
    known = variables()
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            likely = difflib.get_close_matches(name.upper(), known, n=1)
            raise UnknownSetting(
                f"The environment variable {name} means nothing here.",
                why="A setting that is misspelt would be ignored in silence.",
                hint=f"Did you mean {likely[0]}?" if likely else f"Known are: {', '.join(known)}",
            )


def _variable(location: tuple[Any, ...]) -> str:
    return PREFIX + "_".join(str(part).upper() for part in location)
