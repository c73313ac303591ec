"""The steps of a scenario: what people do, what goes wrong, what the sync is asked for and expected to do."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from bigin_sync.replay.state import Settings, State
from bigin_sync.replay.told import FieldName, Label, Named, Told, Values, naming
from bigin_sync.replay.words import SINGULARS, Tally, read_amount, read_tally

CALM = "nothing to do"


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


class Run(Told):
    """What a sync is expected to do: kind -> what how often (`1 created in crm, 2 linked`); what is not named is zero.

    `calm`: nothing at all is written. `stopped`: part of the sentence with which the run stops before its end.
    """

    tallies: dict[str, Tally] = Field(default_factory=dict)
    calm: bool = False
    stopped: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        if given == CALM:
            return {"calm": True}
        if not isinstance(given, Mapping):
            raise ValueError(  # noqa: TRY004 -- pydantic collects ValueError
                f"it must say what is expected: kinds with counts, or `{CALM}`"
            )
        told: dict[str, Any] = {"tallies": {}}
        for key, value in given.items():
            if key == "stopped":
                told["stopped"] = value
            elif key in SINGULARS:
                told["tallies"][SINGULARS[key]] = read_tally(value)
            else:
                raise ValueError(f"{key!r} is no kind of record; the kinds are {', '.join(SINGULARS)}")
        return told


Span = Annotated[timedelta, BeforeValidator(read_amount)]


class Step(Told):
    """One thing that happens: exactly one of the names is filled. `later` is the time that has gone by before it.

    `activate` names a module that is set up as proposed and switched on, which is possible after the first sync.
    """

    later: Span = timedelta(minutes=1)
    sync: Run | None = None
    plan: Run | None = None
    wait: Span | None = None
    edit: Edit | None = None
    create: Make | None = None
    delete: Touch | None = None
    restore: Touch | None = None
    join: Join | None = None
    part: Join | None = None
    resolve: Resolve | None = None
    owners: Pair | None = None
    fault: Fault | None = None
    settings: Settings | None = None
    activate: str | None = None
    check: State | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        told = {given: None} if isinstance(given, str) else given
        known = [name for name in cls.model_fields if name != "later"]
        if not isinstance(told, Mapping) or len([key for key in told if key in known]) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(known)}")
        for name in known:
            if name in told and told[name] is None:
                raise ValueError(f"`{name}` says nothing; a sync or plan says what it is expected to do, or `{CALM}`")
        return told

    @property
    def name(self) -> str:
        """Which of the things it is."""
        return next(name for name in type(self).model_fields if name != "later" and getattr(self, name) is not None)
