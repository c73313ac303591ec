"""Life: what a person may do with a module in which state, and what becomes of it. Pure.

    available → configured → first sync → active ⇄ paused
                                    active → disabled → (reconfigure) → active
                                    any that runs → stopped → (release) → what it was

A paused module goes on where it stood, under its own strategy. A disabled one may have rested for months: what both
sides changed meanwhile is settled by a strategy that is chosen when it is taken up again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bigin_sync.errors import ModuleNotReady
from bigin_sync.pairing.catalog import ModuleSpec
from bigin_sync.store.modules import ModuleState


class Verb(StrEnum):
    """What a person may do with a module."""

    CONFIGURE = "configure"
    ACTIVATE = "activate"
    EDIT = "edit"
    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"
    RECONFIGURE = "reconfigure"
    RELEASE = "release"


class Turn(StrEnum):
    """Moves that depend on where a module is or was. `BACK`: to what it was before it was put to rest or stopped."""

    STAY = "stay"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class No:
    """A refusal: what is the case, why it matters, what to type. `{label}` and `{name}` are the module's."""

    what: str
    why: str
    hint: str


Cell: TypeAlias = ModuleState | Turn | No

_CONFIGURE_FIRST = No(
    "{label} is not configured yet.",
    "What is synced, and who wins a conflict, has to be settled first.",
    "bigin-sync module configure {name}",
)
_NOT_ON = No(
    "{label} is configured, but not switched on.",
    "Nothing of it has been read or written so far.",
    "Look at bigin-sync plan {name}, then: bigin-sync module activate {name}",
)
_ON_ALREADY = No(
    "{label} is switched on already.", "Nothing was changed.", "bigin-sync sync carries over what has changed."
)
_RUNS = No("{label} is running.", "There is nothing to take up again.", "bigin-sync modules shows every module.")
_NOT_DISABLED = No(
    "{label} is not disabled.",
    "A strategy for one run is chosen when a disabled module is taken up again.",
    "bigin-sync module edit {name} --set strategy=STRATEGY changes the standing one.",
)
_NO_BRAKE = No("No brake has stopped {label}.", "There is nothing to release.", "bigin-sync modules shows its state.")
_PAUSED = No("{label} is paused.", "It goes on where it stood.", "bigin-sync module resume {name}")
_DISABLED = No(
    "{label} is disabled.",
    "Both orgs may have changed meanwhile, so who wins has to be chosen.",
    "bigin-sync reconfigure {name} --on-conflict latest, crm, bigin, skip or ask",
)
_STOPPED = No(
    "{label} is stopped.",
    "What stopped it has to be looked at first.",
    "bigin-sync plan {name} shows what it would do, bigin-sync module release {name} lets it go on.",
)

_AT_REST = {Verb.CONFIGURE: Turn.STAY, Verb.EDIT: Turn.STAY}
_RUNNING: Mapping[Verb, Cell] = {
    **_AT_REST,
    Verb.ACTIVATE: _ON_ALREADY,
    Verb.PAUSE: ModuleState.PAUSED,
    Verb.RESUME: _RUNS,
    Verb.DISABLE: ModuleState.DISABLED,
    Verb.RECONFIGURE: _NOT_DISABLED,
    Verb.RELEASE: _NO_BRAKE,
}

TABLE: Mapping[ModuleState, Mapping[Verb, Cell]] = {
    ModuleState.AVAILABLE: {**dict.fromkeys(Verb, _CONFIGURE_FIRST), Verb.CONFIGURE: ModuleState.CONFIGURED},
    ModuleState.CONFIGURED: {**dict.fromkeys(Verb, _NOT_ON), **_AT_REST, Verb.ACTIVATE: ModuleState.FIRST_SYNC},
    ModuleState.FIRST_SYNC: _RUNNING,
    ModuleState.ACTIVE: _RUNNING,
    ModuleState.PAUSED: {
        **_AT_REST,
        Verb.ACTIVATE: _PAUSED,
        Verb.PAUSE: _PAUSED,
        Verb.RESUME: Turn.BACK,
        Verb.DISABLE: ModuleState.DISABLED,
        Verb.RECONFIGURE: _PAUSED,
        Verb.RELEASE: _NO_BRAKE,
    },
    ModuleState.DISABLED: {
        **_AT_REST,
        Verb.ACTIVATE: _DISABLED,
        Verb.PAUSE: _DISABLED,
        Verb.RESUME: _DISABLED,
        Verb.DISABLE: _DISABLED,
        Verb.RECONFIGURE: Turn.BACK,
        Verb.RELEASE: _NO_BRAKE,
    },
    ModuleState.STOPPED: {
        **_AT_REST,
        Verb.ACTIVATE: _STOPPED,
        Verb.PAUSE: _STOPPED,
        Verb.RESUME: _STOPPED,
        Verb.DISABLE: ModuleState.DISABLED,
        Verb.RECONFIGURE: _STOPPED,
        Verb.RELEASE: Turn.BACK,
    },
}


@dataclass(frozen=True, slots=True)
class Place:
    """The state of a module, and what a module at rest goes back to."""

    state: ModuleState
    resumes_as: ModuleState | None = None


def moved(spec: ModuleSpec, place: Place, verb: Verb) -> Place:
    """Where a verb takes a module; raises `ModuleNotReady` with the way out where it takes it nowhere."""
    cell = TABLE[place.state][verb]
    if verb is Verb.DISABLE and not spec.can_disable and not isinstance(cell, No):
        raise ModuleNotReady(
            f"{spec.label} can't be disabled.",
            why="All other modules stand on its records.",
            hint=f"bigin-sync module pause {spec.name} stops it for a while.",
        )
    if isinstance(cell, No):
        words = (text.format(label=spec.label, name=spec.name) for text in (cell.what, cell.why, cell.hint))
        what, why, hint = words
        raise ModuleNotReady(what, why=why, hint=hint)
    if cell is Turn.STAY:
        return place
    if cell is Turn.BACK:
        return Place(place.resumes_as or ModuleState.ACTIVE)
    rests = cell in {ModuleState.PAUSED, ModuleState.DISABLED}
    return Place(ModuleState(cell), (place.resumes_as or place.state) if rests else None)
