"""What a scenario has somebody ask of the sync itself: a module's life, both orgs' connection, what it shows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from bigin_sync.replay.expected import CALM, Run
from bigin_sync.replay.told import Label, Named, Told
from bigin_sync.replay.words import Span


class Activate(Told):
    """A module is set up as proposed, if it is not set up yet, and switched on.

    since: a day; of records that only one org has, those made or changed since then are synced.
    """

    module: str
    since: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        return given if isinstance(given, Mapping) else {"module": given}


class Reconfigure(Told):
    """A disabled module is taken up again. strategy: who wins where both sides changed meanwhile, as it is typed.

    shown: what taking it up would do, in the words of a plan, looked at before it is done; not looked at if not told.
    """

    module: str
    strategy: str = Field(alias="on conflict")
    shown: Run | None = None


class Connect(Told):
    """Somebody signs in to an org; nobody named: the person who set the sync up."""

    in_: Label = Field(alias="in")
    by: str | None = None


class Merge(Named):
    """A person merges a record into another one of the same org, which is named by `into` and stays."""

    in_: Label = Field(alias="in")
    by: str | None = None
    into: str


class Shows(Told):
    """What the commands show at a moment: for each a list of texts, every one part of a line that is shown."""

    modules: list[str] = Field(default_factory=list)
    notices: list[str] = Field(default_factory=list)
    owners: list[str] = Field(default_factory=list)
    fields: list[str] = Field(default_factory=list)
    history: list[str] = Field(default_factory=list)
    export: list[str] = Field(default_factory=list)
    conflicts: list[str] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list)
    parted: list[str] = Field(default_factory=list)


class Look(Told):
    """A run of the daemon: the modules it is over, and what it does, which is nothing unless told otherwise."""

    modules: list[str] = Field(default_factory=list)
    did: Run

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        told = {"modules": given} if isinstance(given, str) else given
        if not isinstance(told, Mapping):
            return told
        did = {key: value for key, value in told.items() if key != "modules"}
        names = [name.strip() for name in str(told.get("modules", "")).split(",")]
        return {"modules": [name for name in names if name], "did": did or CALM}


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d:\d\d$")]


class Daemon(Told):
    """The daemon is started, lives for so long, less than a day, and is ended; `runs`: all its runs, by their time."""

    span: Span = Field(alias="for", gt=timedelta(0), lt=timedelta(days=1))
    runs: dict[TimeOfDay, Look] = Field(default_factory=dict)
