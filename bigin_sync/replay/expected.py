"""What a run of the sync is expected to come to."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from bigin_sync.replay.told import Told
from bigin_sync.replay.words import SINGULARS, Tally, read_tally

CALM = "nothing to do"


class Run(Told):
    """What a sync is expected to do: kind -> what how often (`1 created in crm, 2 linked`); what is not named is zero.

    `calm`: nothing at all is written. `stopped`: part of the sentence with which the run stops before its end.
    `full`: every record is read again, as a person may ask for (`full: yes`; with nothing else it is calm).
    """

    tallies: dict[str, Tally] = Field(default_factory=dict)
    calm: bool = False
    stopped: str | None = None
    full: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        if given == CALM:
            return {"calm": True}
        if not isinstance(given, Mapping):
            raise ValueError(  # noqa: TRY004 -- pydantic collects ValueError
                f"it must say what is expected: kinds with counts, or `{CALM}`"
            )
        told: dict[str, Any] = {"tallies": {}, "full": given.get("full") == "yes"}
        told["calm"] = told["full"] and len(given) == 1
        for key, value in given.items():
            if key == "full":
                continue
            if key == "stopped":
                told["stopped"] = value
            elif key in SINGULARS:
                told["tallies"][SINGULARS[key]] = read_tally(value)
            else:
                raise ValueError(f"{key!r} is no kind of record; the kinds are {', '.join(SINGULARS)}")
        return told
