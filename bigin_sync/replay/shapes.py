"""How an org differs from the stock one, from the beginning of a story or from some moment on."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bigin_sync.replay.told import FieldName, Label, Told, Values, by_kind
from bigin_sync.replay.words import SINGULARS


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

    switches: of the emulator, by name. fields: kind -> field -> facts of it (`length: 20`, `unique: true`,
    `options: [Web, Fair]`, …). inactive: users, by their first names, who have left and may own nothing new.
    """

    switches: dict[str, bool | int | str] = Field(default_factory=dict)
    fields: Annotated[dict[str, dict[str, dict[str, Any]]], BeforeValidator(by_kind)] = Field(default_factory=dict)
    views: list[ViewTold] = Field(default_factory=list)
    inactive: list[str] = Field(default_factory=list)


class Reshape(OrgTold):
    """An administrator of a product changes its org. removed: kind -> fields that are no more. renamed: kind -> field
    -> the name it has from now on, with all that records hold in it.

    A view of a name that exists already shows other records from now on.
    """

    in_: Label = Field(alias="in")
    removed: Annotated[dict[str, list[FieldName]], BeforeValidator(by_kind)] = Field(default_factory=dict)
    renamed: Annotated[dict[str, dict[FieldName, FieldName]], BeforeValidator(by_kind)] = Field(default_factory=dict)
