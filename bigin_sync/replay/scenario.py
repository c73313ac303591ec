"""A scenario: two orgs before, what happens, two orgs after."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bigin_sync.emulator.stock_activities import LinkStyle
from bigin_sync.replay.moves import Step
from bigin_sync.replay.state import Settings, State
from bigin_sync.replay.told import Moment, Records, Told, Values, by_kind
from bigin_sync.replay.words import SINGULARS

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When a scenario begins, unless it says otherwise: a Monday morning."""


def _kind(given: object) -> object:
    if given in SINGULARS:
        return SINGULARS[str(given)]
    raise ValueError(f"{given!r} is no kind of record; the kinds are {', '.join(SINGULARS)}")


class ViewTold(Told):
    """A list view: the records it shows are those that have all of these values."""

    name: str
    of: Annotated[str, BeforeValidator(_kind)]
    where: Values


class OrgTold(Told):
    """How an org differs from the stock one.

    switches: of the emulator, by name. fields: kind -> field -> facts of it (`length: 20`, `unique: true`, …).
    """

    switches: dict[str, bool | int | str] = Field(default_factory=dict)
    fields: Annotated[dict[str, dict[str, dict[str, Any]]], BeforeValidator(by_kind)] = Field(default_factory=dict)
    views: list[ViewTold] = Field(default_factory=list)


class BiginTold(OrgTold):
    """The Bigin org."""

    links: LinkStyle = "related_to"


class CrmTold(OrgTold):
    """The CRM org. pipelines: whether it has several pipelines for its deals."""

    pipelines: bool = False
    links: LinkStyle = "what_who"


class Orgs(Told):
    """Both orgs, as far as they are not stock. links: how activities are linked (`related_to`, `what_who`)."""

    bigin: BiginTold = BiginTold()
    crm: CrmTold = CrmTold()


class Scenario(Told):
    """A whole story. `story` says in prose who does what and why it matters; `path` is the file it came from."""

    title: str
    story: str
    starts: Moment = START
    settings: Settings = Settings()
    orgs: Orgs = Orgs()
    before: Records = Records()
    steps: list[Step] = Field(min_length=1)
    after: State
    path: Path = Field(default=Path(), exclude=True)
