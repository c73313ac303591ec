"""Terms: what a person has decided about a module, as it is kept in its revisions.

A revision holds the whole of it as plain JSON, so that any run can be explained by the revision it names.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, time
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bigin_sync.errors import UnknownSetting, UnknownStrategy
from bigin_sync.model.automation import Automation
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import Pairing
from bigin_sync.sync.brakes import BrakeLimits

BRAKES = tuple(f"max_{field.name}" for field in fields(BrakeLimits))
"""The settings of brakes."""

PERCENT = "_percent"


class ChosenView(BaseModel):
    """The list view of the right side that says which records of a kind are synced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str


Limit: TypeAlias = Annotated[int | None, Field(ge=0)]
Percent: TypeAlias = Annotated[float, Field(ge=0, le=100)]


class Terms(BaseModel):
    """The settings of one module.

    views:    kind -> its view; a kind without one is synced as a whole.
    mappings: kind -> the mapping as `pairing.mapping` writes it; a kind without one has the proposed mapping.
    tie:      who wins under `latest` when both sides were changed in the same second.
    blanks:   whether emptying a field on one side empties it on the other.
    since:    a moment in ISO 8601; an unlinked record that was last changed before it is left alone.
    max_…:    when a run is stopped by a brake; see `BrakeLimits`. None: no such brake.
    trigger:  the automations of an org that are set off by what is written to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    views: dict[str, ChosenView] = Field(default_factory=dict)
    mappings: dict[str, Any] = Field(default_factory=dict)
    strategy: Strategy = Strategy.LATEST
    granularity: Granularity = Granularity.FIELDS
    tie: Side = Side.RIGHT
    blanks: bool = True
    since: str | None = None
    max_creates: Limit = BrakeLimits().creates
    max_creates_percent: Percent = BrakeLimits().creates_percent
    max_updates: Limit = BrakeLimits().updates
    max_updates_percent: Percent = BrakeLimits().updates_percent
    max_blanks: Limit = BrakeLimits().blanks
    max_blanks_percent: Percent = BrakeLimits().blanks_percent
    max_all_changed: Limit = BrakeLimits().all_changed
    max_all_gone: Limit = BrakeLimits().all_gone
    max_gone: Limit = BrakeLimits().gone
    max_gone_percent: Percent = BrakeLimits().gone_percent
    max_first_creates: Limit = BrakeLimits().first_creates
    max_first_updates: Limit = BrakeLimits().first_updates
    trigger: tuple[Automation, ...] = ()

    @classmethod
    def stored(cls, revision: Mapping[str, Any]) -> "Terms":
        """The terms a revision holds."""
        return cls.model_validate(revision)

    def to_json(self) -> dict[str, Any]:
        """A plain object for the database."""
        return self.model_dump(mode="json")

    @property
    def start(self) -> datetime | None:
        """The moment from which records are synced; None: all are."""
        return None if self.since is None else datetime.fromisoformat(self.since)

    def policy(self) -> Policy:
        """How records changed on both sides are settled."""
        return Policy(strategy=self.strategy, granularity=self.granularity, tie=self.tie, blanks=self.blanks)

    def brakes(self) -> BrakeLimits:
        """When a run is stopped by a brake."""
        return BrakeLimits(**{name.removeprefix("max_"): getattr(self, name) for name in BRAKES})

    def changed(self, changes: Mapping[str, str], *, pairing: Pairing) -> "Terms":
        """These terms with settings as a person types them; raises `UnknownSetting` or `UnknownStrategy`."""
        values: dict[str, object] = {name: _read(name, typed, pairing) for name, typed in changes.items()}
        try:
            return Terms.model_validate({**self.model_dump(), **values})
        except ValidationError as error:
            fault = error.errors()[0]
            raise _unfit(str(fault["loc"][0]), changes.get(str(fault["loc"][0]), ""), f"{fault['msg']}.") from None

    def settings(self, pairing: Pairing) -> dict[str, str]:
        """Every setting as a person would type it."""
        strategy = {Strategy.LEFT: pairing.label(Side.LEFT), Strategy.RIGHT: pairing.label(Side.RIGHT)}
        return {
            "strategy": strategy.get(self.strategy, self.strategy.value),
            "granularity": self.granularity.value,
            "tie": pairing.label(self.tie),
            "blanks": "yes" if self.blanks else "no",
            "since": _typed_since(self.start),
            "trigger": ",".join(self.trigger) or "none",
        } | {name: _typed_limit(getattr(self, name)) for name in BRAKES}


def meanings(pairing: Pairing) -> dict[str, str]:
    """Setting -> the values it takes, in words."""
    left, right = pairing.label(Side.LEFT), pairing.label(Side.RIGHT)
    return {
        "strategy": f"latest, {right}, {left}, skip or ask",
        "granularity": "fields or record",
        "tie": f"{left} or {right}",
        "blanks": "yes or no",
        "since": "a date like 2026-01-31 (UTC) or none",
        "trigger": f"none, or some of {', '.join(Automation)} (with commas between them)",
    } | {name: "0 to 100" if name.endswith(PERCENT) else "a number or none" for name in BRAKES}


def strategy_of(typed: str, *, pairing: Pairing) -> Strategy:
    """The strategy a person means; raises `UnknownStrategy` with the names that exist."""
    side = pairing.side_of(typed)
    if side is not None:
        return Strategy(side.value)
    plain = {each.value: each for each in (Strategy.LATEST, Strategy.SKIP, Strategy.ASK)}
    if typed.casefold() not in plain:
        raise UnknownStrategy(
            f"There is no conflict strategy named {typed!r}.",
            why="It decides who wins when a field was changed on both sides, so it is never guessed.",
            hint=f"The strategies are: {meanings(pairing)['strategy']}.",
        )
    return plain[typed.casefold()]


def _read(name: str, typed: str, pairing: Pairing) -> object:
    wanted = typed.strip().casefold()
    if name == "strategy":
        return strategy_of(wanted, pairing=pairing)
    if name == "granularity" and wanted in set(Granularity):
        return Granularity(wanted)
    if name == "tie" and (side := pairing.side_of(wanted)) is not None:
        return side
    if name == "blanks" and wanted in {"yes", "no"}:
        return wanted == "yes"
    if name == "since" and (since := _moment(typed.strip())) is not None:
        return since or None
    if name in BRAKES and (wanted.isdecimal() or (wanted == "none" and not name.endswith(PERCENT))):
        return None if wanted == "none" else int(wanted)
    if name == "trigger" and (automations := _automations(wanted)) is not None:
        return automations
    known = meanings(pairing)
    if name not in known:
        raise UnknownSetting(
            f"There is no setting named {name!r}.",
            why="A misspelt setting would be ignored in silence.",
            hint="The settings are: " + "; ".join(f"{each} = {values}" for each, values in known.items()) + ".",
        )
    raise _unfit(name, typed, f"It takes {known[name]}.")


def _automations(typed: str) -> tuple[Automation, ...] | None:
    """The automations that are named, in their own order; none for `none`, None for a word that is no automation."""
    words = {word.strip() for word in typed.split(",")} - {"none"}
    return tuple(each for each in Automation if each in words) if words <= set(Automation) else None


def _moment(typed: str) -> str | None:
    """A date or moment in ISO 8601, in UTC where it says no zone; empty for `none`, None for what is neither."""
    if typed.casefold() == "none":
        return ""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()


def _typed_since(start: datetime | None) -> str:
    if start is None:
        return "none"
    return start.date().isoformat() if start.time() == time() else start.isoformat()


def _unfit(name: str, typed: str, hint: str) -> UnknownSetting:
    return UnknownSetting(f"The setting {name} can't be {typed!r}.", why="Nothing was changed.", hint=hint)


def _typed_limit(limit: float | None) -> str:
    return "none" if limit is None else f"{limit:.15g}"
