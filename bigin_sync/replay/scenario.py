"""A scenario: two orgs before, what happens, two orgs after."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from bigin_sync.emulator.stock_activities import LinkStyle
from bigin_sync.replay.moves import Step
from bigin_sync.replay.shapes import OrgTold
from bigin_sync.replay.state import Settings, State
from bigin_sync.replay.told import Moment, Records, Told

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When a scenario begins, unless it says otherwise: a Monday morning."""


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

    @property
    def wanted(self) -> frozenset[str]:
        """The automations that somebody asks for at some point; all others are set off by nothing the sync does."""
        told = [self.settings, *(each for step in self.steps for each in (step.settings, step.module_edit) if each)]
        words = ((each.trigger or "").replace(" ", "").split(",") for each in told)
        return frozenset(word for some in words for word in some) - {"", "none"}
