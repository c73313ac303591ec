"""What is joined with a record beside its lookups, told as labels: `Products: [Bilge pump, Fender]` of a deal."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bigin_sync.pairing.catalog import Association
from bigin_sync.replay.told import Cell
from bigin_sync.replay.words import PLURALS

if TYPE_CHECKING:
    from bigin_sync.replay.worlds import Place


def word_of(association: Association) -> str:
    """How the list is headed: the plural of the other kind."""
    return PLURALS[association.to].capitalize()


def apart(place: "Place", kind: str, values: Mapping[str, Cell]) -> tuple[dict[str, Cell], dict[str, list[str]]]:
    """The fields of a record, and what it is joined with: kind -> labels."""
    fields = dict(values)
    joined: dict[str, list[str]] = {}
    for one in place.spec(kind).associates:
        labels = fields.pop(word_of(one), None)
        if isinstance(labels, list):
            joined[one.to] = labels
    return fields, joined


def list_of(place: "Place", kind: str, other: str) -> str:
    """The API name of the list, of a record of this kind, that shows those of the other kind."""
    names = next(one for one in place.spec(kind).associates if one.to == other).lists(place.side)
    return next(each.api_name for each in place.module(kind).related_lists if each.api_name in names)


def join(place: "Place", kind: str, row_id: str, *, joined: Mapping[str, Mapping[str, str]]) -> None:
    """Join a record with others, as if it had always been so. joined: kind -> label -> id."""
    for other, ids in joined.items():
        for other_id in ids.values():
            ends = (place.module(kind).api_name, row_id), (place.module(other).api_name, other_id)
            place.org.links.join(*ends, facts={})


def told(place: "Place", kind: str, row_id: str) -> Iterator[tuple[str, Cell]]:
    """The lists of a record, each with its heading; labels in alphabetical order."""
    for one in place.spec(kind).associates:
        other = place.module(one.to).api_name
        near = place.org.links.of(place.module(kind).api_name, row_id, other)
        rows = [row for id in near if (row := place.org.live(other, id)) is not None]
        labels: list[str] = sorted(place.label(one.to, row) for row in rows)
        yield word_of(one), labels
