"""The steps of a scenario: what people do, what goes wrong, what the sync is asked for and expected to do."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from bigin_sync.replay.expected import CALM, Run
from bigin_sync.replay.orders import Activate, Connect, Daemon, Merge, Reconfigure, Shows
from bigin_sync.replay.shapes import Reshape
from bigin_sync.replay.state import Settings, State
from bigin_sync.replay.told import FieldName, Label, Named, Told, Values, naming
from bigin_sync.replay.words import SINGULARS, Span


class Edit(Named):
    """A person changes fields of a record; `to`: the new values, nothing for a field that is emptied."""

    in_: Label = Field(alias="in")
    by: str | None = None
    to: Values


class Make(Told):
    """A person makes a record."""

    kind: str
    it: Values
    in_: Label = Field(alias="in")
    by: str | None = None

    _naming = model_validator(mode="before")(naming)


class Touch(Named):
    """A person deletes a record, or takes it back out of the recycle bin."""

    in_: Label = Field(alias="in")
    by: str | None = None


class Resolve(Named):
    """A person settles what was held.

    A contested field by the side that wins; a record by the label of its counterpart, or by `new`.
    """

    in_: Label | None = Field(default=None, alias="in")
    field: FieldName | None = None
    winner: str


class Join(Named):
    """A person joins products with a deal, or takes them away from it; they are named by their labels."""

    in_: Label = Field(alias="in")
    by: str | None = None
    products: list[str] = Field(min_length=1)

    def joined(self) -> dict[str, list[str]]:
        """Kind -> labels of what is joined or parted."""
        return {SINGULARS["products"]: self.products}


class Pair(Told):
    """A person says which user of one product is which user of the other."""

    bigin: str
    crm: str


class Fault(Told):
    """Something goes wrong between a product and the sync, from the `nth` matching call on, so many `times`."""

    in_: Label = Field(alias="in")
    call: Literal["create", "update", "read"]
    what: Literal["fails before", "answer lost", "too many requests", "server error"]
    nth: int = 1
    times: int = 1


class Automation(Told):
    """From now on an app changes what the sync has written to an org: it listens and edits the record at once.

    sets: the values it gives a record; appends: what it adds to texts; reverts: it puts back what was there before.
    With none of them the apps of that org are switched off. workflow: it is no app but a workflow of the org, which
    keeps quiet where a write names none. by: the person as whom it is signed in.
    """

    in_: Label = Field(alias="in")
    by: str | None = None
    sets: Values = Field(default_factory=dict)
    appends: Values = Field(default_factory=dict)
    reverts: Literal["yes", "no"] = "no"
    workflow: Literal["yes", "no"] = "no"


_BESIDE = frozenset({"later", "refused", "beside"})


class Step(Told):
    """One thing that happens: exactly one of the names is filled.

    Three words may stand with it. `later`: the time that has gone by before it. `refused`: it is not done, and this is
    part of the sentence that says why. `beside`: another process is at work meanwhile. A module is named where one is
    paused, resumed, disabled or released.
    """

    later: Span = timedelta(minutes=1)
    refused: str | None = None
    beside: Literal["a run", "a daemon"] | None = None
    sync: Run | None = None
    plan: Run | None = None
    daemon: Daemon | None = None
    wait: Span | None = None
    edit: Edit | None = None
    create: Make | None = None
    delete: Touch | None = None
    restore: Touch | None = None
    merge: Merge | None = None
    join: Join | None = None
    part: Join | None = None
    resolve: Resolve | None = None
    owners: Pair | None = None
    fault: Fault | None = None
    automation: Automation | None = None
    reshape: Reshape | None = None
    settings: Settings | None = None
    module_edit: Settings | None = Field(default=None, alias="module edit")
    activate: Activate | None = None
    pause: str | None = None
    resume: str | None = None
    disable: str | None = None
    release: str | None = None
    reconfigure: Reconfigure | None = None
    disconnect: Literal["both"] | None = None
    connect: Connect | None = None
    shows: Shows | None = None
    check: State | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        told = {given: None} if isinstance(given, str) else given
        known = [name.replace("_", " ") for name in cls.model_fields if name not in _BESIDE]
        if not isinstance(told, Mapping) or len([key for key in told if key in known]) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(known)}")
        for name in known:
            if name in told and told[name] is None:
                raise ValueError(f"`{name}` says nothing; a sync or plan says what it is expected to do, or `{CALM}`")
        return told

    @property
    def name(self) -> str:
        """Which of the things it is."""
        return next(name for name in type(self).model_fields if name not in _BESIDE and getattr(self, name) is not None)
