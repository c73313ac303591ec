"""What is true at a moment of a scenario, and how things are set up."""

from typing import Any, Literal

from pydantic import Field

from bigin_sync.replay.told import FieldName, Label, Named, Records, Scalar, Told


class Settings(Told):
    """How a module is set up; only what differs from the default is told.

    module: which one, the contacts if it is not told. view: name of a list view of the CRM. map: changes to the field
    mapping, as a mapping file has them. All others as they are typed on the command line.
    """

    module: str = "contacts"

    strategy: str | None = None
    granularity: str | None = None
    tie: str | None = None
    blanks: Literal["yes", "no"] | None = None
    max_creates: int | None = None
    max_updates: int | None = None
    max_blanks: int | None = None
    max_all_changed: int | None = None
    max_all_gone: int | None = None
    max_gone: int | None = None
    max_gone_percent: int | None = None
    max_first_creates: int | None = None
    since: str | None = None
    trigger: str | None = None
    view: str | None = None
    map: dict[str, Any] | None = None

    def views(self) -> list[str]:
        """The list views that say what is synced."""
        return [] if self.view is None else [self.view]

    def changes(self) -> dict[str, str]:
        """Setting -> value, for those that were told; module, view and mapping are apart."""
        told = self.model_dump(exclude_none=True, exclude={"module", "view", "map"})
        return {name: str(value) for name, value in told.items()}


class NotSynced(Named):
    """A record that stays in front of the door: the state it is in, and part of the sentence that says why."""

    in_: Label = Field(alias="in")
    state: Literal["held", "waiting", "skipped", "problem"]
    because: str = ""


class OpenConflict(Named):
    """A contested field that waits for a person, with both versions."""

    field: FieldName
    bigin: Scalar
    crm: Scalar


class Overwritten(Named):
    """A value that a sync replaced, and that the journal kept."""

    in_: Label = Field(alias="in")
    field: FieldName
    was: Scalar


class State(Records):
    """All there is at a moment: every record of both orgs, all that is not synced, every open conflict.

    A list that is not told is expected to be empty, but `overwritten`, which is looked at only where it is told.
    """

    not_synced: list[NotSynced] = Field(default_factory=list, alias="not synced")
    conflicts: list[OpenConflict] = Field(default_factory=list)
    overwritten: list[Overwritten] | None = None
