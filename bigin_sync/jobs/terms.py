"""Terms: what a person has decided about a module, as it is kept in its revisions.

A revision holds the whole of it as plain JSON, so that any run can be explained by the revision it names.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bigin_sync.errors import UnknownSetting, UnknownStrategy
from bigin_sync.model.automation import Automation
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import Pairing
from bigin_sync.sync.brakes import BrakeLimits


class ChosenView(BaseModel):
    """The list view of the right side that says which records of a kind are synced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str


class Terms(BaseModel):
    """The settings of one module.

    views:    kind -> its view; a kind without one is synced as a whole.
    mappings: kind -> the mapping as `pairing.mapping` writes it; a kind without one has the proposed mapping.
    tie:      who wins under `latest` when both sides were changed in the same second.
    blanks:   whether emptying a field on one side empties it on the other.
    since:    a moment in ISO 8601; an unlinked record that was last changed before it is left alone.
    max_creates, max_updates, max_blanks: a run that wants to do more to a kind than this, and to more than the
              `BrakeLimits` percentage of its linked records, is stopped before its first write. None: no such brake.
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
    max_creates: int | None = Field(BrakeLimits().creates, ge=0)
    max_updates: int | None = Field(BrakeLimits().updates, ge=0)
    max_blanks: int | None = Field(BrakeLimits().blanks, ge=0)
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
        """When a run is stopped before its first write."""
        return BrakeLimits(creates=self.max_creates, updates=self.max_updates, blanks=self.max_blanks)

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
            "max_creates": _typed_limit(self.max_creates),
            "max_updates": _typed_limit(self.max_updates),
            "max_blanks": _typed_limit(self.max_blanks),
            "trigger": ",".join(self.trigger) or "none",
        }


def meanings(pairing: Pairing) -> dict[str, str]:
    """Setting -> the values it takes, in words."""
    left, right = pairing.label(Side.LEFT), pairing.label(Side.RIGHT)
    return {
        "strategy": f"latest, {right}, {left}, skip or ask",
        "granularity": "fields or record",
        "tie": f"{left} or {right}",
        "blanks": "yes or no",
        "since": "a date like 2026-01-31 (UTC) or none",
        "max_creates": "a number or none",
        "max_updates": "a number or none",
        "max_blanks": "a number or none",
        "trigger": f"none, or some of {', '.join(Automation)} (with commas between them)",
    }


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
    if name.startswith("max_") and name in meanings(pairing) and (wanted == "none" or wanted.isdecimal()):
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


def _typed_limit(limit: int | None) -> str:
    return "none" if limit is None else str(limit)
