"""Fills the orgs of a world with what a folder of recorded answers tells of them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bigin_sync.emulator import recordings
from bigin_sync.emulator.ids import Ids
from bigin_sync.emulator.load_fields import take_over
from bigin_sync.emulator.load_people import load_people
from bigin_sync.emulator.load_rows import load_rows
from bigin_sync.emulator.org import Org, Product
from bigin_sync.emulator.recordings import Recorded
from bigin_sync.emulator.world import World

_DIGITS = 19
_PREFIX = 7


def load(world: World, folder: Path) -> dict[Product, Counter[str]]:
    """Reads a folder of recordings into a world and returns how many records each module of each product got.

    A product the folder tells nothing of stays as it is. Ids, values, times, people and lookups are kept as recorded.
    The first recorded administrator becomes the one the product's refresh token belongs to. Raises `UnreadableFile`.
    """
    counts: dict[Product, Counter[str]] = {}
    for product, told in recordings.read(folder).items():
        org = world.org(product)
        counts[product] = load_org(org, told)
        for token, grant in list(world.oauth.refresh_tokens.items()):
            if grant.product == product and grant.user_id not in org.users:
                del world.oauth.refresh_tokens[token]
        world.allow_people(org)
    return counts


def load_org(org: Org, recorded: Recorded) -> Counter[str]:
    """Puts one product's recorded people, fields and records into its org."""
    rename = _Rename(org, recorded)
    load_people(org, recorded, rename=rename)
    for name, fields in recorded.fields.items():
        if name in org.modules:
            take_over(org.modules[name], fields)
    org.changed_shape()
    return load_rows(org, recorded, rename=rename)


class _Rename:
    """Recorded id -> the id it has here: itself where it fits among the org's ids, else a new one, always the same.

    The org goes on with the prefix most of the recorded ids have, so that they fit, and with larger ids.
    """

    def __init__(self, org: Org, recorded: Recorded) -> None:
        prefixes = Counter(each[:_PREFIX] for each in _ids(recorded) if _is_long(each))
        self._org = org
        self._prefix = prefixes.most_common(1)[0][0] if prefixes else None
        self._new: dict[str, str] = {}
        if self._prefix is not None:
            org.ids = Ids(int(self._prefix))
            for each in _ids(recorded):
                org.ids.keep_above(each)

    def __call__(self, recorded: object) -> str:
        told = str(recorded)
        if _is_long(told) and told[:_PREFIX] == self._prefix:
            return told
        if told not in self._new:
            self._new[told] = self._org.ids.record()
        return self._new[told]


def _is_long(told: str) -> bool:
    return len(told) == _DIGITS and told.isdigit()


def _ids(recorded: Recorded) -> Iterator[str]:
    """The digits of every id among the recorded people and records, references included."""
    people = [str(user.get("id")) for user in recorded.users]
    yield from (each for each in people if each.isdigit())
    for rows in recorded.rows.values():
        for row_id, row in rows.items():
            held = [str(value.get("id")) for value in row.values() if isinstance(value, dict)]
            yield from (each for each in (row_id, *held) if each.isdigit())
